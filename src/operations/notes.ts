/** Sentences that belong under a report: what is missing from its figures, and where the prices are from. */
import type { ModelRollup } from "../core/rollup.ts";
import type { LogScan } from "../scan/log_scan.ts";

export function reportNotes(
  scan: LogScan,
  reports: readonly { readonly models: readonly ModelRollup[] }[],
): string[] {
  const notes: string[] = [...scan.notes];
  const unpriced = new Map<string, number>();
  let computed = false;
  for (const { models } of reports) {
    for (const { provider, model, cost } of models) {
      if (cost.unpricedTurns > 0) {
        const name = `${provider}/${model}`;
        unpriced.set(name, (unpriced.get(name) ?? 0) + cost.unpricedTurns);
      }
      computed ||= cost.basis === "computed" || cost.basis === "mixed";
    }
  }
  if (unpriced.size > 0) {
    const turns = [...unpriced.values()].reduce((sum, count) => sum + count, 0);
    const names = [...unpriced.keys()];
    const shown = names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");
    notes.push(`${countOf(turns, "turn")} without a known price (${shown}); prices.json can set one.`);
  }
  if (computed) notes.push(`Computed costs use prices of ${scan.priceData.date}.`);
  const { problems } = scan;
  if (problems > 0) notes.push(`${countOf(problems, "problem")} in the logs: see \`opper-agent doctor\`.`);
  return notes;
}

export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
