/**
 * Stacked bars, one a column: cost by day and model, the prompt of each turn, and so on. One path a part, however many
 * columns there are.
 */
// @ts-types="@types/d3-scale"
import { scaleBand } from "d3-scale";
import type { VNode } from "preact";
import { partClass, rankParts } from "./colours.ts";
import { ChartFigure, type ChartFigureProps, type ChartSize, type ChartTable } from "./figure.tsx";
import { linearScale } from "./scales.ts";
import { labelledColumns, valueTicks } from "./ticks.ts";

/** What a bar is made of. */
export interface BarPart {
  readonly key: string;
  readonly title: string;
  /** A class that sets `--part`, for parts with a meaning of their own. @default a colour by rank, see colours.ts */
  readonly class?: string;
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
  rankParts(kind, parts.filter((part) => part.class === undefined).map(({ key }) => key));
  const classOf = (part: BarPart) => part.class === undefined ? partClass(kind, part.key) : `part ${part.class}`;
  const totals = columns.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const hasPrevious = columns.some(({ previous }) => previous !== undefined);
  const says = columns.map((column, place) => sayColumn(column, totals[place]!, parts, format));
  return (
    <ChartFigure
      {...figure}
      says={says}
      table={tableOf(columnTitle, parts, columns, totals, format)}
      placeAt={(x, width) => columnAt(x, width, columns.length)}
      onOpen={onOpen && ((place) => onOpen(columns[place]!.key))}
      legend={(parts.length > 1 || hasPrevious) && (
        <ul class="legend">
          {parts.length > 1 && parts.map((part) => (
            <li key={part.key} class={classOf(part)}>
              {onPart === undefined
                ? <span class="swatch-text">{part.title}</span>
                : (
                  <button type="button" class="link swatch-text" onClick={() => onPart(part.key)}>
                    {part.title}
                  </button>
                )}
            </li>
          ))}
          {hasPrevious && <li class="legend-previous">the span before</li>}
        </ul>
      )}
    >
      {(size, active) => <Bars {...{ size, active, parts, columns, totals, format, classOf }} />}
    </ChartFigure>
  );
}

interface BarsProps extends Pick<StackedBarsProps, "parts" | "columns" | "format"> {
  readonly size: ChartSize;
  readonly active: number | undefined;
  readonly totals: readonly number[];
  readonly classOf: (part: BarPart) => string;
}

function Bars({ size: { width, height }, active, parts, columns, totals, format, classOf }: BarsProps): VNode {
  const most = Math.max(0, ...totals, ...columns.map(({ previous = 0 }) => previous));
  const ticks = valueTicks(most);
  const y = linearScale([0, ticks.at(-1)!], [height - MARGIN.bottom, MARGIN.top]);
  const x = bandsOf(columns.length, width);
  const barWidth = Math.max(1, x.bandwidth());
  const bases = columns.map(() => 0);
  const paths = parts.map((part, order) => {
    let path = "";
    columns.forEach(({ values }, place) => {
      const value = values[order] ?? 0;
      if (value <= 0) return;
      const base = bases[place]!;
      bases[place] = base + value;
      path += `M${round(x(place)!)},${round(y(base))}V${round(y(base + value))}h${round(barWidth)}V${round(y(base))}z`;
    });
    return <path key={part.key} class={classOf(part)} d={path} />;
  });
  const outline = columns.map(({ previous }, place) =>
    previous === undefined ? "" : `M${round(x(place)!)},${round(y(previous))}h${round(barWidth)}`
  ).join("");
  const cut = columns.map(({ partial }, place) =>
    partial === undefined || totals[place] === 0
      ? ""
      : `M${round(x(place)!)},${round(y(0))}V${round(y(totals[place]!))}h${round(barWidth)}V${round(y(0))}z`
  ).join("");
  const longest = Math.max(0, ...columns.map(({ title }) => title.length));
  return (
    <>
      <ValueAxis ticks={ticks} y={y} left={MARGIN.left} right={width - MARGIN.right} format={format} />
      {active !== undefined && columns[active] !== undefined && (
        <rect
          class="active-column"
          x={x(active)! - x.step() * x.padding() / 2}
          y={MARGIN.top}
          width={x.step()}
          height={height - MARGIN.top - MARGIN.bottom}
        />
      )}
      {paths}
      {cut !== "" && <path class="cut-bar" d={cut} />}
      {outline !== "" && <path class="previous" d={outline} />}
      <line class="axis" x1={MARGIN.left} x2={width - MARGIN.right} y1={y(0)} y2={y(0)} />
      {labelledColumns(columns.length, width - MARGIN.left, longest * 7 + 10).map((place) => (
        <text key={place} class="tick" text-anchor="middle" x={x(place)! + barWidth / 2} y={height - 6}>
          {columns[place]!.title}
        </text>
      ))}
    </>
  );
}

/** Lines across, with their values at the left. */
export function ValueAxis({ ticks, y, left, right, format }: {
  readonly ticks: readonly number[];
  readonly y: (value: number) => number;
  readonly left: number;
  readonly right: number;
  readonly format: (value: number) => string;
}): VNode {
  return (
    <>
      {ticks.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text class="tick" text-anchor="end" x={left - 6} y={y(tick) + 4}>{tick === 0 ? "0" : format(tick)}</text>
        </g>
      ))}
    </>
  );
}

function bandsOf(count: number, width: number) {
  const places = Array.from({ length: count }, (_, place) => place);
  return scaleBand(places, [MARGIN.left, width - MARGIN.right]).padding(count > 120 ? 0 : count > 40 ? 0.1 : 0.22);
}

function columnAt(x: number, width: number, count: number): number | undefined {
  const inner = width - MARGIN.left - MARGIN.right;
  const place = Math.floor((x - MARGIN.left) / inner * count);
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

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
