/** How a list of sessions is shown to people. */
import { totalTokens } from "../../core/model.ts";
import {
  activeCell,
  cacheCell,
  costCell,
  modelsCell,
  type Money,
  percentCell,
  projectCell,
  sessionCell,
  tokensCell,
  turnsCell,
  usdCell,
} from "../report/cells.ts";
import type { Clock } from "../report/clock_input.ts";
import { formatCount, formatDuration, formatTokens } from "../report/format.ts";
import { countOf } from "../report/notes.ts";
import type { SessionJson } from "../report/schemas.ts";
import type { Block, Cell, Column, View } from "../contract/view.ts";
import type { SessionsOutput } from "./sessions_output.ts";

type Context = Money & { readonly home: string };

interface SessionColumn extends Column {
  cell(session: SessionJson): Cell;
  /** The column is there when one of the sessions has something for it. @default it always is */
  isIn?(session: SessionJson): boolean;
}

/**
 * Where there is little room, sums of figures go first, and what names a session stays: a title before the agent that
 * wrote it.
 */
function columnsOf(clock: Clock, context: Context): readonly SessionColumn[] {
  return [
    { key: "lastActivityAt", title: "Last active", cell: (session) => activeCell(session, clock) },
    { key: "session", title: "Session", priority: 1, cell: sessionCell },
    { key: "source", title: "Source", priority: 6, cell: ({ source }) => ({ text: source }) },
    {
      key: "title",
      title: "Title",
      priority: 2,
      shrink: "keep_start",
      isIn: ({ title }) => title !== undefined,
      cell: ({ title }) => ({ text: title ?? "", value: title ?? null }),
    },
    {
      key: "project",
      title: "Project",
      priority: 3,
      shrink: "keep_end",
      cell: ({ cwd }) => projectCell(cwd, context.home),
    },
    { key: "models", title: "Models", priority: 5, shrink: "keep_start", cell: ({ models }) => modelsCell(models) },
    { key: "turns", title: "Turns", align: "right", priority: 7, cell: turnsCell },
    {
      key: "durationMs",
      title: "Duration",
      align: "right",
      priority: 10,
      cell: ({ durationMs }) => figureCell(durationMs, formatDuration),
    },
    {
      key: "tokens",
      title: "Tokens",
      align: "right",
      priority: 9,
      cell: ({ usage }) => tokensCell(totalTokens(usage)),
    },
    {
      key: "largestPrompt",
      title: "Largest",
      align: "right",
      priority: 11,
      isIn: ({ largestPrompt }) => largestPrompt !== undefined,
      cell: ({ largestPrompt }) => figureCell(largestPrompt, formatTokens),
    },
    {
      key: "cacheHitRatio",
      title: "Hit",
      align: "right",
      priority: 4,
      cell: ({ cacheHitRatio }) => percentCell(cacheHitRatio),
    },
    {
      key: "missUsd",
      title: "Lost",
      align: "right",
      priority: 8,
      isIn: ({ misses }) => misses !== undefined,
      cell: ({ misses, missUsd }) => misses === 0 ? { text: "-", value: 0, tone: "dim" } : usdCell(missUsd, context),
    },
    { key: "usd", title: "Cost", align: "right", marksLargest: true, cell: ({ cost }) => costCell(cost, context) },
    { key: "cache", title: "Cache", cell: ({ cache }) => cacheCell(cache, clock.now) },
    {
      key: "traceId",
      title: "Trace",
      priority: 12,
      isIn: ({ traceId }) => traceId !== undefined,
      cell: ({ traceId }) => ({ text: traceId ?? "", value: traceId ?? null }),
    },
  ];
}

function figureCell(value: number | undefined, format: (value: number) => string): Cell {
  return value === undefined ? { text: "?", value: null, tone: "dim" } : { text: format(value), value };
}

/** @param keys Of the columns that are shown, where there is something for them. @default all */
export function sessionsTable(
  sessions: readonly SessionJson[],
  clock: Clock,
  context: Context,
  keys?: readonly string[],
): Extract<Block, { kind: "table" }> {
  const columns = columnsOf(clock, context).filter(({ key, isIn }) =>
    (keys === undefined || keys.includes(key)) && (isIn === undefined || sessions.some(isIn))
  );
  return {
    kind: "table",
    columns: columns.map(({ cell: _, isIn: __, ...column }) => column),
    rows: sessions.map((session) => columns.map(({ cell }) => cell(session))),
    empty: "No sessions match.",
  };
}

/** Sessions, drawn from what their `--json` says. */
export function viewSessions(
  { sessions, total, totalCost, notes }: SessionsOutput,
  clock: Clock,
  context: Context,
): View {
  const more = total - sessions.length;
  return [
    sessionsTable(sessions, clock, context),
    ...(sessions.length === 0 ? [] : [{
      kind: "text" as const,
      text: `${countOf(total, "session")}, ${costCell(totalCost, context).text} in all` +
        (more > 0 ? `; ${formatCount(sessions.length)} listed, --limit 0 lists all` : ""),
    }]),
    ...notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const })),
  ];
}
