/** What was spent today, in 7 days and in 30, each beside the span before it; and what is missing from a sum. */
import type { VNode } from "preact";
import { costCell, type Money } from "../../operations/report/cells.ts";
import { formatPercent } from "../../operations/report/format.ts";
import { formatChange } from "../../operations/report/format_change.ts";
import { countOf } from "../../operations/report/notes.ts";
import type { OverviewOutput } from "../../operations/usage/overview_output.ts";
import { linkTo } from "../address.ts";
import { CopyPriceLines } from "../price_lines.tsx";

type Spent = Pick<OverviewOutput["spans"]["yesterday"], "cost" | "turns" | "cacheHitRatio">;

/** What a tile shows of a span. */
export interface TileSpan extends Spent {
  readonly previous?: Spent;
}

/** By the names that an overview has for the spans. */
export const TILES = [
  ["today", "Today", "today", "yesterday by this time"],
  ["sevenDays", "7 days", "7d", "the 7 days before"],
  ["thirtyDays", "30 days", "30d", "the 30 days before"],
] as const;

/** @param spans One for each of {@linkcode TILES} */
export function Tiles({ spans, money }: { readonly spans: readonly TileSpan[]; readonly money: Money }): VNode {
  return (
    <section aria-label="Spent">
      <div class="tiles">
        {TILES.map(([, title, since, before], place) => (
          <Tile key={since} span={spans[place]!} {...{ title, since, before, money }} />
        ))}
      </div>
    </section>
  );
}

interface TileProps {
  readonly title: string;
  readonly span: TileSpan;
  readonly since: string;
  readonly before: string;
  readonly money: Money;
}

function Tile({ title, span, since, before, money }: TileProps): VNode {
  const { cost, turns, cacheHitRatio, previous } = span;
  return (
    <div class="tile">
      <h2>
        <a href={linkTo({ page: "cost", query: { since, by: since === "today" ? "hour" : "day" } })}>{title}</a>
      </h2>
      <p class="figure">{costCell(cost, money).text}</p>
      <p>{changeText(span, before)}</p>
      <p class="dim figures">
        {countOf(turns, "turn")}
        {cacheHitRatio === undefined ? "" : `, ${formatPercent(cacheHitRatio)} of the prompt read from the cache`}
      </p>
      {cost.unpricedTurns > 0 && (
        <details>
          <summary>{cost.basis === "none" ? "No price is known" : "Some is missing"}</summary>
          <p class="dim">{unpricedText(cost.unpricedTurns)}</p>
          <CopyPriceLines fields={{ since }} />
        </details>
      )}
      {previous !== undefined && costCell(previous.cost, money).text !== "?" && (
        <p class="dim">before: {costCell(previous.cost, money).text}</p>
      )}
    </div>
  );
}

/** `+34% on the 7 days before`; unknown where a sum is not all known, as on the command line. */
export function changeText({ cost, previous }: TileSpan, before: string): string {
  if (previous === undefined) return "";
  if (cost.unpricedTurns > 0 || previous.cost.unpricedTurns > 0) return `Change on ${before}: ?`;
  const change = formatChange(cost.usd, previous.cost.usd);
  if (change === "same") return `the same as ${before}`;
  return change === "new" ? `nothing in ${before}` : `${change} on ${before}`;
}

function unpricedText(turns: number): string {
  const [have, are] = turns === 1 ? ["has", "is"] : ["have", "are"];
  return `${countOf(turns, "turn")} ${have} no known price and ${are} not in the sum, so that it is not compared. ` +
    "At the foot of the page is which models they are.";
}
