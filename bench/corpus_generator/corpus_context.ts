/** What the makers of all three tools' logs share: draws, text, the clock of a session, sizes, long lines. */
import type { Draws } from "./draws.ts";
import type { TextPool } from "./text_pool.ts";
import type { Sums, TruthTally } from "./truth.ts";

/** Where the corpus' 120 days end; logs that grow do so after it. */
export const CORPUS_END = Date.UTC(2026, 10, 20, 22);
export const CORPUS_DAYS = 120;

export interface CorpusContext {
  readonly draws: Draws;
  readonly text: TextPool;
  /** Directory that takes the place of a home. */
  readonly home: string;
  readonly tally: TruthTally;
  /** Bytes that a part of fixed size (a system prompt, a list of tools) may have: small sessions have small ones. */
  readonly mostFixedBytes: number;
  /** Bytes of a picture that is to come next, 0 when none is due. */
  duePicture(): number;
}

/** A session while it is made. */
export interface SessionMaker {
  readonly bytes: number;
  readonly sessionId: string;
  readonly path: string;
  /** One response and what precedes it. */
  turn(): void;
  /** As a turn, but given back and not written; the next ones follow it. */
  captureTurn(): { readonly text: string; readonly sums: Sums };
  /** A session that copies this one's history so far. Only of a session that keeps it. */
  fork(keepsHistory: boolean): SessionMaker;
  /** Moves the clock on. */
  waitUntil(at: number): void;
  close(): void;
}

/** Bytes that a tool prints: most a few thousand, some a hundred times as many. */
export function toolOutputBytes(draws: Draws): number {
  return draws.chance(0.002) ? draws.logUniform(100_000, 800_000) : draws.heavyTail(2_500, 1.4, 60, 60_000);
}

export class SessionClock {
  at: number;
  readonly #draws: Draws;

  constructor(draws: Draws, at: number) {
    this.#draws = draws;
    this.at = at;
  }

  /** Lets some milliseconds pass. */
  pass(from: number, to: number): number {
    this.at += this.#draws.whole(from, to);
    return this.at;
  }

  get iso(): string {
    return new Date(this.at).toISOString();
  }
}

/** When a session of so many bytes begins, so that it ends within the corpus' days. */
export function startTime(draws: Draws, bytes: number): number {
  const lastsMs = Math.min(bytes / 10_000 * 200_000, 60 * 86_400_000);
  return CORPUS_END - lastsMs - Math.floor(draws.number() * (CORPUS_DAYS * 86_400_000 - lastsMs));
}

/** Directories that sessions worked in. */
export const PROJECTS: readonly string[] = ["api", "web", "infra", "cli", "docs", "billing", "search", "mobile"]
  .flatMap((name) => [`/srv/dev/${name}`, `/srv/dev/${name}-next`, `/home/dev/work/${name}`]);
