/** Lost caches as dots: the pause before them along, what they cost upwards. Each cause has a shape and a colour. */
import type { VNode } from "preact";
import { causeText } from "../../operations/report/cause_text.ts";
import { missCauseText } from "../../operations/report/via_text.ts";
import { type Money, moneyText } from "../../operations/report/cells.ts";
import { formatCount, formatDuration, formatTime } from "../../operations/report/format.ts";
import type { ListedMiss } from "../../operations/usage/misses_output.ts";
import { Lines } from "../charts/lines.tsx";
import { durationTicks } from "../charts/ticks.ts";
import { valueTicks } from "../charts/value_ticks.ts";
import { shortProject } from "../look.ts";
import { makeMissPoints } from "./miss_points.ts";

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
  const timeOf = ({ at }: ListedMiss) => formatTime(Date.parse(at), timezone, Date.parse(asOf));
  const dearest = points.toSorted((a, b) => b.usd - a.usd);
  // The axis of pauses begins and ends with them, with some room.
  const from = Math.min(60_000, points[0]?.gapMs ?? 60_000) * 0.8;
  const until = Math.max(3_600_000, points.at(-1)?.gapMs ?? 0) * 1.25;
  return (
    <Lines
      kind="cause"
      as="dots"
      caption={unpriced === 0
        ? caption
        : `${caption}; ${unpriced} without a known price ${unpriced === 1 ? "is" : "are"} not drawn`}
      height={300}
      table={() => ({
        head: ["When", "Pause", "Cause", "Project", "Model", "Cost"],
        rows: [
          ...dearest.slice(0, MOST_IN_TABLE).map(({ miss, usd }) => [
            timeOf(miss),
            formatDuration(miss.gapMs),
            missCauseText(miss),
            shortProject(miss.cwd),
            miss.model,
            moneyText(usd, money),
          ]),
          ...points.length > MOST_IN_TABLE ? [[`${formatCount(points.length - MOST_IN_TABLE)} more, all cheaper`]] : [],
        ],
      })}
      series={causes.map((cause) => ({
        key: cause,
        title: causeText(cause),
        points: points.filter(({ miss }) => miss.cause === cause).map(({ miss, gapMs, usd }) => ({
          miss,
          x: gapMs,
          y: usd,
          title: timeOf(miss),
          says: `${moneyText(usd, money)} after ${formatDuration(miss.gapMs)}, ${missCauseText(miss)}: ` +
            `${shortProject(miss.cwd)}, ${miss.model}, ${timeOf(miss)}`,
        })),
      }))}
      x={{ from, until, isLog: true, ticks: () => durationTicks(from, until), title: "pause before the request" }}
      y={{ ticks: valueTicks(dearest[0]?.usd ?? 0), format: (usd) => moneyText(usd, money), title: "Cost" }}
      onOpen={({ miss }) => onOpen(miss)}
    />
  );
}
