/** A session out of what its logs say and what their turns add up to. */
import { agentWithLogs } from "../../../agents/agents.ts";
import type { CacheMiss } from "../../../core/cache/misses.ts";
import type { EpochMs, ModelRef, SessionFacts } from "../../../core/model.ts";
import type { PriceBook } from "../../../core/cost/cost.ts";
import { addLossesTo, knownLoss, noLosses } from "../../../core/cost/miss_cost.ts";
import { type AddedTurns, finishRollup, resumeCost } from "../../../core/rollup.ts";
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
  const { lastActivityAt } = facts;
  const pending = facts.pending !== undefined && facts.pending.at <= until ? facts.pending : undefined;
  let rollup = finishRollup(state, pending, undefined);
  const { anchor, resume } = rollup;
  if (anchor !== undefined && (resume.warm === undefined || resume.cold === undefined)) {
    rollup = { ...rollup, resume: resumeCost(state.rates, anchor, await prices.bookFor([anchor.model])) };
  }
  const isTraced = rollup.models.some(({ provider, turns }) => provider === "opper" && turns > 0);
  const trace = isTraced ? await traceIdOver(traceNameOf(source, facts)) : undefined;
  return {
    ...facts,
    source,
    ...(trace === undefined ? {} : { traceId: trace }),
    lastActivityAt: Number.isFinite(lastActivityAt) ? lastActivityAt : undefined,
    pending,
    rollup: { ...rollup, ...addUpMisses(misses) },
  };
}

/** What the trace of a session is named by that Opper traced. */
export function traceNameOf(source: string, { file, sessionId }: Pick<Session, "file" | "sessionId">): string {
  return agentWithLogs(source).traceName === "file" ? traceNameOfFile(file) : `${source}:${sessionId}`;
}

function addUpMisses(misses: SessionSums["misses"]): Pick<Session["rollup"], "misses" | "missUsd"> {
  const lost = noLosses();
  for (const { usd } of misses) {
    addLossesTo(lost, { misses: 1, tokens: 0, usd: usd ?? 0, unpriced: usd === undefined ? 1 : 0 });
  }
  const missUsd = knownLoss(lost);
  return missUsd === undefined ? { misses: lost.misses } : { misses: lost.misses, missUsd };
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
