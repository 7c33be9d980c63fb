/** A figure as a bar from zero, with a whisker from the least to the most that it may be. The numbers stand beside it. */
import type { VNode } from "preact";

/** What is drawn, in one unit. */
export interface Spread {
  readonly at: number;
  readonly least: number;
  readonly most: number;
}

/** @param all Every one of a table: they have one scale, and zero is on it */
export function Whiskers({ spread: { at, least, most }, all }: {
  readonly spread: Spread;
  readonly all: readonly Spread[];
}): VNode {
  const from = Math.min(0, ...all.map((each) => each.least));
  const width = Math.max(0, ...all.map((each) => each.most)) - from || 1;
  const x = (value: number) => Math.round((value - from) / width * 1000) / 10;
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect x={Math.min(x(0), x(at))} width={Math.abs(x(at) - x(0))} height="10" />
      <path class="whisker" d={`M${x(least)},2v6M${x(least)},5H${x(most)}M${x(most)},2v6`} />
    </svg>
  );
}
