/** Lost caches as dots: the pause before them along, what they cost upwards. Each cause has a shape and a colour. */
import type { VNode } from "preact";
import { causeText } from "../../operations/report/cause_text.ts";
import { type Money, moneyText } from "../../operations/report/cells.ts";
import { formatCount, formatDuration, formatTime } from "../../operations/report/format.ts";
import type { ListedMiss } from "../../operations/usage/misses_output.ts";
import { partClass, rankParts } from "../charts/colours.ts";
import { ChartFigure, type ChartSize } from "../charts/figure.tsx";
import { ValueAxis } from "../charts/stacked_bars.tsx";
import { linearScale, logScale } from "../charts/scales.ts";
import { durationTicks, valueTicks } from "../charts/ticks.ts";
import { shortProject } from "../look.ts";
import { makeMissPoints, type MissPoint, nearestPoint } from "./miss_points.ts";

/** Circle, square, triangle, diamond, cross, triangle on its tip: paths from their middle. */
const SHAPES = [
  "m-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0z",
  "m-3.2,-3.2h6.4v6.4h-6.4z",
  "m0,-4.2l4.2,7.4h-8.4z",
  "m0,-4.8l4,4.8l-4,4.8l-4,-4.8z",
  "m-1.4,-4.2h2.8v2.8h2.8v2.8h-2.8v2.8h-2.8v-2.8h-2.8v-2.8h2.8z",
  "m0,4.2l4.2,-7.4h-8.4z",
] as const;
const MARGIN = { top: 10, right: 12, bottom: 40, left: 56 } as const;
const HEIGHT = 300;
/** Of dots, the dearest first: nobody reads or prints thousands of rows. The JSON has them. */
const MOST_IN_TABLE = 100;

export function MissScatter({ list, all, caption, timezone, asOf, money, onOpen }: {
  readonly list: readonly ListedMiss[];
  /** Those of other causes too: a cause keeps its shape and colour when it is chosen. */
  readonly all: readonly ListedMiss[];
  readonly caption: string;
  readonly timezone: string;
  readonly asOf: string;
  readonly money: Money;
  readonly onOpen: (miss: ListedMiss) => void;
}): VNode {
  const { points, unpriced } = makeMissPoints(list);
  const { causes } = makeMissPoints(all);
  rankParts("cause", causes);
  const timeOf = ({ at }: ListedMiss) => formatTime(Date.parse(at), timezone, Date.parse(asOf));
  const places = placesOf(points);
  return (
    <ChartFigure
      caption={unpriced === 0
        ? caption
        : `${caption}; ${unpriced} without a known price ${unpriced === 1 ? "is" : "are"} not drawn`}
      height={HEIGHT}
      says={points.map(({ miss, usd }) =>
        `${moneyText(usd, money)} after ${formatDuration(miss.gapMs)}, ${causeText(miss.cause)}: ` +
        `${shortProject(miss.cwd)}, ${miss.model}, ${timeOf(miss)}`
      )}
      table={{
        head: ["When", "Pause", "Cause", "Project", "Model", "Cost"],
        rows: [
          ...points.toSorted((a, b) => b.usd - a.usd).slice(0, MOST_IN_TABLE).map(({ miss, usd }) => [
            timeOf(miss),
            formatDuration(miss.gapMs),
            causeText(miss.cause),
            shortProject(miss.cwd),
            miss.model,
            moneyText(usd, money),
          ]),
          ...points.length > MOST_IN_TABLE ? [[`${formatCount(points.length - MOST_IN_TABLE)} more, all cheaper`]] : [],
        ],
      }}
      placeAt={(x, width, y) => nearestPoint(points, [x, y], places({ width, height: HEIGHT }).placeOf)}
      onOpen={(place) => onOpen(points[place]!.miss)}
      legend={
        <ul class="legend">
          {causes.map((cause, index) => (
            <li key={cause} class={`shape ${partClass("cause", cause)}`}>
              <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true" focusable="false">
                <path d={shapeOf(index)} />
              </svg>
              {causeText(cause)}
            </li>
          ))}
        </ul>
      }
    >
      {(size, active) => (
        <Dots {...{ size, points, causes, money, places }} active={active === undefined ? undefined : points[active]} />
      )}
    </ChartFigure>
  );
}

function Dots({ size, active, points, causes, money, places }: {
  readonly size: ChartSize;
  readonly active: MissPoint | undefined;
  readonly points: readonly MissPoint[];
  readonly causes: readonly string[];
  readonly money: Money;
  readonly places: ReturnType<typeof placesOf>;
}): VNode {
  const { x, y, ticks, from, until, placeOf } = places(size);
  const bottom = size.height - MARGIN.bottom;
  return (
    <>
      <ValueAxis
        ticks={ticks}
        y={y}
        left={MARGIN.left}
        right={size.width - MARGIN.right}
        format={(usd) => moneyText(usd, money)}
      />
      {durationTicks(from, until).map(({ at, text }) => (
        <g key={at}>
          <line class="grid" x1={x(at)} x2={x(at)} y1={MARGIN.top} y2={bottom} />
          <text class="tick" text-anchor="middle" x={x(at)} y={bottom + 16}>{text}</text>
        </g>
      ))}
      <text class="tick" text-anchor="end" x={size.width - MARGIN.right} y={bottom + 34}>pause before the request</text>
      {causes.map((cause, index) => (
        <path
          key={cause}
          class={`dots ${partClass("cause", cause)}`}
          d={points.filter(({ miss }) => miss.cause === cause).map((point) => shapeOf(index, placeOf(point))).join("")}
        />
      ))}
      {active !== undefined && <circle class="active-point" cx={placeOf(active)[0]} cy={placeOf(active)[1]} r={8} />}
    </>
  );
}

/** Where points are in a drawing of a size. The axis of pauses begins and ends with them, with some room. */
function placesOf(points: readonly MissPoint[]) {
  const from = Math.min(60_000, points[0]?.gapMs ?? 60_000) * 0.8;
  const until = Math.max(3_600_000, points.at(-1)?.gapMs ?? 0) * 1.25;
  const ticks = valueTicks(points.reduce((most, { usd }) => Math.max(most, usd), 0));
  return ({ width, height }: ChartSize) => {
    const x = logScale([from, until], [MARGIN.left, width - MARGIN.right]);
    const y = linearScale([0, ticks.at(-1)!], [height - MARGIN.bottom, MARGIN.top]);
    return { x, y, ticks, from, until, placeOf: ({ gapMs, usd }: MissPoint) => [x(gapMs), y(usd)] as const };
  };
}

/** A shape at a place: one path has all of a cause. */
function shapeOf(index: number, [x, y]: readonly [number, number] = [0, 0]): string {
  const round = (value: number) => Math.round(value * 10) / 10;
  return `M${round(x)},${round(y)}${SHAPES[index % SHAPES.length]}`;
}
