/** Reports a session at a given time: the sums of its rollup, and the state of its cache by the clock. */
import { durationOf } from "./duration_of.ts";
import { isKnownAsTotals } from "./known_as_totals.ts";
import type { CacheEvidence, CacheStrategyId, ColdReason, LifetimeTable } from "./cache/strategy.ts";
import { strategyOf } from "./cache/strategies.ts";
import { routeNote, stickyUntil } from "./cache/route_note.ts";
import type { ServedBy } from "./cache/served_requests.ts";
import {
  cacheHitRatio,
  type DurationMs,
  type EpochMs,
  OWN_CHAINS,
  type Tokens,
  type TokenUsage,
  type TotalCount,
  type Usd,
} from "./model.ts";
import type { costsOf, SessionCost } from "./cost/tool_total.ts";
import type { KeptRollup, Session } from "./session.ts";
import type { ChainRollup, ModelRollup } from "./rollup.ts";

/** What a provider still holds of a session, and until when. */
export interface CacheReport {
  readonly state: "warm" | "maybe" | "cold" | "unknown";
  readonly strategy: CacheStrategyId;
  readonly provider?: string;
  readonly model?: string;
  /** Prompt tokens that are held, or were until the cache went cold. */
  readonly tokens: Tokens;
  /** Why it is cold or unknown. */
  readonly reason?: ColdReason | string;
  readonly ttlMs?: DurationMs;
  readonly expiresAt?: EpochMs;
  readonly evidence?: CacheEvidence;
  readonly note?: string;
  /** Who served the last requests, where a gateway was asked that: the cache is there. `note` says it in words. */
  readonly served?: ServedBy;
  /** Until when the gateway sends requests there, unless that host fails. */
  readonly stickyUntil?: EpochMs;
  /** What the cached prefix costs in the next request: while it is warm, and once it is cold. */
  readonly resumeUsd?: { readonly warm?: Usd; readonly cold?: Usd };
}

/** What the state of a cache follows from, at any time. */
export type CacheBasis = Pick<KeptRollup, "anchor" | "resume" | "totals">;

export interface SessionReport {
  readonly source: string;
  readonly sessionId: string;
  readonly file: string;
  readonly cwd?: string;
  readonly title?: string;
  readonly parentSessionId?: string;
  readonly traceId?: string;
  readonly startedAt?: EpochMs;
  readonly lastActivityAt?: EpochMs;
  /** From its start to its last activity: {@linkcode durationOf}. */
  readonly durationMs?: DurationMs;
  readonly turns: number;
  /** What is in its sums beside turns. @default nothing */
  readonly totals?: TotalCount;
  readonly models: readonly ModelRollup[];
  readonly usage: TokenUsage;
  readonly cost: SessionCost;
  readonly cacheHitRatio?: number;
  /** Largest prompt of one request. Absent where no single one is known. */
  readonly largestPrompt?: Tokens;
  /** Turns that lost a cache. Absent where no single turn is known. */
  readonly misses?: number;
  /** What those cost. Absent where that is not known. */
  readonly missUsd?: Usd;
  readonly subagents: number;
  /** All its logs, `file` first. */
  readonly files: readonly string[];
  readonly chains: readonly ChainRollup[];
  readonly cache: CacheReport;
  /**
   * Where each of its turns has a price that is its own: whether some of them follow from price data.
   *
   * @default its models tell
   */
  readonly isComputed?: boolean;
  /** True when it was deleted from its agent's database: its sums are as they were, and its turns are gone. @default it is there */
  readonly isDeleted?: true;
  /** True when the cache is so old that it need not be asked for, to know that nothing is left of it. @default it may be */
  readonly isLongCold?: boolean;
  /** When it is cold at the latest, told before the session is read. @default that is not known */
  readonly coldBy?: EpochMs;
  /** For saying later what the cache is then: {@linkcode reportCache}. */
  readonly cacheBasis: CacheBasis;
}

/** Clocks of two machines may differ this much before a time counts as being in the future. */
export const CLOCK_SKEW_MS: DurationMs = 5 * 60_000;

