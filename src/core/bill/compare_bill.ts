/**
 * Holds what a gateway billed against what logs have, and says as much of the difference as turns can be shown for. The rest
 * is unexplained, always: a bill has requests of other machines and tools in it, and logs have turns of other keys.
 *
 * Of a bill that lists responses each is compared with its own turn. Of one that lists days and models a difference is known
 * where as many requests were billed as there are turns, so that nothing else can be in it. Of a bare total it never is.
 */
import { addAmounts } from "../cost/add_amounts.ts";
import type { Usd } from "../model.ts";
import {
  BILL_CAUSES,
  type BillCause,
  type BillComparison,
  type BillLine,
  type ExplainedPart,
  type GoneTurn,
  type LocalFigure,
  type LocalSum,
} from "./bill.ts";
import { groupByModel, groupName, type Placed } from "./model_days.ts";

/** What stands beside a bill: of the same span. */
export interface LocalSide {
  readonly turns: readonly LocalFigure[];
  /** Of the same account, as far as that is known. */
  readonly gone: readonly GoneTurn[];
}

/** For a bill that is one amount. */
export function compareTotal(billedUsd: Usd, { turns, gone }: LocalSide): BillComparison {
  const parts = new Parts();
  for (const { usd } of gone) parts.add("logs_gone", 1, usd);
  countUnknown(turns, parts);
  return conclude(billedUsd, turns, parts);
}

/** For a bill of lines: of responses where each has its id, else of days and models. */
export function compareLines(lines: readonly BillLine[], side: LocalSide): BillComparison {
  const parts = new Parts();
  const areResponses = lines.length > 0 && lines.every(({ id }) => id !== undefined);
  if (areResponses) compareResponses(lines, side, parts);
  else compareDays(lines, side, parts);
  return conclude(lines.reduce((sum, { usd }) => addAmounts(sum, usd), 0), side.turns, parts);
}

/** What figures of logs add up to. */
export function sumLocal(figures: readonly LocalFigure[]): LocalSum {
  const sum = { usd: 0, turns: 0, billedTurns: 0, estimatedTurns: 0, unpricedTurns: 0 };
  for (const { kind, usd, turns = 1 } of figures) {
    sum.usd = addAmounts(sum.usd, usd);
    sum.turns += turns;
    if (kind === "billed") sum.billedTurns += turns;
    else if (kind === "estimate") sum.estimatedTurns += turns;
    else sum.unpricedTurns += turns;
  }
  return sum;
}

/** Parts of a difference while they are found. One whose amount is unknown for some of its turns is two parts. */
class Parts {
  readonly #known = new Map<BillCause, { turns: number; usd: Usd }>();
  readonly #unknown = new Map<BillCause, number>();

  add(cause: BillCause, turns: number, usd: Usd): void {
    const before = this.#known.get(cause) ?? { turns: 0, usd: 0 };
    this.#known.set(cause, { turns: before.turns + turns, usd: addAmounts(before.usd, usd) });
  }

  addUnknown(cause: BillCause, turns: number): void {
    this.#unknown.set(cause, (this.#unknown.get(cause) ?? 0) + turns);
  }

  list(): readonly ExplainedPart[] {
    return BILL_CAUSES.flatMap((cause) => {
      const [known, unknown] = [this.#known.get(cause), this.#unknown.get(cause)];
      return [
        ...(known === undefined ? [] : [{ cause, ...known }]),
        ...(unknown === undefined ? [] : [{ cause, turns: unknown }]),
      ];
    });
  }
}

function conclude(billedUsd: Usd, turns: readonly LocalFigure[], parts: Parts): BillComparison {
  const local = sumLocal(turns);
  const differenceUsd = addAmounts(billedUsd, -local.usd);
  const explained = parts.list();
  const knownUsd = explained.reduce((sum, { usd = 0 }) => addAmounts(sum, usd), 0);
  return { billedUsd, local, differenceUsd, explained, unexplainedUsd: addAmounts(differenceUsd, -knownUsd) };
}

/** Estimates, and turns without a figure, whose bill nothing tells. */
function countUnknown(figures: readonly LocalFigure[], parts: Parts): void {
  for (const { kind, turns = 1 } of figures) {
    if (turns === 0) continue;
    if (kind === "estimate") parts.addUnknown("list_price", turns);
    if (kind === "unpriced") parts.addUnknown("no_price", turns);
  }
}

function compareResponses(lines: readonly BillLine[], { turns, gone }: LocalSide, parts: Parts): void {
  const billed = new Map(lines.map((line) => [line.id!, line]));
  const unasked: LocalFigure[] = [];
  for (const turn of turns) {
    const line = turn.id === undefined ? undefined : billed.get(turn.id);
    if (line === undefined) {
      if (turn.id === undefined) unasked.push(turn);
      else parts.add("not_on_bill", 1, -turn.usd);
      continue;
    }
    billed.delete(turn.id!);
    const usd = addAmounts(line.usd, -turn.usd);
    if (turn.kind === "estimate") parts.add("list_price", 1, usd);
    else if (turn.kind === "unpriced") parts.add("no_price", 1, usd);
    else if (usd !== 0) parts.add("other_figure", 1, usd);
  }
  for (const { id } of gone) {
    const line = billed.get(id);
    if (line === undefined) continue;
    billed.delete(id);
    parts.add("logs_gone", 1, line.usd);
  }
  countUnknown(unasked, parts);
}

function compareDays(lines: readonly BillLine[], { turns, gone }: LocalSide, parts: Parts): void {
  const groupOf = groupByModel([...lines, ...turns, ...gone].map(({ models }) => models));
  const cellOf = (one: Placed) => `${groupName(one)} ${groupOf(one.models)}`;
  const linesOf = Map.groupBy(lines, cellOf);
  const turnsOf = Map.groupBy(turns, cellOf);
  const goneOf = Map.groupBy(gone, cellOf);
  for (const cell of new Set([...linesOf.keys(), ...turnsOf.keys()])) {
    compareCell(linesOf.get(cell) ?? [], turnsOf.get(cell) ?? [], goneOf.get(cell) ?? [], parts);
  }
}

/** One day and model. */
function compareCell(
  lines: readonly BillLine[],
  turns: readonly LocalFigure[],
  gone: readonly GoneTurn[],
  parts: Parts,
): void {
  const isCounted = lines.length > 0 && lines.every(({ requests }) => requests !== undefined);
  const requests = lines.reduce((sum, { requests = 0 }) => sum + requests, 0);
  const local = sumLocal(turns);
  const left = requests - local.turns;
  // More than the bill has room for would be of another account.
  const isRoom = lines.length > 0 && (!isCounted || left >= gone.length);
  const shown = isRoom ? gone : [];
  for (const { usd } of shown) parts.add("logs_gone", 1, usd);
  const doubtful = local.estimatedTurns + local.unpricedTurns;
  if (!isCounted || left !== shown.length || doubtful === 0 || turns.some(({ turns }) => turns === 0)) {
    return countUnknown(turns, parts);
  }
  const billedUsd = lines.reduce((sum, { usd }) => addAmounts(sum, usd), 0);
  const goneUsd = shown.reduce((sum, { usd }) => addAmounts(sum, usd), 0);
  const usd = addAmounts(addAmounts(billedUsd, -local.usd), -goneUsd);
  parts.add(local.estimatedTurns > 0 ? "list_price" : "no_price", doubtful, usd);
}
