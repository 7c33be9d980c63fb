/** A file of OpenRouter's Activity page as a bill. Asks nobody. */
import { compareLines } from "../../core/bill/compare_bill.ts";
import { tabulateBill } from "../../core/bill/tabulate_bill.ts";
import { addAmounts } from "../../core/cost/add_amounts.ts";
import type { EpochMs } from "../../core/model.ts";
import { readActivityFile } from "../../gateways/openrouter/read_activity_file.ts";
import type { OperationContext } from "../contract/context.ts";
import { countOf } from "../report/notes.ts";
import { type ReadBill, rowJson, spanJson } from "./bill_sources.ts";
import { withinSpan } from "./local_figures.ts";
import { readSide } from "./openrouter_bill.ts";
import { UTC_DAY_MS, utcDay, type UtcMonth, type UtcSpan } from "./utc_spans.ts";

/**
 * @param path As typed
 * @param month Only this one. @default all days from the first to the last that the file has
 * @throws {AgentError} usage, when it is no such file
 */
export function readCsvBill(
  path: string,
  month: UtcMonth | undefined,
  { now, resolvePath }: OperationContext,
  notes: string[],
): ReadBill {
  const file = readActivityFile(resolvePath(path)[0] ?? path, path);
  if (file.repeated > 0) notes.push(`${countOf(file.repeated, "response")} stood in the file twice, and counted once.`);
  const range = month ?? rangeOf(file.lines.map(({ at }) => at!), now);
  const lines = file.lines.filter(({ at }) => at! >= range.since && at! < range.until);
  if (lines.length === 0) notes.push("The file has nothing of that time.");
  return {
    head: { gateway: "openrouter", level: "csv", ...(month === undefined ? {} : { month: month.key }), file: path },
    async compare(sources) {
      const local = await readSide(sources, range);
      const billedAt = new Map(file.lines.flatMap(({ id, at }) => id === undefined ? [] : [[id, at!] as const]));
      const side = {
        turns: withinSpan(local.figures, range, (id) => billedAt.get(id)),
        gone: local.goneOf({ since: range.since - UTC_DAY_MS, until: range.until + UTC_DAY_MS }),
      };
      const byokUsd = lines.reduce((sum, { byokUsd = 0 }) => addAmounts(sum, byokUsd), 0);
      const isCounted = lines.length > 0 && lines.every(({ requests }) => requests !== undefined);
      const requests = isCounted ? lines.reduce((sum, { requests = 0 }) => sum + requests, 0) : undefined;
      const compared = compareLines(lines, side);
      return {
        spans: [spanJson(month === undefined ? "file" : "month", range, now, compared, { byokUsd, requests })],
        rows: tabulateBill(lines, side.turns).map((row) => rowJson(row)),
      };
    },
  };
}

/** From the first to the last day that the file has; of an empty one the day that runs. */
function rangeOf(times: readonly EpochMs[], now: EpochMs): UtcSpan {
  let [first, last] = [times[0] ?? now, times[0] ?? now];
  for (const at of times) [first, last] = [Math.min(first, at), Math.max(last, at)];
  return { since: utcDay(first).since, until: utcDay(last).until };
}
