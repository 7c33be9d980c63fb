/** Sentences that belong under a report: what is missing from its figures, and where the prices are from. */
import type { TotalCount } from "../../core/model.ts";
import type { SessionReport } from "../../core/session_report.ts";
import { suggest } from "../../core/suggest.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import { shortenPath } from "./cells.ts";
import { formatCount } from "./format.ts";

/**
 * Where was looked in vain: an answer of nothing must not be taken for one of no cost.
 *
 * @param sources Ids of the sources that were asked about. @default all
 * @returns undefined when there is a log of one of them
 */
export function whereLooked(
  scan: Pick<UsageIndex, "roots">,
  home: string,
  sources?: readonly string[],
): string | undefined {
  const roots = scan.roots.filter(({ source }) => sources === undefined || sources.includes(source));
  if (roots.some(({ files }) => files > 0)) return undefined;
  if (roots.length > MOST_LISTED) {
    const firsts = [...Map.groupBy(roots, ({ source }) => source).values()].slice(0, SOME_LISTED);
    const some = firsts.map(([first]) => shortenPath(first!.path, home));
    return `There are no logs in any of ${roots.length} directories, such as ${some.join(", ")}. ` +
      "`opper-agent doctor` lists them; --root SOURCE=DIR adds one.";
  }
  const paths = roots.map(({ path }) => shortenPath(path, home));
  const list = paths.length < 2 ? paths.join() : `${paths.slice(0, -1).join(", ")} or ${paths.at(-1)}`;
  return `There are no logs in ${list}; --root SOURCE=DIR adds a directory.`;
}

/** More directories make a sentence that nobody reads: some stand for all. */
const MOST_LISTED = 6;
const SOME_LISTED = 3;

/** What belongs under every answer, and where was looked when there was nothing to answer from. */
export function scanNotes(
  scan: Pick<UsageIndex, "roots" | "notes" | "unreadableRoots">,
  home: string,
  sources?: readonly string[],
): string[] {
  const looked = whereLooked(scan, home, sources);
  const unreadable = scan.unreadableRoots.map(({ path, message }) =>
    `${shortenPath(path, home)} is left out. ${message.replace(/\.$/, "")}.`
  );
  return [...scan.notes, ...(looked === undefined ? [] : [looked]), ...unreadable];
}

/** Names that were asked for and that nothing has: an empty answer must not be taken for one of no cost. */
export function unknownNames(
  asked: { readonly model?: string; readonly provider?: string },
  models: readonly { readonly provider: string; readonly model: string }[],
): string[] {
  const notes: string[] = [];
  const { model, provider } = asked;
  const names = [...new Set(models.map(({ model }) => model))];
  if (model !== undefined && !names.some((name) => name.toLowerCase().includes(model.toLowerCase()))) {
    notes.push(
      `No model has "${model}" in its name${advice(model, names, names.flatMap((name) => name.split(/[-/:@_]/)))}`,
    );
  }
  const providers = [...new Set(models.map(({ provider }) => provider))];
  if (provider !== undefined && !providers.includes(provider.toLowerCase())) {
    notes.push(`No provider is called "${provider}"${advice(provider, providers, providers)}`);
  }
  return notes;
}

/** @param words what of the names somebody may have mistyped */
function advice(typed: string, names: readonly string[], words: readonly string[]): string {
  const meant = suggest(typed, [...new Set(words)]);
  if (meant !== undefined) return `; did you mean ${meant}?`;
  if (names.length === 0) return ".";
  return `; there ${names.length === 1 ? "is" : "are"} ${names.slice(0, 5).join(", ")}` +
    (names.length > 5 ? ` and ${formatCount(names.length - 5)} more.` : ".");
}

/**
 * Which sums by time are coarser than they look.
 *
 * @param buckets All that were added up
 * @param unit How finely times are told
 */
export function totalsNotes(
  buckets: readonly { readonly session: number; readonly turns: number; readonly totals?: TotalCount }[],
  unit: "day" | "hour" = "day",
): string[] {
  const known = new Set(buckets.filter(({ totals }) => totals !== undefined).map(({ session }) => session));
  if (known.size === 0) return [];
  const withTurns = new Set(buckets.filter(({ turns }) => turns > 0).map(({ session }) => session));
  const [partly, alone] = [known.intersection(withTurns).size, known.difference(withTurns).size];
  const counts = [
    ...(alone === 0 ? [] : [`${countOf(alone, "session")} ${alone === 1 ? "is" : "are"} known only as sums`]),
    ...(partly === 0 ? [] : [`${countOf(partly, "session")} ${partly === 1 ? "is" : "are"} known partly as sums`]),
  ];
  const which = known.size === 1 ? "it" : "each";
  return [`${counts.join(", ")}: ${which} is counted ${unit === "hour" ? "in its first hour" : "on its first day"}.`];
}

