/** The chart of a session's prompts: a bar a turn, by how its tokens came, with a mark where a cache was lost. */
import { causeText } from "../../operations/report/cause_text.ts";
import { usdCell } from "../../operations/report/cells.ts";
import { formatCount, formatPercent, formatTokens } from "../../operations/report/format.ts";
import { toY } from "../charts/edges.ts";
import { missesText } from "../misses_text.ts";
import { groupTurns, type TurnGroup } from "../session/group_turns.ts";
import { MOST_BAR, numberedBars, setApart } from "../session/lay_out_turns.ts";
import { PROMPT_PARTS, promptPaths } from "../session/prompt_paths.ts";
import type { DrawnTurn } from "../session/read_turns.ts";
import { element, shape } from "./element.ts";

const HEIGHT = 150;
/** Narrower bars cannot be told apart. */
const LEAST_BAR = 3;

/** @param total Turns of the session, of which these are the first; @param width In pixels */
export function drawPromptChart(turns: readonly DrawnTurn[], total: number, width: number): HTMLElement {
  const [left, right, top, bottom] = [48, width - 4, 14, HEIGHT - 20];
  const bars = groupTurns(turns, Math.floor((right - left) / LEAST_BAR));
  const step = Math.min(MOST_BAR, (right - left) / bars.length);
  const places = bars.map((_, place) => ({ x: left + place * step, width: step }));
  const most = largestPrompt(turns);
  // Not round ones: the steps of d3 are half a kilobyte, for which there is no room.
  const ticks = [0, most / 2, most];
  const y = toY({ top, bottom }, ticks);
  const { parts, largest, misses } = promptPaths(bars, places.map(setApart), y);
  const caption = captionOf(turns, total);
  return element(
    "figure",
    {},
    element("figcaption", {}, caption),
    shape(
      "svg",
      { viewBox: `0 0 ${width} ${HEIGHT}`, height: HEIGHT, role: "img", "aria-label": caption },
      ...ticks.flatMap((tick) => [
        shape("line", { x1: left, x2: right, y1: y(tick), y2: y(tick) }),
        shape("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, tick === 0 ? "0" : formatTokens(tick)),
      ]),
      ...PROMPT_PARTS.map(([, name], part) => shape("path", { style: `fill:var(--${name})`, d: parts[part] })),
      shape("path", { class: "largest", d: largest }),
      shape("path", { style: "fill:var(--part-miss)", d: misses }),
      ...numberedBars(bars.map(({ first }) => first.turn), (right - left) / 60).map((bar) => {
        const { x, width } = places[bar]!;
        const turn = formatCount(bars[bar]!.first.turn);
        return shape("text", { x: Math.min(x + width / 2, right - 8), y: HEIGHT - 5, "text-anchor": "middle" }, turn);
      }),
      ...bars.map((bar, index) =>
        shape(
          "rect",
          { class: "over", ...places[index], y: top, height: bottom - top },
          shape("title", {}, sayBar(bar)),
        )
      ),
    ),
    element(
      "ul",
      {},
      ...PROMPT_PARTS.map(([, name, title], part) => parts[part] !== "" && legendItem(name, title)),
      misses !== "" && legendItem("part-miss", "missed the cache"),
    ),
  );
}

/** At least a token, where there is none. */
function largestPrompt(turns: readonly DrawnTurn[]): number {
  return Math.max(1, ...turns.map(({ prompt }) => prompt));
}

function captionOf(turns: readonly DrawnTurn[], total: number): string {
  const misses = turns.filter(({ outcome }) => outcome === "miss").length;
  const which = turns.length < total
    ? `the first ${formatCount(turns.length)} of ${formatCount(total)} turns`
    : "each turn";
  return `Prompt of ${which}: up to ${formatTokens(largestPrompt(turns))} tokens, ${missesText(misses)}`;
}

function legendItem(name: string, title: string): HTMLElement {
  return element("li", { style: `--part:var(--${name})` }, title);
}

/** `Turn 3: 12.3k, 87.0% read from the cache, $0.012, 1 miss: expired`; of a group the prompt is that of one on average. */
function sayBar({ first, last, prompt, usage, usd, misses, from, to }: TurnGroup): string {
  const more = first === last ? "" : ` to ${formatCount(last.turn)}`;
  const cause = first === last && first.cause !== undefined ? `: ${causeText(first.cause)}` : "";
  const missed = misses === 0 ? "" : `, ${missesText(misses)}${cause}`;
  return `Turn ${formatCount(first.turn)}${more}: ${formatTokens(prompt / (to - from))}, ${
    formatPercent(usage.cacheRead / prompt)
  } read from the cache, ${usdCell(usd).text}${missed}`;
}
