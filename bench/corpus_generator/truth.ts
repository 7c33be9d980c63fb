/**
 * What the corpus must add up to, written down while it is made and not read from it.
 *
 * A response counts once, for the session that made it, however many forks and sub-agents carry a copy.
 */

/** Tokens of one response or of many; the five counts are disjoint. */
export interface TokenSums {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly output: number;
}

/** Sums of a session or a source. */
export interface Sums extends TokenSums {
  readonly turns: number;
  /** As the tool logged it; 0 for tools that log none. */
  readonly usd: number;
}

export type SourceId = "pi" | "claude" | "codex";
export const SOURCE_IDS: readonly SourceId[] = ["pi", "claude", "codex"];

export interface SourceTruth {
  readonly files: number;
  readonly bytes: number;
  readonly longestLine: number;
  readonly total: Sums;
  /** What one gets who also counts every copy: a peer that is off by this counted forks twice. */
  readonly withCopies: Sums;
  /** By session id. */
  readonly sessions: Readonly<Record<string, Sums>>;
}

/** Content of `truth.json`. */
export interface Truth {
  readonly seed: number;
  readonly sources: Readonly<Record<SourceId, SourceTruth>>;
}

/** One file that can grow; content of `growth.json` is a list of them. */
export interface Growth {
  readonly source: SourceId;
  readonly sessionId: string;
  /** Below the corpus. */
  readonly path: string;
  /** Size before it grew. */
  readonly bytes: number;
  /** What each round appends, and what that adds. */
  readonly rounds: readonly { readonly text: string; readonly sums: Sums }[];
}

export const NO_SUMS: Sums = { turns: 0, input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, usd: 0 };

export function addSums(a: Sums, b: Sums): Sums {
  return {
    turns: a.turns + b.turns,
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    output: a.output + b.output,
    usd: a.usd + b.usd,
  };
}

/** Collects the truth of one source. */
export class TruthTally {
  files = 0;
  bytes = 0;
  longestLine = 0;
  #withCopies = NO_SUMS;
  readonly #sessions = new Map<string, Sums>();

  /** A response that this session made. */
  own(sessionId: string, sums: Sums): void {
    this.#sessions.set(sessionId, addSums(this.#sessions.get(sessionId) ?? NO_SUMS, sums));
    this.copy(sums);
  }

  /** A response of another session that a log repeats. */
  copy(sums: Sums): void {
    this.#withCopies = addSums(this.#withCopies, sums);
  }

  truth(): SourceTruth {
    return {
      files: this.files,
      bytes: this.bytes,
      longestLine: this.longestLine,
      total: [...this.#sessions.values()].reduce(addSums, NO_SUMS),
      withCopies: this.#withCopies,
      sessions: Object.fromEntries(this.#sessions),
    };
  }
}
