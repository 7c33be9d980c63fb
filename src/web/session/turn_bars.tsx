/** The bars of both charts: one path a part, however many turns there are. */
import type { VNode } from "preact";
import { type Place, stackPaths, type ToY } from "../charts/paths.ts";
import type { TurnGroup } from "./group_turns.ts";
import { outlineOf, PROMPT_PARTS, promptPaths } from "./prompt_paths.ts";

/** Tokens of a prompt; where turns are put together, of one of them on average, and the largest as an outline. */
export function drawPrompts(bars: readonly TurnGroup[], places: readonly Place[], y: ToY): VNode {
  const { parts, largest, misses } = promptPaths(bars, places, y);
  return (
    <>
      {PROMPT_PARTS.map(([kind, name], part) => <path key={kind} class={`part ${name}`} d={parts[part]} />)}
      <path class="largest" d={largest} />
      <path class="part part-miss" d={misses} />
    </>
  );
}

/** Dollars, those that misses added apart; where turns are put together, all they cost, and the dearest as an outline. */
export function drawCosts(bars: readonly TurnGroup[], places: readonly Place[], y: ToY): VNode {
  const missedOf = (index: number) => Math.min(bars[index]!.usd ?? 0, bars[index]!.missedUsd);
  const [usual, missed] = stackPaths(places, [(index) => (bars[index]!.usd ?? 0) - missedOf(index), missedOf], y);
  const isUnknown = (index: number) => bars[index]!.usd === undefined && bars[index]!.prompt > 0;
  const [unknown] = stackPaths(places, [(index) => isUnknown(index) ? UNKNOWN_HEIGHT : 0], (height) => y(0) - height);
  return (
    <>
      <path class="part part-0" d={usual} />
      <path class="part part-miss" d={missed} />
      <path class="unknown-bar" d={unknown} />
      <path class="largest" d={outlineOf(bars, places, ({ dearest: { usd } }) => usd && y(usd))} />
    </>
  );
}

/** Of what has no price: it is there, and nobody knows how high. */
const UNKNOWN_HEIGHT = 7;
