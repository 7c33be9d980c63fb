/** Groups of cells of a row (turn_row.ts) as objects, and what a row cannot say. */
import { isSameModel, type ModelRef, type ReportedCost, type TokenUsage } from "../../../core/model.ts";
import type { RecordedTurn, TurnDraft } from "../../../agents/source.ts";
import {
  CELL_AT,
  CELL_CACHE_READ,
  CELL_CACHE_WRITE,
  CELL_CACHE_WRITE1H,
  CELL_CHAIN,
  CELL_ENDED_AT,
  CELL_FLAGS,
  CELL_INPUT,
  CELL_MODEL,
  CELL_OUTPUT,
  CELL_REPORTED,
  CELL_REPORTED_CACHE_READ,
  CELL_REPORTED_CACHE_WRITE,
  CELL_REPORTED_INPUT,
  CELL_REPORTED_OUTPUT,
  CELL_REQUESTED_TTL_MS,
  HAS_ENDED_AT,
  HAS_REPORTED,
  HAS_REPORTED_CACHE_READ,
  HAS_REPORTED_CACHE_WRITE,
  HAS_REPORTED_INPUT,
  HAS_REPORTED_OUTPUT,
  HAS_REQUESTED_TTL,
  IS_AFTER_COMPACTION,
  IS_BACKGROUND,
  IS_BILL,
  IS_COPIED,
  IS_REPLAY,
  IS_UNREQUESTED,
  KEEPS_WARM,
} from "./turn_row.ts";

/** @param start Its first cell, as for the others */
function usageOfRow(cells: Float64Array, start: number): TokenUsage {
  return {
    input: cells[start + CELL_INPUT]!,
    cacheRead: cells[start + CELL_CACHE_READ]!,
    cacheWrite: cells[start + CELL_CACHE_WRITE]!,
    cacheWrite1h: cells[start + CELL_CACHE_WRITE1H]!,
    output: cells[start + CELL_OUTPUT]!,
  };
}

/** What its tool wrote down. @param flags Which say that it did */
export function reportedOfRow(cells: Float64Array, start: number, flags: number): ReportedCost {
  const cost: { -readonly [Part in keyof ReportedCost]: ReportedCost[Part] } = { usd: cells[start + CELL_REPORTED]! };
  if ((flags & HAS_REPORTED_INPUT) !== 0) cost.input = cells[start + CELL_REPORTED_INPUT]!;
  if ((flags & HAS_REPORTED_CACHE_READ) !== 0) cost.cacheRead = cells[start + CELL_REPORTED_CACHE_READ]!;
  if ((flags & HAS_REPORTED_CACHE_WRITE) !== 0) cost.cacheWrite = cells[start + CELL_REPORTED_CACHE_WRITE]!;
  if ((flags & HAS_REPORTED_OUTPUT) !== 0) cost.output = cells[start + CELL_REPORTED_OUTPUT]!;
  if ((flags & IS_BILL) !== 0) cost.isBill = true;
  return cost;
}

/** All but its keys, model and chain. @param reported What its tool wrote down */
export function writeTurn(
  cells: Float64Array,
  start: number,
  turn: RecordedTurn,
  reported: ReportedCost | undefined,
): void {
  const { endedAt, usage, requestedTtlMs } = turn;
  let flags = 0;
  if (endedAt !== undefined) {
    flags |= HAS_ENDED_AT;
    cells[start + CELL_ENDED_AT] = endedAt;
  }
  if (requestedTtlMs !== undefined) {
    flags |= HAS_REQUESTED_TTL;
    cells[start + CELL_REQUESTED_TTL_MS] = requestedTtlMs;
  }
  if (turn.afterCompaction) flags |= IS_AFTER_COMPACTION;
  if (turn.keepsWarm) flags |= KEEPS_WARM;
  if (turn.copied) flags |= IS_COPIED;
  if (turn.background) flags |= IS_BACKGROUND;
  if (turn.replay) flags |= IS_REPLAY;
  if (turn.unrequested) flags |= IS_UNREQUESTED;
  if (reported !== undefined) flags |= writeReported(cells, start, reported);
  cells[start + CELL_AT] = turn.at;
  cells[start + CELL_FLAGS] = flags;
  cells[start + CELL_INPUT] = usage.input;
  cells[start + CELL_CACHE_READ] = usage.cacheRead;
  cells[start + CELL_CACHE_WRITE] = usage.cacheWrite;
  cells[start + CELL_CACHE_WRITE1H] = usage.cacheWrite1h;
  cells[start + CELL_OUTPUT] = usage.output;
}

