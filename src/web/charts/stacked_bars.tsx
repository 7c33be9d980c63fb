/**
 * Stacked bars, one a column: cost by day and model, the prompt of each turn, and so on. One path a part, however many
 * columns there are.
 */
// @ts-types="@types/d3-scale"
import { scaleBand } from "d3-scale";
import type { VNode } from "preact";
import { partClass, rankParts } from "./colours.ts";
import { type Edges, edgesOf } from "./edges.ts";
import { ChartFigure, type ChartFigureProps, type ChartTable } from "./figure.tsx";
import { Legend } from "./legend.tsx";
import { outlinePath, stackPaths } from "./paths.ts";
import { Plot } from "./plot.tsx";
import { labelledColumns } from "./ticks.ts";
import { valueTicks } from "./value_ticks.ts";

/** What a bar is made of. */
export interface BarPart {
  readonly key: string;
  readonly title: string;
}

/** One bar, with its parts. */
export interface BarColumn {
  readonly key: string;
  /** Below the bar, where there is room. */
  readonly title: string;
  /** How it is called where it stands alone: when it is said, and in the table. @default the title */
  readonly name?: string;
  /** One a part, in their order, zero or more. Empty: a period without anything, which is drawn as empty. */
  readonly values: readonly number[];
  /** The same span before: drawn as an outline. */
  readonly previous?: number;
  /** Whether something is missing from it: its figure has a `+`. */
  readonly isLeast?: boolean;
  /** Cut by the range: hatched, and said, such as `from 14:00`. */
  readonly partial?: string;
}

export interface StackedBarsProps extends Pick<ChartFigureProps, "caption" | "height" | "selected" | "onSelect"> {
  /** What the parts are, such as `model`: a part keeps its colour among its kind. */
  readonly kind: string;
  /** Lowest first; the largest should be. At most eight are told apart by colour. */
  readonly parts: readonly BarPart[];
  readonly columns: readonly BarColumn[];
  /** Of values, at the axis, in the table and when said: `moneyText`, `formatTokens`. */
  readonly format: (value: number) => string;
  /** What columns are, at the head of the table: `Day`. */
  readonly columnTitle: string;
  /** Enter on a column, or a click; with the part that was clicked, if one was. */
  readonly onOpen?: (column: string, part?: string) => void;
  /** Clicking a name in the legend. */
  readonly onPart?: (part: string) => void;
}

const MARGIN = { top: 8, right: 18, bottom: 22, left: 52 } as const;

export function StackedBars(props: StackedBarsProps): VNode {
  const { kind, parts, columns, format, columnTitle, onOpen, onPart, ...figure } = props;
  rankParts(kind, parts.map(({ key }) => key));
  const totals = columns.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const hasPrevious = columns.some(({ previous }) => previous !== undefined);
  return (
    <ChartFigure
      {...figure}
      count={columns.length}
      say={(place) => sayColumn(columns[place]!, totals[place]!, parts, format)}
      table={() => tableOf(columnTitle, parts, columns, totals, format)}
      placeAt={(x, _, size) => columnAt(x, edgesOf(size, MARGIN), columns.length)}
      onOpen={onOpen && ((place) => onOpen(columns[place]!.key))}
      legend={(parts.length > 1 || hasPrevious) && (
        <Legend
          items={[
            ...parts.length > 1
              ? parts.map(({ key, title }) => ({
                class: partClass(kind, key),
                title,
                onClick: onPart && (() => onPart(key)),
              }))
              : [],
            ...hasPrevious ? [{ class: "legend-previous", title: "the span before" }] : [],
          ]}
        />
      )}
    >
      {(size, active) => {
        const edges = edgesOf(size, MARGIN);
        const x = bandsOf(columns.length, edges);
        const width = Math.max(1, x.bandwidth());
        const places = columns.map((_, place) => ({ x: x(place)!, width }));
        const longest = Math.max(0, ...columns.map(({ title }) => title.length));
        return (
          <Plot
            {...{ edges, format }}
            ticks={valueTicks(Math.max(0, ...totals, ...columns.map(({ previous = 0 }) => previous)))}
            chosen={active !== undefined && columns[active] !== undefined
              ? { x: x(active)! - x.step() * x.padding() / 2, width: x.step() }
              : undefined}
            labels={labelledColumns(columns.length, size.width - MARGIN.left, longest * 7 + 10).map((place) => ({
              x: x(place)! + width / 2,
              text: columns[place]!.title,
            }))}
          >
            {(y) => (
              <>
                {stackPaths(places, parts.map((_, part) => (place) => columns[place]!.values[part] ?? 0), y)
                  .map((path, part) => (
                    <path key={parts[part]!.key} class={partClass(kind, parts[part]!.key)} d={path} />
                  ))}
                <path
                  class="cut-bar"
                  d={stackPaths(
                    places,
                    [(place) => columns[place]!.partial === undefined ? 0 : totals[place]!],
                    y,
                  )[0]}
                />
                <path
                  class="previous"
                  d={outlinePath(
                    places,
                    columns.map(({ previous }) =>
                      previous === undefined ? undefined : y(previous)
                    ),
                  )}
                />
              </>
            )}
          </Plot>
        );
      }}
    </ChartFigure>
  );
}

function bandsOf(count: number, { left, right }: Edges) {
  const places = Array.from({ length: count }, (_, place) => place);
  return scaleBand(places, [left, right]).padding(count > 120 ? 0 : count > 40 ? 0.1 : 0.22);
}

function columnAt(x: number, { left, right }: Edges, count: number): number | undefined {
  const place = Math.floor((x - left) / (right - left) * count);
  return place >= 0 && place < count ? place : undefined;
}

function sayColumn(
  column: BarColumn,
  total: number,
  parts: readonly BarPart[],
  format: (value: number) => string,
): string {
  const { values, previous } = column;
  const largest = parts.map((part, place) => ({ part, value: values[place] ?? 0 }))
    .filter(({ value }) => value > 0).sort((a, b) => b.value - a.value);
  const named = parts.length > 1 && largest.length > 0
    ? `; ${largest.slice(0, 3).map(({ part, value }) => `${part.title} ${format(value)}`).join(", ")}`
    : "";
  const before = previous === undefined ? "" : `; before ${format(previous)}`;
  return `${nameOf(column)}: ${totalText(column, total, format)}${named}${before}`;
}

function nameOf({ title, name = title, partial }: BarColumn): string {
  return partial === undefined ? name : `${name} (${partial})`;
}

/** `$12.30+` where something is missing from it, and `?` where nothing is known. */
function totalText({ isLeast = false }: BarColumn, total: number, format: (value: number) => string): string {
  return isLeast && total === 0 ? "?" : format(total) + (isLeast ? "+" : "");
}

function tableOf(
  columnTitle: string,
  parts: readonly BarPart[],
  columns: readonly BarColumn[],
  totals: readonly number[],
  format: (value: number) => string,
): ChartTable {
  const isSplit = parts.length > 1;
  const hasPrevious = columns.some(({ previous }) => previous !== undefined);
  return {
    head: [columnTitle, ...isSplit ? parts.map(({ title }) => title) : [], "Total", ...hasPrevious ? ["Before"] : []],
    rows: columns.map((column, place) => [
      nameOf(column),
      ...isSplit ? parts.map((_, order) => format(column.values[order] ?? 0)) : [],
      totalText(column, totals[place]!, format),
      ...hasPrevious ? [column.previous === undefined ? "-" : format(column.previous)] : [],
    ]),
  };
}
