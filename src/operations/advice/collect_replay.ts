/** Goes through the sessions that used a cache whose lifetime can be chosen, one at a time, and has their turns replayed. */
import { compareTexts } from "../../core/compare_texts.ts";
import { AdviceLedger, type AdviceRole, type LedgerReplay } from "../../core/advice/advice_ledger.ts";
import { type ContextFigures, ContextLedger } from "../../core/advice/context_ledger.ts";
import { type CheaperModel, ModelLedger } from "../../core/advice/model_ledger.ts";
import { modelKey, type ReplayTurn } from "../../core/advice/follow_chain.ts";
import { hasLifetimeChoice, MOST_PINGS, ONE_HOUR_MS } from "../../core/advice/lifetimes.ts";
import type { ReplaySpan } from "../../core/advice/replay_group.ts";
import { explainPrice, type LeftOutReason } from "../../core/advice/turn_rates.ts";
import type { PriceBook } from "../../core/cost/cost.ts";
import { AgentError } from "../../core/errors.ts";
import type { ModelRef, Usd } from "../../core/model.ts";
import type { SessionTurn } from "../../core/rollup.ts";
import { isRepeated } from "../../core/turn_evidence.ts";
import { isResponse } from "../../core/usage_total.ts";
import { UnreadableLogError } from "../../scan/index/log_turns.ts";
import type { UsageBucket } from "../../scan/index/sums/usage_buckets.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import { makeBreath } from "../live/breathe.ts";
import type { Clock } from "../report/clock_input.ts";
import type { UsageFact } from "../report/read_usage_key.ts";

/** Why turns are in no row. */
export type LeftOut = LeftOutReason | "no_cache" | "no_writes" | "unreadable" | "deleted";

/** What is asked about. */
export interface ReplayQuestion {
  readonly since?: number;
  readonly until?: number;
  readonly clock: Clock;
  readonly role?: AdviceRole;
  /** Whether long prompts are looked at, and cheaper models. */
  readonly hasContext: boolean;
  readonly hasModels: boolean;
  isAsked(fact: UsageFact): boolean;
  nameProjects(directories: readonly string[]): Promise<(directory: string | undefined) => string>;
  readonly signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
}

/** What turns add up to. */
export interface TurnsUsd {
  readonly turns: number;
  readonly usd: Usd;
}

/** What was replayed, and what was not. */
export interface CollectedReplay extends LedgerReplay {
  readonly context: readonly ContextFigures[];
  readonly cheaperModels: readonly CheaperModel[];
  readonly leftOut: ReadonlyMap<LeftOut, TurnsUsd>;
  /** Sessions by the numbers that returns have. */
  readonly sessions: ReadonlyMap<number, FoundSession>;
}

/** A session that was read. */
export interface FoundSession {
  readonly id: number;
  readonly source: string;
  readonly sessionId: string;
  readonly cwd?: string;
  /** Whether it was asked about. */
  readonly isAsked: boolean;
  /** Of models whose lifetimes can be chosen, in the span. */
  turns: number;
  usd: Usd;
  usesCache: boolean;
}

/** So long before the span a request may have been sent whose pings fall into it. */
const BEFORE_MS = MOST_PINGS * ONE_HOUR_MS;

type Scan = Pick<UsageIndex, "foldUsage" | "prices" | "turnsOf">;

/** @throws {AgentError} interrupted */
export async function collectReplay(scan: Scan, question: ReplayQuestion): Promise<CollectedReplay> {
  const { since = -Infinity, until = Infinity, clock, signal, onProgress } = question;
  const leftOut = new Map<LeftOut, TurnsUsd>();
  const { sessions, models } = await findSessions(scan, question, leftOut);
  const book = await scan.prices.bookFor(models);
  // What is to come has sent no pings.
  const span: ReplaySpan = { since, until: Math.min(until, clock.now + 1) };
  const ledger = new AdviceLedger(span);
  const context = question.hasContext ? new ContextLedger() : undefined;
  const cheaper = question.hasModels ? new ModelLedger(models, book) : undefined;
  const projectOf = sessions.size === 0 ? () => "" : await question.nameProjects(
    [...sessions.values()].flatMap(({ cwd }) => cwd ?? []),
  );
  const breathe = makeBreath();
  let done = 0;
  for (const session of sessions.values()) {
    await breathe();
    if (signal?.aborted) {
      throw new AgentError("interrupted", "Stopped: there is no answer out of a part of the sessions.", {
        hint: "A shorter span takes less time: --since 7d.",
      });
    }
    onProgress?.(done++, sessions.size);
    const { id, source, cwd, isAsked } = session;
    const sums = isAsked ? leftOut : new Map<LeftOut, TurnsUsd>();
    const turns = explainTurns(await readTurns(scan, session, clock, sums), { book, span, leftOut: sums });
    const placed = { session: id, source, project: projectOf(cwd), directory: cwd ?? "", isWanted: isAsked };
    ledger.add(placed, turns);
    if (!isAsked) continue;
    context?.add(placed, turns);
    cheaper?.add(source, turns);
  }
  const { rows, returns } = ledger.replay();
  const { role } = question;
  return {
    rows: rows.filter((row) => role === undefined || row.role === role),
    returns,
    leftOut,
    sessions,
    context: context?.figures() ?? [],
    cheaperModels: cheaper?.cheaper() ?? [],
  };
}

