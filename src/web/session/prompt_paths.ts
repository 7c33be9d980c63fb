/** The bars of prompts as paths, for every chart that draws them. Pure. */
import type { TokenUsage } from "../../core/model.ts";
import { outlinePath, type Place, round, stackPaths, type ToY } from "../charts/paths.ts";
import type { TurnGroup } from "./group_turns.ts";

/** From the bottom up, each with its colour. Red is for misses alone. */
export const PROMPT_PARTS = [
  ["cacheRead", "part-2", "read from the cache"],
  ["cacheWrite", "part-1", "written for 5 minutes"],
  ["cacheWrite1h", "part-3", "written for 1 hour"],
  ["input", "part-other", "neither"],
] as const satisfies readonly (readonly [keyof TokenUsage, string, string])[];

/** Paths of SVG. */
export interface PromptPaths {
  /** One of each of {@linkcode PROMPT_PARTS}. */
  readonly parts: readonly string[];
  /** The largest prompt of each group. */
  readonly largest: string;
  /** Marks above bars with misses. */
  readonly misses: string;
}

/** Tokens of a prompt, by how they came; of a group, those of one turn on average. */
export function promptPaths(bars: readonly TurnGroup[], places: readonly Place[], y: ToY): PromptPaths {
  const half = bars.filter(({ misses }) => misses > 0).length > MANY_MISSES ? 3 : 5;
  return {
    parts: stackPaths(
      places,
      PROMPT_PARTS.map(([kind]) => (index) => bars[index]!.usage[kind] / (bars[index]!.to - bars[index]!.from)),
      y,
    ),
    largest: outlineOf(bars, places, ({ largest }) => y(largest.prompt)),
    // Above the largest of a group, whose height its average does not reach.
    misses: bars.map(({ misses, largest }, index) =>
      misses > 0 ? triangle(places[index]!, y(largest.prompt), half) : ""
    ).join(""),
  };
}

/** More of them would lie over each other. */
const MANY_MISSES = 60;

/** Of groups alone. */
export function outlineOf(
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
