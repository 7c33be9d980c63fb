/** Prompt and cost of each turn, one above the other on the same axis. */
import type { VNode } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { cacheHitRatio, MAIN_CHAIN } from "../../core/model.ts";
import { toPlainText } from "../../core/plain_lines.ts";
import { moneyText } from "../../operations/report/cells.ts";
import { formatCount, formatPercent, formatTime, formatTokens } from "../../operations/report/format.ts";
import { countOf, partOf } from "../../operations/report/notes.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import { go, type Route } from "../address.ts";
import { type ChartTable, useWidth } from "../charts/figure.tsx";
import { Legend, type LegendItem } from "../charts/legend.tsx";
import { Choice } from "../choice.tsx";
import { readClockNow } from "../clock.ts";
import { useKeys } from "../keys.ts";
import { type PageLook, useLook } from "../look.ts";
import { FLAG_TEXTS, type FlagKind } from "./find_flags.ts";
import type { TurnGroup } from "./group_turns.ts";
import { type DrawnTurn, readChain } from "./read_turns.ts";
import { numbersText, sayBar, sayCost } from "./say_turns.ts";
import { PROMPT_PARTS } from "./prompt_paths.ts";
import { drawCosts, drawPrompts } from "./turn_bars.tsx";
import { layOut, TurnChart, type TurnChartProps } from "./turn_chart.tsx";
import { barOf, findPlace, type TurnView, viewTurns } from "./view_turns.ts";
import { showTurn, writeZoom, type Zoom, zoomBy, zoomTo } from "./zoom_turns.ts";

interface TurnChartsProps {
  readonly route: Route;
  readonly output: SessionOutput;
  readonly turns: readonly DrawnTurn[];
  /** Number of the turn that is chosen. */
  readonly turn: number | undefined;
  readonly onTurn: (turn: number | undefined) => void;
  /** Whether the second one is drawn as well. */
  readonly hasCosts: boolean;
}

export function TurnCharts({ route, output, turns, turn, onTurn, hasCosts }: TurnChartsProps): VNode {
  const look = useLook();
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const { query } = route;
  const chain = readChain(query, turns);
  const view = useMemo(
    () =>
      viewTurns(turns, {
        chain,
        zoom: query["zoom"],
        width,
        forks: output.forks,
        parent: output.session.parentSessionId,
      }),
    [turns, chain, query["zoom"], width, output.forks],
  );
  const axis = { isByClock: query["axis"] === "clock", timezone: look.timezone };
  const layout = useMemo(() => layOut(view, axis, width), [view, axis.isByClock, width]);
  const total = view.turns.length;
  const zoom = (next: Zoom) => {
    const text = writeZoom(next, total);
    if (text !== (query["zoom"] ?? "")) go({ query: { zoom: text } }, "replace");
  };
  const place = findPlace(view.turns, turn);
  const step = (way: "in" | "out") =>
    zoom(zoomBy(view.zoom, way, place >= 0 ? place : (view.zoom.from + view.zoom.to) / 2, total));
  // A turn that was chosen elsewhere is brought into sight.
  useEffect(() => {
    if (place >= 0) zoom(showTurn(view.zoom, place, total));
  }, [turn, view.turns]);
  useKeys({ "+": () => step("in"), "=": () => step("in"), "-": () => step("out") });
  const shared = {
    table: () => tableOf(view, look),
    count: view.bars.length,
    selected: barOf(view, turn),
    onSelect: (bar = -1) => onTurn(view.bars[bar]?.largest.turn),
    layout,
    view,
    axis,
    onZoom: (from: number, to: number) =>
      zoom(zoomTo(view.zoom.from + view.bars[from]!.from, view.zoom.from + view.bars[to]!.to - 1, total)),
  } satisfies Partial<TurnChartProps>;
  const isGrouped = view.bars.length < view.zoom.to - view.zoom.from;
  return (
    <div ref={frame}>
      <Controls {...{ route, view, turns, chain, step, isGrouped }} isByClock={axis.isByClock} />
      <TurnChart
        {...shared}
        say={(bar) => sayBar(view, view.bars[bar]!, look)}
        caption={promptCaption(view.whole)}
        height={270}
        legend={<Legend items={legendOf(view)} />}
        most={view.whole.largest.prompt}
        format={formatTokens}
        hasFlags
        draw={drawPrompts}
      />
      {hasCosts && (view.whole.usd === undefined ? <p>No price is known of any of these turns.</p> : (
        <TurnChart
          {...shared}
          say={(bar) => sayCost(view.bars[bar]!, look)}
          caption={costCaption(view.whole, look)}
          height={170}
          most={Math.max(...view.bars.map(({ usd = 0 }) => usd))}
          format={(usd) => moneyText(usd, look)}
          draw={drawCosts}
        />
      ))}
    </div>
  );
}