/**
 * Which of these sessions are no longer there, and that there were others.
 *
 * @param leftOut How many, see `UsageIndex.leftOut`
 */
export function deletedNotes(reports: readonly Pick<SessionReport, "isDeleted">[], leftOut: number): string[] {
  const count = reports.filter(({ isDeleted }) => isDeleted === true).length;
  return [
    ...(count === 0 ? [] : [`${deletedText(count)} still ${count === 1 ? "counts" : "count"}.`]),
    ...(leftOut === 0 ? [] : [
      `${deletedText(leftOut)} ${leftOut === 1 ? "is" : "are"} left out: what ` +
      `${leftOut === 1 ? "it" : "they"} had by then is not known.`,
    ]),
  ];
}

/** `3 sessions that were deleted from their databases`. */
function deletedText(count: number): string {
  return countOf(count, "session") +
    (count === 1 ? " that was deleted from its database" : " that were deleted from their databases");
}

type PricedReport = Pick<SessionReport, "models" | "isComputed">;

/** @param first What {@linkcode scanNotes} says */
export function reportNotes(
  scan: Pick<UsageIndex, "notes" | "problems"> & { readonly priceData: { readonly date: string } },
  reports: readonly PricedReport[],
  first: readonly string[] = scan.notes,
): string[] {
  const notes: string[] = [...first];
  const { unpriced, atStandardRate, isComputed, hasUnpricedTotals } = countPrices(reports);
  if (unpriced.size > 0) {
    const turns = sumOf(unpriced);
    const what = unpricedText(turns, hasUnpricedTotals);
    notes.push(
      `${what} ${turns === 1 ? "has" : "have"} no known price (${topOf(unpriced)}). ` +
        "You can set prices in prices.json.",
    );
  }
  if (atStandardRate.size > 0) {
    const turns = sumOf(atStandardRate);
    notes.push(
      `${countOf(turns, "turn")} of a service tier or region without a known price (${topOf(atStandardRate)}) ` +
        `${turns === 1 ? "is" : "are"} priced at the standard rate.`,
    );
  }
  if (isComputed) {
    const lacking = unpriced.size === 0 ? "" : `, which lack ${countOf(unpriced.size, "model")}`;
    notes.push(`Computed costs use prices of ${scan.priceData.date}${lacking}.`);
  }
  const { problems } = scan;
  if (problems > 0) notes.push(`${countOf(problems, "problem")} in the logs: see \`opper-agent doctor\`.`);
  return notes;
}

/** Turns by model, and totals, that have no price, or none for their tier or region. */
export function countPrices(reports: readonly PricedReport[]) {
  const unpriced = new Map<string, number>();
  const atStandardRate = new Map<string, number>();
  let isComputed = false;
  let hasUnpricedTotals = false;
  for (const report of reports) {
    if (report.isComputed !== undefined) {
      isComputed ||= report.isComputed;
      continue;
    }
    for (const { provider, model, turns, cost } of report.models) {
      const name = `${provider}/${model}`;
      const { unpricedTurns, standardRateTurns = 0, basis } = cost;
      if (unpricedTurns > 0) unpriced.set(name, (unpriced.get(name) ?? 0) + unpricedTurns);
      // A model has a price, or has none: of those without all that is there is unpriced.
      hasUnpricedTotals ||= unpricedTurns > turns;
      if (standardRateTurns > 0) atStandardRate.set(name, (atStandardRate.get(name) ?? 0) + standardRateTurns);
      isComputed ||= basis === "computed" || basis === "mixed";
    }
  }
  return { unpriced, atStandardRate, isComputed, hasUnpricedTotals };
}

/** `2 turns`, and `2 turns or sums` where a session is known as a sum. @param hasTotals Whether some may be sums */
export function unpricedText(count: number, hasTotals: boolean): string {
  return countOf(count, "turn") + (hasTotals ? ` or sum${count === 1 ? "" : "s"}` : "");
}

/** Turns of all names together. */
export function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** Those that matter most, and always the same ones. */
function topOf(counts: ReadonlyMap<string, number>): string {
  const names = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
  return names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");
}

/** `5 of 1,234`, for a list that holds some of all. */
export function partOf(listed: number, all: number): string {
  return `${formatCount(listed)} of ${formatCount(all)}`;
}

/** `1 session`, `1,234 sessions`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
