/**
 * What logs have of the turns that a gateway billed, one by one: with its own figure where it gave one, and else the log's.
 * Asks the scan and the evidence, and nobody else.
 */
import type { FigureKind, GoneTurn, LocalFigure } from "../../core/bill/bill.ts";
import { billedUsd, type GenerationEvidence, generationTime } from "../../core/evidence.ts";
import type { EpochMs } from "../../core/model.ts";
import type { FoundEvidence } from "../../evidence/evidence_store.ts";
import type { SessionTurn } from "../../core/rollup.ts";
import { isResponse } from "../../core/usage_total.ts";
import { UnreadableLogError } from "../../scan/index/log_turns.ts";
import type { UsageBucket } from "../../scan/index/sums/usage_buckets.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import { UTC_DAY_MS, type UtcSpan } from "./utc_spans.ts";

/** What is known of responses. */
export interface FoundResponses {
  find(id: string): GenerationEvidence | undefined;
  listFound(range: UtcSpan): readonly FoundEvidence[];
}

export interface LocalFigures {
  /** Of the days around the span as well: {@linkcode withinSpan} takes those of one. */
  readonly figures: readonly LocalFigure[];
  /** Sessions whose logs could not be read just now: what they have is in sums alone. */
  readonly unreadable: number;
}

/** Logs and gateways have clocks of their own: a turn may be in the span by one and not by the other. */
const AROUND_MS = UTC_DAY_MS;

/** @param provider That bills them */
export async function readLocalFigures(
  scan: Pick<UsageIndex, "usageBuckets" | "turnsOf">,
  provider: string,
  { since, until }: UtcSpan,
  evidence: Pick<FoundResponses, "find"> | undefined,
): Promise<LocalFigures> {
  const buckets = (await scan.usageBuckets({ since: since - AROUND_MS, until: until + AROUND_MS }))
    .filter(({ model }) => model.provider === provider);
  const figures: LocalFigure[] = [];
  let unreadable = 0;
  for (const [session, own] of Map.groupBy(buckets, ({ session }) => session)) {
    const turns = await readOwnTurns(scan, session);
    if (turns === "unreadable") unreadable++;
    if (turns === undefined || turns === "unreadable") {
      figures.push(...own.map(figureOfSum));
      continue;
    }
    for (const turn of turns) if (turn.model.provider === provider) figures.push(figureOf(turn, evidence));
    // What an agent counts without saying what each response took.
    figures.push(...own.filter(({ turns, totals }) => turns === 0 && totals !== undefined).map(figureOfSum));
  }
  return { figures, unreadable };
}

/** Without what a fork shows of another session. Undefined where some were deleted from their database. */
export async function readOwnTurns(
  scan: Pick<UsageIndex, "turnsOf">,
  session: number,
): Promise<readonly SessionTurn[] | "unreadable" | undefined> {
  try {
    return (await scan.turnsOf(session))?.filter((turn) => turn.counted && isResponse(turn));
  } catch (error) {
    if (error instanceof UnreadableLogError) return "unreadable";
    throw error;
  }
}

/** A turn of a log, with what the gateway said of it where it was asked. */
export function figureOf(turn: SessionTurn, evidence?: Pick<FoundResponses, "find">): LocalFigure {
  const { responseId: id, at, model, usd } = turn;
  const known = id === undefined ? undefined : evidence?.find(id);
  const said: { kind: FigureKind; usd: number } = known !== undefined
    ? { kind: "billed", usd: billedUsd(known) }
    : usd === undefined
    ? { kind: "unpriced", usd: 0 }
    : { kind: turn.basis === "reported" && turn.reported?.isBill === true ? "billed" : "estimate", usd };
  return {
    ...(id === undefined ? {} : { id }),
    at: known?.createdAt ?? at,
    models: known?.model === undefined ? [model.model] : [model.model, known.model],
    ...(known?.upstream === undefined ? {} : { upstream: known.upstream }),
    ...said,
  };
}

/** For what has no turns any more, or never had. */
function figureOfSum({ at, model, turns, cost }: UsageBucket): LocalFigure {
  const isBilled = turns > 0 && cost.billed?.turns === turns;
  const kind = isBilled ? "billed" : cost.basis === "none" && cost.unpricedTurns > 0 ? "unpriced" : "estimate";
  return { at, models: [model.model], kind, usd: cost.usd, turns };
}

/**
 * The turns of a span.
 *
 * @param billedAt When a bill has a response that it lists by id: its time counts before every other
 */
export function withinSpan(
  figures: readonly LocalFigure[],
  { since, until }: UtcSpan,
  billedAt: (id: string) => EpochMs | undefined = () => undefined,
): readonly LocalFigure[] {
  return figures.filter(({ id, at }) => {
    const time = (id === undefined ? undefined : billedAt(id)) ?? at;
    return time >= since && time < until;
  });
}

/** Responses that the gateway said something of, in this span, and of which none of these logs is. */
export function listGone(
  found: readonly FoundEvidence[],
  figures: readonly LocalFigure[],
): readonly (GoneTurn & { readonly key: string })[] {
  const logged = new Set(figures.map(({ id }) => id));
  return found.filter(({ evidence }) => !logged.has(evidence.id)).map(({ evidence, key, at }) => ({
    id: evidence.id,
    at: evidence.createdAt ?? at ?? generationTime(evidence.id),
    models: evidence.model === undefined ? [] : [evidence.model],
    usd: billedUsd(evidence),
    key,
  }));
}
