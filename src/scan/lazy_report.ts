/**
 * A session's report that is worked out as it is asked for. There may be a hundred thousand sessions, of which most are
 * only added up and put in order: whole reports of all of them would take several times the memory, and longer to make.
 */
import type { LifetimeTable } from "../core/cache/strategy.ts";
import { cacheHitRatio, type Cost, type EpochMs, type TokenUsage } from "../core/model.ts";
import type { ChainRollup, ModelRollup } from "../core/rollup.ts";
import { type CacheReport, OWN_CHAINS, reportCache, reportSession } from "../core/session_report.ts";
import type { costsOf } from "../core/tool_total.ts";
import { type IndexedSession, withId } from "./indexed_session.ts";
import {
  chainsOf,
  costOf,
  cwdOf,
  decodeRollup,
  decodeSession,
  lastActivityOf,
  modelsOf,
  moreOf,
  type SessionRow,
  startOf,
  type StoredSession,
  usageOf,
} from "./stored_session.ts";

/** What the state of a cache follows from beside the session. */
export interface ReportClock {
  readonly now: EpochMs;
  readonly lifetimes: LifetimeTable;
}

export class LazyReport implements IndexedSession {
  readonly id: number;
  readonly source: string;
  readonly sessionId: string;
  readonly file: string;
  readonly #stored: StoredSession;
  readonly #clock: ReportClock;
  /** Kept: lists are put in order by it. */
  #cache: CacheReport | undefined;
  #costs: ReturnType<typeof costsOf> | undefined;

  constructor(id: number, row: SessionRow, stored: StoredSession, clock: ReportClock) {
    this.id = id;
    this.source = row.source;
    this.sessionId = row.sessionId;
    this.file = row.file ?? moreOf(stored)!.file!;
    this.#stored = stored;
    this.#clock = clock;
  }

  get hasToolTotal(): boolean {
    return moreOf(this.#stored)?.toolTotal !== undefined;
  }

  decode() {
    return decodeSession(this.#stored, this);
  }

  /** @param costs What {@linkcode costsOf} says. @default the sums of its turns */
  setCosts(costs: ReturnType<typeof costsOf>): void {
    this.#costs = costs;
  }

  get cwd(): string | undefined {
    return cwdOf(this.#stored);
  }

  get title(): string | undefined {
    return moreOf(this.#stored)?.title;
  }

  get parentSessionId(): string | undefined {
    return moreOf(this.#stored)?.parentSessionId;
  }

  get traceId(): string | undefined {
    return moreOf(this.#stored)?.traceId;
  }

  get startedAt(): EpochMs | undefined {
    return startOf(this.#stored);
  }

  get lastActivityAt(): EpochMs | undefined {
    return lastActivityOf(this.#stored);
  }

  get turns(): number {
    return this.#stored[3];
  }

  get usage(): TokenUsage {
    return usageOf(this.#stored);
  }

  get cost(): Cost {
    return this.#costs?.cost ?? costOf(this.#stored);
  }

  get models(): readonly ModelRollup[] {
    return this.#costs?.models ?? modelsOf(this.#stored, this.usage, costOf(this.#stored));
  }

  get chains(): readonly ChainRollup[] {
    return chainsOf(this.#stored, this.usage, costOf(this.#stored));
  }

  get subagents(): number {
    return this.chains.filter(({ chain }) => !OWN_CHAINS.has(chain)).length;
  }

  get cacheHitRatio(): number | undefined {
    return cacheHitRatio(this.usage);
  }

  get files(): readonly string[] {
    return moreOf(this.#stored)?.files ?? [this.file];
  }

  get cache(): CacheReport {
    return this.#cache ??= reportCache(decodeRollup(this.#stored), this.#clock.now, this.#clock.lifetimes);
  }

  get cacheBasis() {
    const { anchor, resume } = decodeRollup(this.#stored);
    return { anchor, resume };
  }

  /** With nothing left to be worked out. */
  toPlain(): IndexedSession {
    const { now, lifetimes } = this.#clock;
    return withId(reportSession(this.decode(), now, lifetimes, this.#costs), this.id);
  }
}
