/** A session out of what its logs say and what their turns add up to. */
import { agentWithLogs } from "../../../agents/agents.ts";
import type { CacheMiss } from "../../../core/cache/misses.ts";
import type { EpochMs, ModelRef, SessionFacts } from "../../../core/model.ts";
import type { PriceBook } from "../../../core/cost/cost.ts";
import { addLossesTo, knownLoss, type LostCaches, noLosses } from "../../../core/cost/miss_cost.ts";
import { type AddedTurns, finishRollup, resumeCost, type RollupState } from "../../../core/rollup.ts";
import { traceIdOver, traceNameOfFile } from "../../../core/name_trace.ts";
import type { Session } from "../../../core/session.ts";

/** Gives the price data, at best without loading them. */
export interface PriceSource {
  bookFor(models: Iterable<ModelRef>): Promise<PriceBook>;
  /** The same at once, where nothing has to be looked up. @default it has to be waited for */
  bookAtHand?(models: readonly ModelRef[]): PriceBook | undefined;
}

/** What turns add up to, as far as a session has it. */
export interface SessionSums extends Pick<AddedTurns, "state"> {
  /** What each lost cache cost. */
  readonly misses: readonly Pick<CacheMiss, "usd">[];
}

/** @param added With what its misses cost */
export async function makeSession(
  source: string,
  facts: SessionFactsOfLogs,
  { state, misses }: SessionSums,
  prices: PriceSource,
  until: EpochMs,
): Promise<Session> {
  const pending = facts.pending !== undefined && facts.pending.at <= until ? facts.pending : undefined;
  const rollup = finishRollup(state, pending, undefined);
  const asked = modelToPrice(rollup);
  const book = asked === undefined ? undefined : await prices.bookFor([asked]);
  const name = traceNameOf(source, facts, rollup);
  const traceId = name === undefined ? undefined : await traceIdOver(name);
  return joinSession(source, { ...facts, pending, traceId }, withResume(rollup, state, book), addUpMisses(misses));
}

/** What a session adds up to, but what its misses cost. */
type Finished = ReturnType<typeof finishRollup>;

/** The model of which the book has to say what a held prefix is worth; undefined where turns said it, or nothing is held. */
export function modelToPrice({ anchor, resume }: Finished): ModelRef | undefined {
  return anchor !== undefined && (resume.warm === undefined || resume.cold === undefined) ? anchor.model : undefined;
}

/** @param book Undefined where nothing is asked of it, see {@linkcode modelToPrice} */
export function withResume(rollup: Finished, { rates }: RollupState, book: PriceBook | undefined): Finished {
  return book === undefined ? rollup : { ...rollup, resume: resumeCost(rates, rollup.anchor, book) };
}

/** What its trace is named by; undefined for a session without turns that Opper traced. */
export function traceNameOf(
  source: string,
  { file, sessionId }: Pick<SessionFactsOfLogs, "file" | "sessionId">,
  { models }: { readonly models: readonly (Pick<ModelRef, "provider"> & { readonly turns: number })[] },
): string | undefined {
  if (!models.some(({ provider, turns }) => provider === "opper" && turns > 0)) return undefined;
  return agentWithLogs(source).traceName === "file" ? traceNameOfFile(file) : `${source}:${sessionId}`;
}

/** @param facts With what is pending at the time, and its trace */
export function joinSession(
  source: string,
  { traceId, ...facts }: SessionFactsOfLogs & Pick<Session, "traceId">,
  rollup: Finished,
  lost: Omit<LostCaches, "tokens">,
): Session {
  const { lastActivityAt } = facts;
  const missUsd = knownLoss(lost);
  return {
    ...facts,
    source,
    ...(traceId === undefined ? {} : { traceId }),
    lastActivityAt: Number.isFinite(lastActivityAt) ? lastActivityAt : undefined,
    rollup: { ...rollup, misses: lost.misses, ...(missUsd === undefined ? {} : { missUsd }) },
  };
}

function addUpMisses(misses: SessionSums["misses"]): LostCaches {
  const lost = noLosses();
  for (const { usd } of misses) {
    addLossesTo(lost, { misses: 1, tokens: 0, usd: usd ?? 0, unpriced: usd === undefined ? 1 : 0 });
  }
  return lost;
}

type SessionFactsOfLogs = Omit<Session, "source" | "rollup" | "traceId">;

/**
 * The session's own log speaks; those of sub-agents fill gaps. Copies of one log agree, or the first by start does; of two
 * that begin alike the one that goes on for longer.
 *
 * @param logs At least one
 */
export function mergeFacts(
  logs: readonly { readonly path: string; readonly facts: SessionFacts }[],
): SessionFactsOfLogs {
  // Most sessions have one.
  if (logs.length === 1) return factsOfLog(logs[0]!.path, logs[0]!.facts);
  const ordered = logs.toSorted((a, b) =>
    Number(a.facts.subagent ?? false) - Number(b.facts.subagent ?? false) ||
    compareTimes(a.facts.startedAt ?? Infinity, b.facts.startedAt ?? Infinity) ||
    compareTimes(b.facts.lastActivityAt ?? 0, a.facts.lastActivityAt ?? 0)
  );
  const own = ordered.filter(({ facts }) => !facts.subagent);
  const first = <K extends keyof SessionFacts>(key: K) =>
    ordered.find(({ facts }) => facts[key] !== undefined)?.facts[key];
  const latest = own.toSorted((a, b) => (b.facts.lastActivityAt ?? 0) - (a.facts.lastActivityAt ?? 0))[0];
  const times = (key: "startedAt" | "lastActivityAt") =>
    ordered.map(({ facts }) => facts[key]).filter((time) => time !== undefined);
  return {
    sessionId: ordered[0]!.facts.sessionId,
    file: ordered[0]!.path,
    files: ordered.map(({ path }) => path),
    cwd: first("cwd"),
    title: latest?.facts.title ?? first("title"),
    parentSessionId: own.find(({ facts }) => facts.parentSessionId !== undefined)?.facts.parentSessionId,
    startedAt: times("startedAt").length === 0 ? undefined : Math.min(...times("startedAt")),
    lastActivityAt: times("lastActivityAt").length === 0 ? undefined : Math.max(...times("lastActivityAt")),
    pending: latest?.facts.pending,
    ...(latest?.facts.toolTotal === undefined ? {} : { toolTotal: latest.facts.toolTotal }),
  };
}

function factsOfLog(path: string, facts: SessionFacts): SessionFactsOfLogs {
  const { sessionId, subagent, cwd, title, parentSessionId, startedAt, lastActivityAt, pending, toolTotal } = facts;
  const merged = {
    sessionId,
    file: path,
    files: [path],
    cwd,
    title,
    parentSessionId: subagent ? undefined : parentSessionId,
    startedAt,
    lastActivityAt,
    pending: subagent ? undefined : pending,
  };
  return subagent || toolTotal === undefined ? merged : { ...merged, toolTotal };
}

/** Infinity less itself is no number. */
function compareTimes(a: EpochMs, b: EpochMs): number {
  return a === b ? 0 : a - b;
}
