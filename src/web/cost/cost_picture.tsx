/** The picture of costs over time: stacked bars, or lines of what does not add up. */
import type { VNode } from "preact";
import type { Money } from "../../operations/report/cells.ts";
import { formatPercent } from "../../operations/report/format.ts";
import { KEY_TITLES } from "../../operations/report/key_cells.ts";
import type { CostOutput } from "../../operations/usage/cost_output.ts";
import { cutPeriodText } from "../../operations/usage/cost_table.ts";
import { OTHER } from "../charts/colours.ts";
import { Lines } from "../charts/lines.tsx";
import { StackedBars } from "../charts/stacked_bars.tsx";
import { labelledColumns } from "../charts/ticks.ts";
import { keyNames } from "../key_names.ts";
import { Empty } from "../states.tsx";
import { axisTitle } from "./axis_title.ts";
import { type BarsOfCost, makeCostBars, WHOLE } from "./cost_bars.ts";
import { costCaption } from "./cost_caption.ts";
import { type Metric, type MetricName, METRICS } from "./metrics.ts";

export interface CostPictureProps {
  readonly answer: CostOutput;
  /** Rows of the span before, in their order. */
  readonly before?: CostOutput["rows"];
  readonly metric: MetricName;
  /** As the header calls it. */
  readonly period: string;
  readonly money: Money;
  readonly onPeriod: (key: string) => void;
  /** A part, or {@linkcode OTHER}. */
  readonly onPart: (key: string) => void;
}

/** More are narrower than a pixel. */
const MOST_BARS = 800;
const HEIGHT = 280;

export function CostPicture(props: CostPictureProps): VNode {
  const { answer, metric, period, money } = props;
  if (answer.rows.length > MOST_BARS) {
    return (
      <Empty says={`${answer.rows.length} bars are too many for a picture: choose longer units or a shorter period.`} />
    );
  }
  const bars = makeCostBars(answer, metric);
  const titles = partTitles(bars, answer);
  const caption = costCaption(answer, metric, bars, { period, titles, money });
  const drawn = { ...props, bars, titles, caption };
  return METRICS[metric] === METRICS.hit ? <ShareLines {...drawn} /> : <CostBarsOf {...drawn} />;

  function partTitles({ parts, others }: BarsOfCost, { split }: CostOutput): readonly string[] {
    if (split === undefined) return [METRICS[metric].title];
    const names = keyNames(split, [...parts.map(({ key }) => key), ...others], answer);
    return parts.map(({ key }) =>
      key !== OTHER
        ? names.get(key)!.text
        : others.length === 1
        ? names.get(others[0]!)!.text
        : `${others.length} others`
    );
  }
}

interface DrawnProps extends CostPictureProps {
  readonly bars: BarsOfCost;
  readonly titles: readonly string[];
  readonly caption: string;
}

function CostBarsOf({ answer, before, metric, money, bars, titles, caption, onPeriod, onPart }: DrawnProps): VNode {
  const { format, valueOf }: Metric = METRICS[metric];
  const names = keyNames(answer.by, bars.bars.map(({ key }) => key), answer);
  return (
    <StackedBars
      kind={answer.split ?? "whole"}
      caption={caption}
      height={HEIGHT}
      columnTitle={KEY_TITLES[answer.by]}
      format={(value) => format(value, money)}
      parts={bars.parts.map(({ key }, place) => ({ key, title: titles[place]! }))}
      columns={bars.bars.map(({ key, values, isLeast }, place) => ({
        key,
        title: axisTitle(answer.by, key),
        name: names.get(key)!.text,
        values: values.map((value) => value ?? 0),
        isLeast,
        partial: cutPeriodText(key, answer).trim() || undefined,
        previous: before?.[place] === undefined ? undefined : valueOf(before[place]),
      }))}
      onOpen={onPeriod}
      onPart={answer.split === undefined ? undefined : onPart}
    />
  );
}

function ShareLines({ answer, metric, bars, titles, caption }: DrawnProps): VNode {
  const names = keyNames(answer.by, bars.bars.map(({ key }) => key), answer);
  const last = Math.max(1, bars.bars.length - 1);
  return (
    <Lines
      kind={answer.split ?? "whole"}
      caption={caption}
      height={HEIGHT}
      series={bars.parts.map(({ key }, part) => ({
        key,
        title: key === WHOLE ? METRICS[metric].title : titles[part]!,
        points: bars.bars.map((bar, x) => ({ x, y: bar.values[part], title: names.get(bar.key)!.text })),
      }))}
      x={{
        from: 0,
        until: last,
        ticks: (width) =>
          labelledColumns(bars.bars.length, width, 64).map((at) => ({
            at,
            text: axisTitle(answer.by, bars.bars[at]!.key),
          })),
        title: KEY_TITLES[answer.by],
      }}
      y={{ ticks: [0, 0.25, 0.5, 0.75, 1], format: formatPercent, title: METRICS[metric].title }}
    />
  );
}
