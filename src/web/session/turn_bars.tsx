/** The bars of both charts: one path a part, however many turns there are. */
import type { VNode } from "preact";
import type { TokenUsage } from "../../core/model.ts";
import { barPath, outlinePath, type Place, round, stackPaths, type ToY } from "../charts/paths.ts";
import type { TurnGroup } from "./group_turns.ts";

/** From the bottom up, each with its colour. Red is for misses alone. */
export const PROMPT_PARTS = [
  ["cacheRead", "part-2", "read from the cache"],
  ["cacheWrite", "part-1", "written for 5 minutes"],
  ["cacheWrite1h", "part-3", "written for 1 hour"],
  ["input", "part-other", "neither"],
] as const satisfies readonly (readonly [keyof TokenUsage, string, string])[];

/** Tokens of a prompt; where turns are put together, of one of them on average, and the largest as an outline. */
export function drawPrompts(bars: readonly TurnGroup[], places: readonly Place[], y: ToY): VNode {
  const paths = stackPaths(
    places,
    PROMPT_PARTS.map(([kind]) => (index) => bars[index]!.usage[kind] / (bars[index]!.to - bars[index]!.from)),
    y,
  );
  const half = bars.filter(({ misses }) => misses > 0).length > MANY_MISSES ? 3 : 5;
  // Above the largest of a group, whose height its average does not reach.
  const misses = bars.map(({ misses, largest }, index) =>
    misses > 0 ? triangle(places[index]!, y(largest.prompt), half) : ""
  );
  return (
    <>
      {PROMPT_PARTS.map(([kind, name], part) => <path key={kind} class={`part ${name}`} d={paths[part]} />)}
      <path class="largest" d={outlineOf(bars, places, ({ largest }) => y(largest.prompt))} />
      <path class="part part-miss" d={misses.join("")} />
    </>
  );
}

/** More of them would lie over each other. */
const MANY_MISSES = 60;

/** Dollars, those that misses added apart; where turns are put together, all they cost, and the dearest as an outline. */
export function drawCosts(bars: readonly TurnGroup[], places: readonly Place[], y: ToY): VNode {
  const missedOf = (index: number) => Math.min(bars[index]!.usd ?? 0, bars[index]!.missedUsd);
  const [usual, missed] = stackPaths(places, [(index) => (bars[index]!.usd ?? 0) - missedOf(index), missedOf], y);
  const unknown = bars.map(({ usd, prompt }, index) =>
    usd === undefined && prompt > 0 ? barPath(places[index]!, y(0), y(0) - UNKNOWN_HEIGHT) : ""
  );
  return (
    <>
      <path class="part part-0" d={usual} />
      <path class="part part-miss" d={missed} />
      <path class="unknown-bar" d={unknown.join("")} />
      <path class="largest" d={outlineOf(bars, places, ({ dearest: { usd } }) => usd && y(usd))} />
    </>
  );
}

/** Of what has no price: it is there, and nobody knows how high. */
const UNKNOWN_HEIGHT = 7;

/** Of groups alone. */
function outlineOf(
  bars: readonly TurnGroup[],
  places: readonly Place[],
  topOf: (bar: TurnGroup) => number | undefined,
): string {
  return outlinePath(places, bars.map((bar) => bar.first === bar.last ? undefined : topOf(bar)));
}

/** On its point, above the bar. */
function triangle({ x, width }: Place, top: number, half: number): string {
  return `M${round(x + width / 2)},${round(top - 2)}l-${half},-${half * 1.6}h${half * 2}z`;
}
