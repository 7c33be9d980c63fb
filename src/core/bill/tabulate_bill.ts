/** A bill and what logs have beside it, by day, model and upstream: what a person looks through to see where they differ. */
import { compareTexts } from "../compare_texts.ts";
import { addAmounts } from "../cost/add_amounts.ts";
import type { BillLine, BillRow, LocalFigure } from "./bill.ts";
import { sumLocal } from "./compare_bill.ts";
import { groupByModel, groupName, type Placed } from "./model_days.ts";

/**
 * Turns whose upstream is not known stand with the one of the bill where that has no other for the day and model, else in a
 * row of their own.
 *
 * @returns by day, then the dearest first
 */
export function tabulateBill(lines: readonly BillLine[], turns: readonly LocalFigure[]): readonly BillRow[] {
  const modelOf = groupByModel([...lines, ...turns].map(({ models }) => models));
  const cellOf = (one: Placed) => `${groupName(one)}\n${modelOf(one.models)}`;
  const upstreams = new Map<string, Set<string | undefined>>();
  for (const line of lines) {
    const cell = cellOf(line);
    upstreams.set(cell, (upstreams.get(cell) ?? new Set()).add(line.upstream));
  }
  const upstreamOf = (turn: LocalFigure): string | undefined => {
    const billed = upstreams.get(cellOf(turn));
    if (turn.upstream !== undefined && (billed === undefined || billed.has(turn.upstream))) return turn.upstream;
    return billed?.size === 1 ? [...billed][0] : undefined;
  };
  const rowKey = (one: Placed, upstream: string | undefined) => `${cellOf(one)}\n${upstream ?? ""}`;
  const linesOf = Map.groupBy(lines, (line) => rowKey(line, line.upstream));
  const turnsOf = Map.groupBy(turns, (turn) => rowKey(turn, upstreamOf(turn)));
  const rows = [...new Set([...linesOf.keys(), ...turnsOf.keys()])].map((key): BillRow => {
    const [own, local] = [linesOf.get(key) ?? [], turnsOf.get(key) ?? []];
    const [group, , upstream] = key.split("\n") as [string, string, string];
    const billedUsd = own.reduce((sum, { usd }) => addAmounts(sum, usd), 0);
    const sum = sumLocal(local);
    const isCounted = own.every(({ requests }) => requests !== undefined);
    return {
      group,
      model: own[0]?.models[0] ?? local[0]?.models[0] ?? "?",
      ...(upstream === "" ? {} : { upstream }),
      billedUsd,
      ...(isCounted ? { requests: own.reduce((sum, { requests = 0 }) => sum + requests, 0) } : {}),
      local: sum,
      differenceUsd: addAmounts(billedUsd, -sum.usd),
    };
  });
  return rows.sort((a, b) =>
    compareTexts(a.group, b.group) || b.billedUsd - a.billedUsd || b.local.usd - a.local.usd ||
    compareTexts(a.model, b.model)
  );
}
