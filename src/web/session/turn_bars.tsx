/** The bars of both charts: one path a part, however many turns there are. */
import type { VNode } from "preact";
import type { TokenUsage } from "../../core/model.ts";
import type { TurnGroup } from "./group_turns.ts";
import type { Layout, Place } from "./lay_out_turns.ts";
import { MARGIN } from "./turn_frame.tsx";

type ToY = (value: number) => number;

/** From the bottom up. Red is for misses alone. */
export const PROMPT_PARTS = [
  ["cacheRead", "part-read", "read from the cache"],
  ["cacheWrite", "part-write", "written for 5 minutes"],
  ["cacheWrite1h", "part-write-1h", "written for 1 hour"],
  ["input", "part-neither", "neither"],
] as const satisfies readonly (readonly [keyof TokenUsage, string, string])[];

interface BarsProps {
  readonly bars: readonly TurnGroup[];
  readonly layout: Layout;
  readonly y: ToY;
}

/** Tokens of a prompt; where turns are put together, of one of them on average, and the largest as an outline. */
export function PromptBars({ bars, layout, y }: BarsProps): VNode {
  const bases = bars.map(() => 0);
  const paths = PROMPT_PARTS.map(([kind, name]) => {
    let path = "";
    bars.forEach(({ usage, from, to }, place) => {
      const value = usage[kind] / (to - from);
      if (value <= 0) return;
      path += block(layout.bars[place]!, y(bases[place]!), y(bases[place]! += value));
    });
    return <path key={kind} class={`part ${name}`} d={path} />;
  });
  const missed = bars.flatMap((bar, place) => bar.misses > 0 ? [{ bar, place }] : []);
  const half = missed.length > MANY_MISSES ? 3 : 5;
  // Above the largest of a group, whose height its average does not reach.
  const misses = missed.map(({ bar, place }) => triangle(layout.bars[place]!, y(bar.largest.prompt), half)).join("");
  return (
    <>
      {paths}
      <path class="largest" d={outline(bars, layout, y, ({ largest }) => largest.prompt)} />
      <path class="part part-miss" d={misses} />
    </>
  );
}

/** More of them would lie over each other. */
const MANY_MISSES = 60;

/** Dollars, those that misses added apart; where turns are put together, all they cost, and the dearest as an outline. */
export function CostBars({ bars, layout, y }: BarsProps): VNode {
  let [usual, missed, unknown] = ["", "", ""];
  bars.forEach(({ usd, missedUsd, prompt }, place) => {
    const bar = layout.bars[place]!;
    if (usd === undefined) {
      if (prompt > 0) unknown += block(bar, y(0), y(0) - UNKNOWN_HEIGHT);
      return;
    }
    const added = Math.min(usd, missedUsd);
    if (usd > added) usual += block(bar, y(0), y(usd - added));
    if (added > 0) missed += block(bar, y(usd - added), y(usd));
  });
  return (
    <>
      <path class="part part-cost" d={usual} />
      <path class="part part-miss" d={missed} />
      <path class="unknown-bar" d={unknown} />
      <path class="largest" d={outline(bars, layout, y, ({ dearest }) => dearest.usd)} />
    </>
  );
}

/** Of what has no price: it is there, and nobody knows how high. */
const UNKNOWN_HEIGHT = 7;

function block(place: Place, from: number, to: number): string {
  const { x, width } = insetOf(place);
  return `M${x},${round(from)}V${round(to)}h${width}V${round(from)}z`;
}

/** Bars that are wide enough stand apart. */
function insetOf({ x, width }: Place): Place {
  const gap = width >= 3 ? Math.min(2, width * 0.2) : 0;
  return { x: round(MARGIN.left + x + gap / 2), width: Math.max(0.2, round(width - gap)) };
}

/** On its point, above the bar. */
function triangle({ x, width }: Place, top: number, half: number): string {
  return `M${round(MARGIN.left + x + width / 2)},${round(top - 2)}l-${half},-${half * 1.6}h${half * 2}z`;
}

function outline(
  bars: readonly TurnGroup[],
  layout: Layout,
  y: ToY,
  valueOf: (bar: TurnGroup) => number | undefined,
): string {
  return bars.map((bar, place) => {
    const value = bar.to - bar.from === 1 ? undefined : valueOf(bar);
    if (value === undefined) return "";
    const { x, width } = insetOf(layout.bars[place]!);
    return `M${x},${round(y(value))}h${width}`;
  }).join("");
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
