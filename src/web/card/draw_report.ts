/** `usage_report`: the sum of a span, and a bar for each of its rows. */
import { costCell, percentCell, turnsCell, usdCell } from "../../operations/report/cells.ts";
import { pathForms } from "../../operations/report/path_forms.ts";
import type { CostOutput, CostRow } from "../../operations/usage/cost_output.ts";
import { basisText } from "../session/basis_text.ts";
import { drawBar, drawTable, moreText, type Row } from "./draw_table.ts";
import { type Child, element, foreign, minuteText, soft } from "./element.ts";
import { missTile, tile, tiles } from "./tile.ts";

/** What is added up, and of which time. */
export function headReport({ by, since, until }: CostOutput): readonly Child[] {
  const span = [since && `Since ${minuteText(since)}`, until && `until ${minuteText(until)}`].filter(Boolean).join(" ");
  return [element("h1", {}, `Cost by ${keyTitle(by)}`), soft(span || "All that is logged")];
}

/** The sum, and its rows. */
export function drawReport({ by, total, rows, totalRows }: CostOutput): readonly Child[] {
  const most = Math.max(0, ...rows.map(({ cost }) => cost.usd));
  return [
    tiles(
      tile("Cost", costCell(total.cost).text, basisText(total.cost)),
      tile("Turns", turnsCell(total).text),
      tile("Read from the cache", percentCell(total.cacheHitRatio).text),
      tile("Saved by caching", usdCell(total.savedUsd).text),
      missTile(total),
    ),
    drawTable(
      [[keyTitle(by)], ["From the cache", "number"], ["Cost", "number"]],
      rows.map((row) => rowOf(row, by, most)),
    ),
    moreText(totalRows - rows.length),
  ];
}

function rowOf({ key, cost, cacheHitRatio, partial }: CostRow, by: CostOutput["by"], most: number): Row {
  const [bar, set] = drawBar();
  set(most === 0 ? 0 : cost.usd / most);
  bar.classList.add("money");
  const name = by === "project" ? pathForms(key)[1]! : by === "hour" ? key.slice(0, 16).replace("T", " ") : key;
  return {
    title: key,
    cells: [[foreign(name), partial && " (part)", bar], [percentCell(cacheHitRatio).text], [costCell(cost).text]],
  };
}

/** `hour of day`. */
function keyTitle(by: CostOutput["by"]): string {
  return by.replace(/[A-Z]/g, " $&").toLowerCase();
}