/** `161 turns: prompts of up to 184k tokens, 96.2% of them read from the cache, 4 missed it`. */
function promptCaption({ from, to, usage, largest, misses }: TurnGroup): string {
  return `Prompt of each turn: ${countOf(to - from, "turn")}, up to ` +
    `${formatTokens(largest.prompt)} tokens, ${formatPercent(cacheHitRatio(usage))} read from the cache, ` +
    `${misses === 0 ? "none" : formatCount(misses)} missed it`;
}

/** `Cost of each turn: $12.34 in all, $8.88 of it added by misses`. */
function costCaption({ usd, missedUsd, unpriced }: TurnGroup, look: PageLook): string {
  return [
    `Cost of each turn: ${moneyText(usd, look)}${unpriced > 0 ? "+" : ""} in all`,
    ...(missedUsd > 0 ? [`${moneyText(missedUsd, look)} of it added by misses`] : []),
    ...(unpriced > 0 ? [`${formatCount(unpriced)} without a known price`] : []),
  ].join(", ");
}

function tableOf({ bars }: TurnView, look: PageLook): ChartTable {
  return {
    head: ["Turn", "Time", "Read", "Written 5 min", "Written 1 h", "Neither", "Cost", "Added by misses"],
    rows: bars.map((bar) => [
      numbersText(bar),
      formatTime(bar.first.at, look.timezone, readClockNow(), "seconds"),
      ...PROMPT_PARTS.map(([kind]) => formatTokens(bar.usage[kind])),
      moneyText(bar.usd, look),
      bar.missedUsd === 0 ? "-" : moneyText(bar.missedUsd, look),
    ]),
  };
}

function legendOf({ whole, pauses, flags }: TurnView): readonly LegendItem[] {
  const kinds = new Set(flags.map(({ kind }) => kind));
  const rows: readonly (readonly [isThere: boolean, name: string, title: string])[] = [
    ...PROMPT_PARTS.map(([kind, name, title]) => [whole.usage[kind] > 0, name, title] as const),
    [whole.misses > 0, "part-miss legend-miss", "missed the cache"],
    [pauses.some(({ cache }) => cache === "lost"), "part-miss legend-pause", "pause, cache lost over it"],
    [pauses.some(({ cache }) => cache !== "lost"), "part-other legend-pause", "pause, cache not lost"],
  ];
  return [
    ...rows.filter(([isThere]) => isThere).map(([, name, title]) => ({ class: `part ${name}`, title })),
    ...Object.entries(FLAG_TEXTS).filter(([kind]) => kinds.has(kind as FlagKind))
      .map(([, title]) => ({ class: "dim", title })),
  ];
}

function Controls({ route, view, turns, chain, step, isByClock, isGrouped }: {
  readonly route: Route;
  readonly view: TurnView;
  readonly turns: readonly DrawnTurn[];
  readonly chain: string | undefined;
  readonly step: (way: "in" | "out") => void;
  readonly isByClock: boolean;
  readonly isGrouped: boolean;
}): VNode {
  const chains = useMemo(() => [...new Set(turns.map(({ chain }) => chain))], [turns]);
  const { zoom: { from, to }, turns: { length }, bars } = view;
  const isZoomed = (route.query["zoom"] ?? "") !== "" && to - from < length;
  return (
    <div class="controls no-print">
      {chains.length > 1 && (
        <Choice
          label="Turns of"
          name="chain"
          value={chain ?? ""}
          values={[["", "all"], ...chains.map((each) => [each, chainText(each)] as const)]}
          rest={{ zoom: "" }}
        />
      )}
      <label>
        <input
          type="checkbox"
          checked={isByClock}
          onChange={() => go({ query: { axis: isByClock ? "" : "clock" } })}
        />{" "}
        True time
      </label>
      <span class="buttons" role="group" aria-label="Zoom">
        <button type="button" class="button" aria-label="Zoom in" onClick={() => step("in")}>+</button>
        <button type="button" class="button" aria-label="Zoom out" disabled={!isZoomed} onClick={() => step("out")}>
          −
        </button>
        {isZoomed && (
          <button type="button" class="button" onClick={() => go({ query: { zoom: "" } }, "replace")}>All turns</button>
        )}
      </span>
      {isZoomed && <span class="dim">{formatCount(from + 1)} to {partOf(to, length)}</span>}
      {isGrouped && (
        <span class="dim">
          {`${formatCount(bars.length)} bars of up to ${bars[0]!.to - bars[0]!.from} turns: ` +
            "average prompt, summed cost, the largest as a line; zoom in for single turns"}
        </span>
      )}
    </div>
  );
}

/** As it is called in words. */
export function chainText(chain: string): string {
  return chain === MAIN_CHAIN ? "the main conversation" : toPlainText(chain.replace("_", " "));
}
