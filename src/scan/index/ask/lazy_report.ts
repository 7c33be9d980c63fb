/**
 * A session's report that is worked out as it is asked for. There may be a hundred thousand sessions, of which most are
 * only added up and put in order: whole reports of all of them would take several times the memory, and longer to make.
 */
import type { LifetimeTable } from "../../../core/cache/strategy.ts";
import {
  cacheHitRatio,
  type Cost,
  type DurationMs,
  type EpochMs,
  OWN_CHAINS,
  type Tokens,
  type TokenUsage,
  type ToolTotal,
  type TotalCount,
  type Usd,
} from "../../../core/model.ts";
import { durationOf } from "../../../core/duration_of.ts";
import type { ChainRollup, ModelRollup } from "../../../core/rollup.ts";
import { isKnownAsTotals } from "../../../core/known_as_totals.ts";
import { type CacheReport, reportCache, reportSession, type SessionReport } from "../../../core/session_report.ts";
import type { SessionHeads } from "../tables/session_heads.ts";
import type { BodyRow, SessionBodies } from "./session_bodies.ts";
import { costsWithTotal, costWithTotal, type CountedSession } from "../../../core/cost/tool_total.ts";
import {
  chainsOf,
  costOf,
  decodeSession,
  largestPromptOf,
  missesOf,
  missUsdOf,
  modelsOf,
  moreOf,
  storedCacheBasis,
  type StoredSession,
  storedUsage,
  turnsOf,
} from "../sums/stored_session.ts";

/** A session's report, with where it is in the index, so that more can be asked of it. */
export interface IndexedSession extends SessionReport {
  /** Row of the index: valid until the index is closed. */
  readonly id: number;
}

/** In place: there are thousands. */
export function withId(report: SessionReport & { id?: number }, id: number): IndexedSession {
  report.id = id;
  return report as IndexedSession;
}

/** What the state of a cache follows from beside the session. */
export interface ReportClock {
  readonly now: EpochMs;
  readonly lifetimes: LifetimeTable;
  readonly longestLifetimeMs: DurationMs;
}

export class LazyReport implements IndexedSession, CountedSession {
  readonly #place: number;
  readonly #heads: SessionHeads;
  readonly #bodies: SessionBodies;
  readonly #clock: ReportClock;
  #row: BodyRow | undefined;
  /** Of few sessions it is asked for more than once: of those whose cache may be warm. */
  #cache: CacheReport | undefined;
  #total: Usd | undefined;
  #isDeleted = false;

  /** @param place Of the session in `heads` and `bodies` */
  constructor(place: number, heads: SessionHeads, bodies: SessionBodies, clock: ReportClock) {
    this.#place = place;
    this.#heads = heads;
    this.#bodies = bodies;
    this.#clock = clock;
  }

  /** Among all sessions. */
  get place(): number {
    return this.#place;
  }

  get id(): number {
    return this.#heads.ids[this.#place]!;
  }

  get source(): string {
    return this.#heads.sources[this.#place]!;
  }

  get sessionId(): string {
    return this.#heads.sessionIds[this.#place]!;
  }

  /** What the index has of it alone. */
  get body(): BodyRow {
    return this.#row ??= this.#bodies.read(this.#place);
  }

  /** The same where that of most sessions is asked for, which are read together then. */
  readAsOneOfMany(): BodyRow {
    return this.#row ??= this.#bodies.read(this.#place, true);
  }

