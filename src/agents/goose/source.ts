/**
 * The sessions in Goose's database. Since schema 15 each response has a row in a ledger. A row there may also be a sum that
 * was carried forward, of responses of before or of what no row is of: that is a sum here, and no turn. So is what a session
 * has in its own sums and the ledger has not, and all of it in an older database.
 *
 * crates/goose/src/session/session_manager.rs of Goose (schemas 5 to 17), and its pull requests 9752 and 10172; read
 * 2026-11-26. Not run.
 */
import { NO_USAGE, totalTokens, type UsageTotal } from "../../core/model.ts";
import { MOST_TOTAL_USD, MOST_USD } from "../../core/plausible.ts";
import { type SpokenText, spokenText } from "../formats/spoken_text.ts";
import type { RecordResult, Source, TurnDraft } from "../source.ts";
import { GOOSE_FIELDS, type GooseRow } from "./fields.ts";
import { chainIn, gooseModel, gooseSessionOf, type GooseState, noteGooseSession } from "./state.ts";
import { type GooseUsage, readGooseCost, readGooseUsage } from "./usage.ts";

/** The format of Goose's database; state is {@linkcode GooseState}. */
export const gooseSource: Source<GooseState, typeof GOOSE_FIELDS> = {
  needles: [],
  fields: GOOSE_FIELDS,
  start: () => ({}),
  fold(state, row) {
    if (row.kind === "session") {
      noteGooseSession(state, row);
      return foldSums(state, row);
    }
    if (row.kind !== "response") return { state };
    return isCarried(row) ? foldCarried(state, row) : foldResponse(state, row);
  },
  uncounted: (row) => row.kind === "response" && !isCarried(row) ? "response" : undefined,
  session: gooseSessionOf,
  text: readText,
};

/** No model takes so much at once. */
const LARGEST_CONTEXT = 1e7;

/** The recorder marks such a row, and gives it no model. */
function isCarried({ costSource, model, input = 0 }: GooseRow): boolean {
  return costSource === "carried_forward" || model === undefined || input > LARGEST_CONTEXT;
}

function foldResponse(state: GooseState, row: GooseRow): RecordResult<GooseState> {
  const { at, usd, costSource } = row;
  const { usage, problem } = readGooseUsage(row);
  if (usage === undefined) return { state, problem };
  if (totalTokens(usage) === 0) return { state, problem: "A response without any tokens is not counted." };
  if (at === undefined) return { state, problem: "A response without a time is not counted." };

  const isSide = row.isCompaction === 1;
  const cost = readGooseCost(usd, costSource, MOST_USD);
  const turn: TurnDraft = {
    key: keyOf(state, row),
    // The row is written when the response is complete: when the request was sent nothing says.
    at,
    model: gooseModel(state, row.model),
    usage,
    chain: isSide ? "compaction" : chainIn(state),
  };
  if (cost.reported !== undefined) turn.reported = cost.reported;
  state.hasTurns = true;
  if (isSide) state.compactedAt = at;
  else {
    if (state.compactedAt !== undefined) turn.afterCompaction = true;
    delete state.compactedAt;
  }
  return withProblem({ state, turns: [turn] }, cost.problem);
}

/** Ids of rows begin at 1 in each database, and ids of sessions in each on every day. */
function keyOf({ id }: GooseState, { row, at, model, input, output }: GooseRow): string {
  return [id, row, at, model, input, output].join(" ");
}

function foldCarried(state: GooseState, row: GooseRow): RecordResult<GooseState> {
  const { at, usd, input, output, total, cacheRead, cacheWrite } = row;
  const counts = { input: input ?? 0, output: output ?? 0, total, cacheRead, cacheWrite };
  return totalOf(state, keyOf(state, row), at, splitSums(counts), usd);
}

/** What the session's own sums have beside the ledger. Without a ledger that is all. */
function foldSums(state: GooseState, row: GooseRow): RecordResult<GooseState> {
  const rest = (sum = 0, listed = 0) => Math.max(0, sum - listed);
  const counts = {
    input: rest(row.inputSum, row.listedInput),
    output: rest(row.outputSum, row.listedOutput),
    total: rest(row.totalSum, row.listedTotal),
    cacheRead: rest(row.cacheReadSum, row.listedCacheRead),
    cacheWrite: rest(row.cacheWriteSum, row.listedCacheWrite),
  };
  const usd = rest(row.usd, row.listedUsd);
  // A sum of sums of fractions.
  return totalOf(state, `${state.id} ${state.began}`, state.lastActivityAt, splitSums(counts), usd > 1e-9 ? usd : 0);
}

/** The total of sums tells nothing of where the cache is: only whether there are counts of the kinds. */
function splitSums(
  { input, output, total, ...cached }: {
    readonly input: number;
    readonly output: number;
    readonly total: number | undefined;
    readonly cacheRead: number | undefined;
    readonly cacheWrite: number | undefined;
  },
): GooseUsage {
  if (input + output > 0 || !total) return readGooseUsage({ input, output, total: undefined, ...cached });
  return {
    usage: NO_USAGE,
    problem: `Of ${total} tokens nothing says whether they are of input or of output: they are not counted.`,
  };
}

function totalOf(
  state: GooseState,
  key: string,
  lastAt: number | undefined,
  { usage = NO_USAGE, problem }: GooseUsage,
  usd: number | undefined,
): RecordResult<GooseState> {
  const cost = readGooseCost(usd, undefined, MOST_TOTAL_USD);
  const said = problem ?? cost.problem;
  if (totalTokens(usage) === 0 && cost.reported === undefined) return withProblem({ state }, said);
  const at = lastAt ?? state.began;
  if (at === undefined) return { state, problem: "A sum without a time is not counted." };
  const total: UsageTotal = {
    key,
    // The one that the session has now: which others it was of before nothing says.
    model: gooseModel(state, state.sessionModel),
    usage,
    chain: chainIn(state),
    firstAt: Math.min(state.began ?? at, at),
    lastAt: at,
  };
  return withProblem(
    { state, totals: [cost.reported === undefined ? total : { ...total, reported: cost.reported }] },
    said,
  );
}

function withProblem(result: RecordResult<GooseState>, problem: string | undefined): RecordResult<GooseState> {
  return problem === undefined ? result : { ...result, problem };
}

/** Rows of messages, which are asked for apart. */
function readText(value: unknown): SpokenText | undefined {
  const { role, content } = Object(value) as Record<"role" | "content", unknown>;
  return spokenText({ role, content });
}
