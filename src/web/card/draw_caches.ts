/** `cache_status`: the caches that are warm, how long each still is, and what is at stake. */
import { usdCell } from "../../operations/report/cells.ts";
import { pathForms } from "../../operations/report/path_forms.ts";
import { warmLine } from "../../operations/report/warm_text.ts";
import type { CacheOutput } from "../../operations/usage/cache_output.ts";
import { drawTable, type Heading, moreText, type Row } from "./draw_table.ts";
import { type Child, element, foreign, soft } from "./element.ts";
import { type Tick, timeLeft } from "./time_left.ts";

/** What all of them come to, counted down. */
export function headCaches(output: CacheOutput, tick: Tick): readonly Child[] {
  const { warmCaches, maybeCaches, atStakeUsd, unpricedCaches, nextExpiresAt, lastColdAt } = output;
  const time = (at: string | undefined) => at === undefined ? undefined : Date.parse(at);
  const summary = {
    warm: warmCaches,
    maybe: maybeCaches,
    atStakeUsd,
    unpriced: unpricedCaches,
    nextExpiry: time(nextExpiresAt),
    lastColdAt: time(lastColdAt),
  };
  const line = soft();
  tick((now) => line.textContent = warmLine(summary, now));
  return [element("h1", {}, "Warm caches"), line];
}

const HEADINGS: readonly Heading[] = [
  ["Session"],
  ["Model", "wide"],
  ["Time left"],
  ["Next prompt", "number wide"],
  ["Once cold", "number wide"],
  ["At stake", "number"],
];

/** A row a cache. */
export function drawCaches({ caches, total }: CacheOutput, tick: Tick): readonly Child[] {
  return [drawTable(HEADINGS, caches.map((row) => rowOf(row, tick))), moreText(total - caches.length)];
}

function rowOf(
  { cache, title, shortId, source, cwd, coldAt, lossUsd }: CacheOutput["caches"][number],
  tick: Tick,
): Row {
  const project = cwd === undefined ? "?" : pathForms(cwd)[1]!;
  const facts = [shortId, source, ...(title === undefined ? [] : [project])].join(" · ");
  return {
    title: cwd,
    cells: [
      [foreign(title ?? project), soft(foreign(facts))],
      [cache.model ?? "?"],
      timeLeft(cache, tick, coldAt),
      [usdCell(cache.resumeUsd?.warm).text],
      [usdCell(cache.resumeUsd?.cold).text],
      [usdCell(lossUsd).text],
    ],
  };
}