  get #stored(): StoredSession {
    return this.body.stored;
  }

  get file(): string {
    return this.body.file ?? moreOf(this.#stored)!.file!;
  }

  /** The agent's own, see `costsOf`. */
  get toolTotal(): ToolTotal | undefined {
    return this.#heads.figures.hasTotal(this.#place) ? moreOf(this.#stored)?.toolTotal : undefined;
  }

  /** Whether that may add something to what its turns cost. */
  get mayCostMore(): boolean {
    return this.#heads.figures.mayCostMore(this.#place);
  }

  /** What its turns add up to, whatever the agent says. */
  get rollup(): CountedSession["rollup"] {
    const cost = this.#ownCost;
    const stored = () => this.#stored;
    return {
      cost,
      get models() {
        return modelsOf(stored(), storedUsage(stored()), cost);
      },
      get copiedTurns() {
        return moreOf(stored())?.copiedTurns;
      },
    };
  }

  /** @param total Its agent's own, where that adds something (`addsTotal`) to the sums of its turns */
  setTotal(total: Usd): void {
    this.#total = total;
  }

  /** See {@linkcode SessionReport}. */
  markDeleted(): void {
    this.#isDeleted = true;
  }

  get isDeleted(): true | undefined {
    return this.#isDeleted || undefined;
  }

  /** That total, where the sums of its turns are not what it cost. */
  get otherTotal(): Usd | undefined {
    return this.#total;
  }

  /** Whether the sums of its turns are not what it cost. */
  get hasOtherCosts(): boolean {
    return this.#total !== undefined;
  }

  get cwd(): string | undefined {
    return this.#row === undefined ? this.#bodies.cwdOf(this.#place) : this.#row.cwd;
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
    return this.#heads.figures.startedAt(this.#place);
  }

  get lastActivityAt(): EpochMs | undefined {
    return this.#heads.figures.lastActivityAt(this.#place);
  }

  get durationMs(): DurationMs | undefined {
    return durationOf(this.startedAt, this.lastActivityAt);
  }

  get turns(): number {
    return turnsOf(this.#stored);
  }

  get totals(): TotalCount | undefined {
    return moreOf(this.#stored)?.totals;
  }

  get usage(): TokenUsage {
    return storedUsage(this.#stored);
  }

  get cost(): Cost {
    return this.#total === undefined ? this.#ownCost : costWithTotal(this.#ownCost, this.#total);
  }

  get #ownCost(): Cost {
    return this.#heads.figures.cost(this.#place) ?? costOf(this.#stored);
  }

  get isComputed(): boolean | undefined {
    return this.#total === undefined ? this.#heads.figures.isComputed(this.#place) : undefined;
  }

  get models(): readonly ModelRollup[] {
    return this.#costs?.models ?? this.#ownModels;
  }

  get #ownModels(): readonly ModelRollup[] {
    return modelsOf(this.#stored, this.usage, costOf(this.#stored));
  }

  get #costs(): ReturnType<typeof costsWithTotal> | undefined {
    if (this.#total === undefined) return undefined;
    return costsWithTotal({ cost: this.#ownCost, models: this.#ownModels }, this.#total);
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

  get largestPrompt(): Tokens | undefined {
    return largestPromptOf(this.#stored);
  }

  get misses(): number | undefined {
    return isKnownAsTotals(this) ? undefined : missesOf(this.#stored);
  }

  get missUsd(): Usd | undefined {
    return isKnownAsTotals(this) ? undefined : missUsdOf(this.#stored);
  }

  get files(): readonly string[] {
    return moreOf(this.#stored)?.files ?? [this.file];
  }

  /** The agent may say that it ends before it was used last. */
  get coldBy(): EpochMs | undefined {
    const { figures } = this.#heads;
    const at = figures.cacheUsedAt(this.#place);
    if (at === undefined) return undefined;
    return Math.max(at, figures.lastActivityAt(this.#place) ?? at) + this.#clock.longestLifetimeMs;
  }

  get isLongCold(): boolean {
    const at = this.#heads.figures.cacheUsedAt(this.#place);
    return at === undefined || this.#clock.now - at > this.#clock.longestLifetimeMs;
  }

  get cache(): CacheReport {
    if (this.#cache !== undefined) return this.#cache;
    const cache = reportCache(storedCacheBasis(this.#stored), this.#clock.now, this.#clock.lifetimes);
    if (cache.state === "warm" || cache.state === "maybe") this.#cache = cache;
    return cache;
  }

  get cacheBasis() {
    return storedCacheBasis(this.#stored);
  }

  /** With nothing left to be worked out. */
  toPlain(): IndexedSession {
    const { now, lifetimes } = this.#clock;
    const { stored, cwd, file } = this.body;
    const report = reportSession(
      decodeSession(stored, { source: this.source, sessionId: this.sessionId, cwd, file }),
      now,
      lifetimes,
      this.#costs,
    );
    return withId(this.#isDeleted ? { ...report, isDeleted: true } : report, this.id);
  }
}

/** A report that can be kept, copied and changed. */
export function plainReport(report: SessionReport): SessionReport {
  return report instanceof LazyReport ? report.toPlain() : report;
}