/** By the index alone: of most sessions nothing has to be read. */
async function findSessions(scan: Scan, question: ReplayQuestion, leftOut: Map<LeftOut, TurnsUsd>) {
  const { since, until, clock, isAsked } = question;
  const asOf = clock.isPast ? clock.now : undefined;
  const models = new Set<ModelRef>();
  const begin = () => new Map<number, FoundSession>();
  const add = (found: Map<number, FoundSession>, bucket: UsageBucket) => {
    if (!hasLifetimeChoice(bucket.model)) return;
    models.add(bucket.model);
    const { session: id, source, sessionId, cwd, turns, cost, usage } = bucket;
    let known = found.get(id);
    if (known === undefined) {
      const none = { turns: 0, usd: 0, usesCache: false };
      found.set(id, known = { id, source, sessionId, cwd, isAsked: isAsked(bucket), ...none });
    }
    known.turns += turns;
    known.usd += cost.usd;
    known.usesCache ||= usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h > 0;
  };
  const found = await scan.foldUsage({ since, until, asOf }, begin, add);
  const others = await scan.foldUsage({ since, until, asOf }, () => ({ turns: 0, usd: 0 }), (sum, bucket) => {
    if (hasLifetimeChoice(bucket.model) || !isAsked(bucket)) return;
    sum.turns += bucket.turns;
    sum.usd += bucket.cost.usd;
  });
  if (others.turns > 0) addLeftOut(leftOut, "no_choice", others);
  // What was sent shortly before is part of the chains, and of no sum.
  const before = since === undefined
    ? begin()
    : await scan.foldUsage({ since: since - BEFORE_MS, until: since, asOf }, begin, add);
  for (const session of found.values()) {
    if (!session.usesCache && session.isAsked) addLeftOut(leftOut, "no_cache", session);
  }
  const sessions = [
    ...found.values(),
    ...[...before.values()].filter(({ id }) => !found.has(id))
      .map((session) => ({ ...session, turns: 0, usd: 0 })),
  ];
  // By name: ids are as the scan came to the sessions, and sums of amounts differ by their order in the last digit.
  sessions.sort((a, b) => compareTexts(a.source, b.source) || compareTexts(a.sessionId, b.sessionId));
  // What is not asked about says how often caches are gone early, so that a row is the same however it was asked for.
  const isAny = sessions.some(({ isAsked, usesCache }) => isAsked && usesCache);
  const read = isAny ? sessions.filter(({ usesCache }) => usesCache) : [];
  return {
    sessions: new Map(read.map((session) => [session.id, session])),
    models,
  };
}

async function readTurns(
  scan: Scan,
  session: FoundSession,
  { isPast, now }: Clock,
  leftOut: Map<LeftOut, TurnsUsd>,
): Promise<readonly SessionTurn[]> {
  try {
    const all = await scan.turnsOf(session.id);
    if (all === undefined) addLeftOut(leftOut, "deleted", session);
    return (all ?? []).filter((turn) =>
      isResponse(turn) && !isRepeated(turn) && !(isPast && (turn.endedAt ?? turn.at) > now)
    );
  } catch (error) {
    if (!(error instanceof UnreadableLogError)) throw error;
    addLeftOut(leftOut, "unreadable", session);
    return [];
  }
}

interface Explaining {
  readonly book: PriceBook;
  readonly span: ReplaySpan;
  readonly leftOut: Map<LeftOut, TurnsUsd>;
}

function explainTurns(turns: readonly SessionTurn[], { book, span, leftOut }: Explaining): readonly ReplayTurn[] {
  const writing = new Set(turns.filter(showsWrites).map(({ model }) => modelKey(model)));
  return turns.map((turn): ReplayTurn => {
    const isAsked = turn.counted && turn.at >= span.since && turn.at < span.until;
    const placed = { ...turn, isAsked, isCopy: !turn.counted };
    if (!hasLifetimeChoice(turn.model)) return placed;
    const price = writing.has(modelKey(turn.model)) ? explainPrice(turn, book) : "no_writes";
    if (typeof price !== "string") return { ...placed, ...price };
    if (isAsked) addLeftOut(leftOut, price, { turns: 1, usd: turn.usd ?? 0 });
    return placed;
  });
}

/** Some tools and gateways count what was read alone: nobody knows then what was written. */
function showsWrites({ usage, requestedTtlMs }: SessionTurn): boolean {
  return usage.cacheWrite + usage.cacheWrite1h > 0 || requestedTtlMs !== undefined;
}

function addLeftOut(sums: Map<LeftOut, TurnsUsd>, reason: LeftOut, { turns, usd }: TurnsUsd): void {
  const known = sums.get(reason) ?? { turns: 0, usd: 0 };
  sums.set(reason, { turns: known.turns + turns, usd: known.usd + usd });
}
