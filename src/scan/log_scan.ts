/** An up-to-date index, open for questions. Made by scanLogs (scan.ts); close it when done. */
import { explainTurns, type TurnCache } from "../core/cache/misses.ts";
import { lifetimeTable } from "../core/cache/survival.ts";
import type { LearnedLifetime } from "../core/cache/strategy.ts";
import { type Diagnostic, type EpochMs, promptTokens, type Usd } from "../core/model.ts";
import { PRICE_DATA } from "../core/price_data.ts";
import { missCost, ratesFromTurns } from "../core/pricing.ts";
import type { SessionTurn } from "../core/rollup.ts";
import { fileSize } from "../host/files.ts";
import type { Discovery, Root } from "./discover.ts";
import type { IndexStore } from "./index_store.ts";
import type { PriceData } from "./price_data.ts";
import { readLifetimes, readPastLifetimes } from "./gap_pools.ts";
import { LogTurns } from "./log_turns.ts";
import { readTexts } from "./read_texts.ts";
import { readUsageBuckets } from "./read_usage_buckets.ts";
import { type IndexedSession, readPastSessions, readSessions } from "./session_index.ts";
import type { SpokenText } from "./spoken_text.ts";
import type { BucketRange, UsageBucket } from "./usage_buckets.ts";
import { verifyLogs } from "./verify_logs.ts";

/** The time that an answer is for. */
export interface AsOf {
  readonly now: EpochMs;
  /** True when the time was asked for: what happened later is then left out. */
  readonly isPast: boolean;
}

/** A turn with what became of its cached prefix, and what a miss cost. */
export interface ExplainedTurn extends SessionTurn, TurnCache {
  readonly missedUsd?: Usd;
}

export interface LogScanParts {
  readonly store: IndexStore;
  readonly indexPath: string;
  readonly inMemory: boolean;
  readonly discovery: Discovery;
  readonly prices: PriceData;
  /** What this scan could not look at or read. */
  readonly problems: readonly Diagnostic[];
}

export interface IndexHealth {
  readonly path: string;
  /** False when the answer comes from memory. */
  readonly usable: boolean;
  readonly bytes: number;
  readonly turns: number;
  /** `ok`, or what SQLite says. */
  readonly check: string;
}

export class LogScan {
  /** Sentences for people that belong under every answer. */
  readonly notes: readonly string[] = [];
  readonly #parts: LogScanParts;
  readonly #turns: LogTurns;

  constructor(parts: LogScanParts) {
    this.#parts = parts;
    this.#turns = new LogTurns(parts.store, parts.discovery, parts.prices);
  }

  close(): void {
    this.#parts.store.close();
  }

  get roots(): readonly Root[] {
    return this.#parts.discovery.roots;
  }

  /** Roots that are there and could not be looked into, with why. */
  get unreadableRoots(): readonly Diagnostic[] {
    const paths = new Set(this.roots.map(({ path }) => path));
    return this.#parts.problems.filter(({ path }) => paths.has(path));
  }

  get files(): number {
    return this.#parts.discovery.files.length;
  }

  get bytes(): number {
    return this.#parts.discovery.files.reduce((sum, { file }) => sum + file.size, 0);
  }

  get priceData() {
    const { overridesPath, overridesExist } = this.#parts.prices;
    return {
      date: PRICE_DATA.date,
      version: `${PRICE_DATA.package} ${PRICE_DATA.version}`,
      overrides: overridesPath,
      overridesExist,
    };
  }

  async sessions({ now, isPast }: AsOf): Promise<IndexedSession[]> {
    const { store, prices } = this.#parts;
    return isPast ? await readPastSessions(store, this.#turns, prices, now) : readSessions(store, now);
  }

  lifetimes({ now, isPast }: AsOf): readonly LearnedLifetime[] {
    return isPast ? readPastLifetimes(this.#parts.store, now) : readLifetimes(this.#parts.store);
  }

  usageBuckets(range: BucketRange): Promise<UsageBucket[]> {
    return readUsageBuckets(this.#parts.store, this.#turns, range);
  }

  /** The session's own turns in order of time, each with hit or miss and why. @param session `id` of an IndexedSession */
  async explainedTurns(session: number, asOf: AsOf): Promise<ExplainedTurn[]> {
    const turns = (await this.#turns.readSession(session)).filter((turn) =>
      !asOf.isPast || (turn.endedAt ?? turn.at) <= asOf.now
    );
    const lifetimes = lifetimeTable(this.lifetimes(asOf));
    const rates = ratesFromTurns(turns);
    const chains = Map.groupBy(turns, ({ chain }) => chain);
    const explained: ExplainedTurn[] = [];
    for (const chain of chains.values()) {
      const caches = explainTurns(chain, lifetimes);
      for (const [index, turn] of chain.entries()) {
        const cache = caches[index]!;
        // History copied from a parent explains the first own turn; it is not this session's to report.
        if (!turn.counted) continue;
        const missedUsd = cache.outcome !== "miss" ? undefined : missCost(
          {
            model: turn.model,
            missedTokens: cache.missedTokens,
            at: turn.at,
            wroteTokens: turn.usage.cacheWrite,
            wrote1h: turn.usage.cacheWrite1h,
            promptTokens: promptTokens(turn.usage),
          },
          rates.find(({ provider, model }) => provider === turn.model.provider && model === turn.model.model),
          await this.#parts.prices.bookFor([turn.model]),
        );
        explained.push({ ...turn, ...cache, missedUsd });
      }
    }
    return explained.sort((a, b) => a.at - b.at);
  }

  /** What was said last in a log, oldest first. @param path `file` of a session */
  texts(path: string, count: number, { now, isPast }: AsOf): SpokenText[] {
    const log = this.#parts.discovery.files.find(({ file }) => file.path === path);
    return log === undefined ? [] : readTexts(log.source, log.file, count, isPast ? now : Infinity);
  }

  /** How many problems scanning has found so far. */
  get problems(): number {
    const row = this.#parts.store.get<{ count: number }>("SELECT COUNT(*) AS count FROM problems");
    return (row?.count ?? 0) + this.#parts.problems.length;
  }

  /** What scanning has found so far. */
  readProblems(): Diagnostic[] {
    const rows = this.#parts.store.all<{ path: string; line: number | null; message: string }>(
      "SELECT f.path, p.line, p.message FROM problems p JOIN files f ON f.id = p.file ORDER BY f.path, p.line",
    );
    return [...this.#parts.problems, ...rows.map(({ line, ...rest }) => ({ ...rest, line: line ?? undefined }))];
  }

  /** Reads every line of every log, the ones that hold nothing of interest too. Takes seconds for a gigabyte. */
  verifyLogs(now: EpochMs): Diagnostic[] {
    return [...this.#parts.problems, ...verifyLogs(this.#parts.discovery, now)];
  }

  checkIndex(): IndexHealth {
    const { store, indexPath, inMemory } = this.#parts;
    const check = store.get<{ quick_check: string }>("PRAGMA quick_check")?.quick_check ?? "no answer";
    const turns = store.get<{ count: number }>("SELECT SUM(next_seq) AS count FROM files")?.count ?? 0;
    return { path: indexPath, usable: !inMemory, bytes: inMemory ? 0 : fileSize(indexPath) ?? 0, turns, check };
  }
}