/** @returns the flags that say so */
function writeReported(cells: Float64Array, start: number, reported: ReportedCost): number {
  const { input, cacheRead, cacheWrite, output } = reported;
  let flags: number = HAS_REPORTED;
  cells[start + CELL_REPORTED] = reported.usd;
  if (input !== undefined) {
    flags |= HAS_REPORTED_INPUT;
    cells[start + CELL_REPORTED_INPUT] = input;
  }
  if (cacheRead !== undefined) {
    flags |= HAS_REPORTED_CACHE_READ;
    cells[start + CELL_REPORTED_CACHE_READ] = cacheRead;
  }
  if (cacheWrite !== undefined) {
    flags |= HAS_REPORTED_CACHE_WRITE;
    cells[start + CELL_REPORTED_CACHE_WRITE] = cacheWrite;
  }
  if (output !== undefined) {
    flags |= HAS_REPORTED_OUTPUT;
    cells[start + CELL_REPORTED_OUTPUT] = output;
  }
  if (reported.isBill === true) flags |= IS_BILL;
  return flags;
}

/** All that a row says of its turn: not its keys. @param lists What its cells have places in */
export function turnOfRow(
  cells: Float64Array,
  start: number,
  { models, chains }: { readonly models: readonly ModelRef[]; readonly chains: readonly string[] },
): TurnDraft {
  const flags = cells[start + CELL_FLAGS]!;
  const turn: TurnDraft = {
    key: "",
    at: cells[start + CELL_AT]!,
    endedAt: (flags & HAS_ENDED_AT) === 0 ? undefined : cells[start + CELL_ENDED_AT],
    model: models[cells[start + CELL_MODEL]!]!,
    usage: usageOfRow(cells, start),
    chain: chains[cells[start + CELL_CHAIN]!]!,
  };
  if ((flags & HAS_REPORTED) !== 0) turn.reported = reportedOfRow(cells, start, flags);
  if ((flags & HAS_REQUESTED_TTL) !== 0) turn.requestedTtlMs = cells[start + CELL_REQUESTED_TTL_MS];
  if ((flags & IS_AFTER_COMPACTION) !== 0) turn.afterCompaction = true;
  if ((flags & KEEPS_WARM) !== 0) turn.keepsWarm = true;
  if ((flags & IS_COPIED) !== 0) turn.copied = true;
  if ((flags & IS_BACKGROUND) !== 0) turn.background = true;
  if ((flags & IS_REPLAY) !== 0) turn.replay = true;
  if ((flags & IS_UNREQUESTED) !== 0) turn.unrequested = true;
  return turn;
}

/** Whether a row does not say all of a turn. */
export function isMoreThanRow(turn: RecordedTurn): boolean {
  return turn.terms !== undefined || turn.missReason !== undefined || turn.delegation !== undefined ||
    turn.responseId !== undefined || isOdd(turn);
}

/** Whether it takes more than its row to add it up. */
export function isOdd({ requests, cacheExpiresAt, total, sessionId, reported, evidence }: RecordedTurn): boolean {
  return requests !== undefined || cacheExpiresAt !== undefined || total !== undefined || sessionId !== undefined ||
    reported?.credits !== undefined || evidence !== undefined;
}

/** From the end: a log's neighbours mostly have one model, and one object for it. */
export function placeOfModel(models: ModelRef[], model: ModelRef): number {
  for (let place = models.length - 1; place >= 0; place--) {
    const known = models[place]!;
    if (known === model || isSameModel(known, model)) return place;
  }
  return models.push(model) - 1;
}