/** @param costs What {@linkcode costsOf} says of the session among all. @default the sums of its turns */
export function reportSession(
  session: Session,
  now: EpochMs,
  lifetimes: LifetimeTable,
  costs: ReturnType<typeof costsOf> = session.rollup,
): SessionReport {
  const { rollup } = session;
  return {
    source: session.source,
    sessionId: session.sessionId,
    file: session.file,
    cwd: session.cwd,
    title: session.title,
    parentSessionId: session.parentSessionId,
    traceId: session.traceId,
    startedAt: session.startedAt,
    lastActivityAt: session.lastActivityAt,
    durationMs: durationOf(session.startedAt, session.lastActivityAt),
    turns: rollup.turns,
    totals: rollup.totals,
    models: costs.models,
    usage: rollup.usage,
    cost: costs.cost,
    cacheHitRatio: cacheHitRatio(rollup.usage),
    largestPrompt: rollup.largestPrompt,
    ...isKnownAsTotals(rollup) ? {} : { misses: rollup.misses, missUsd: rollup.missUsd },
    subagents: rollup.chains.filter((chain) => !OWN_CHAINS.has(chain.chain)).length,
    files: session.files,
    chains: rollup.chains,
    cache: reportCache(rollup, now, lifetimes),
    cacheBasis: cacheBasisOf(rollup),
  };
}

/** What of a rollup says how its cache is. */
function cacheBasisOf({ anchor, resume, totals }: CacheBasis): CacheBasis {
  return totals === undefined ? { anchor, resume } : { anchor, resume, totals };
}

/** Whether some of its prompt is cached, or may be, for somebody who goes on with it. */
export function mayBeCached(report: Pick<SessionReport, "isDeleted" | "isLongCold" | "cache">): boolean {
  return report.isDeleted !== true && report.isLongCold !== true &&
    (report.cache.state === "warm" || report.cache.state === "maybe");
}

/** Why nothing is known of the cache of a session that is known as totals. */
const NO_RESPONSES = "its agent records sums and no single responses";

/** The state at a time, of what was found when the logs were read. */
export function reportCache(basis: CacheBasis, now: EpochMs, lifetimes: LifetimeTable): CacheReport {
  const { anchor } = basis;
  if (anchor === undefined && basis.totals !== undefined) {
    return { state: "unknown", strategy: "unknown", tokens: 0, reason: NO_RESPONSES };
  }
  if (anchor === undefined) {
    return { state: "cold", strategy: "unknown", tokens: 0, reason: "never_written", note: "No billed turn yet." };
  }
  const strategy = strategyOf(anchor);
  const { provider, model } = anchor.model;
  const { served } = anchor;
  const route = served && { note: routeNote(served, now), served, stickyUntil: stickyUntil(served) };
  const { state, tokens, reason, ttlMs, expiresAt, evidence, note }: Omit<CacheReport, "strategy"> = strategy
    .stateAt(anchor, now, lifetimes);
  if (anchor.at > now + CLOCK_SKEW_MS) {
    const inFuture = "its last request is dated in the future";
    return { state: "unknown", strategy: strategy.id, provider, model, tokens: anchor.tokens, reason: inFuture, note };
  }
  const report: CacheReport = {
    state,
    // A strategy without enough evidence is reported as unknown.
    strategy: state === "unknown" ? "unknown" : strategy.id,
    provider,
    model,
    tokens,
    reason,
    ttlMs,
    expiresAt,
    evidence,
    note,
    resumeUsd: resumeUsd(basis, tokens),
  };
  return route === undefined ? report : { ...report, ...route };
}

/**
 * What is lost with a cached prefix: what sending it again costs over reading it. Never below zero: where a read costs more
 * than what it spares, as prices and discounts of one's own may have it, there is nothing to lose.
 *
 * @returns undefined where one of the two is not known
 */
export function lossOf({ warm, cold }: NonNullable<CacheReport["resumeUsd"]> = {}): Usd | undefined {
  return warm === undefined || cold === undefined ? undefined : Math.max(0, cold - warm);
}

/** With only part of the prefix warm, the rest is sent again at the cold price. */
function resumeUsd(basis: CacheBasis, tokens: Tokens): CacheReport["resumeUsd"] {
  const { warm, cold } = basis.resume;
  if (warm === undefined && cold === undefined) return undefined;
  const held = basis.anchor?.tokens ?? 0;
  const share = held === 0 ? 1 : Math.min(1, tokens / held);
  if (share === 1 || warm === undefined || cold === undefined) return { warm, cold };
  return { warm: warm * share + cold * (1 - share), cold };
}
