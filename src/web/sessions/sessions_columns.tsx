/** Columns of the list: what each is called and sorted by, how it is drawn, and the room that it takes. */
import type { ComponentChildren, VNode } from "preact";
import { cacheHitRatio, totalTokens } from "../../core/model.ts";
import { cacheCell, costCell, modelsCell, percentCell, usdCell } from "../../operations/report/cells.ts";
import { formatCount, formatDuration, formatTime, formatTokens } from "../../operations/report/format.ts";
import type { Cell } from "../../operations/contract/view.ts";
import { linkTo } from "../address.ts";
import { CellText } from "../cell_text.tsx";
import { readClockNow, useClock } from "../clock.ts";
import { type PageLook, shortProject } from "../look.ts";
import { type TableColumn, textColumn } from "../table/table_column.ts";
import type { ColumnRoom } from "../table/fit_columns.ts";
import type { ListedSession } from "./read_sessions.ts";

interface ListColumn {
  readonly title: string;
  /** Characters that it needs, and its rank: sums go before what names a session. */
  readonly room: readonly [least: number, rank: number];
  /** What it is sorted by; undefined is not known, and comes last in both directions. */
  readonly value: (session: ListedSession) => number | string | undefined;
  /** The text is the terminal's. */
  readonly cell: (session: ListedSession, look: PageLook) => ComponentChildren;
  /** What it holds: words are sorted from the first letter on, figures stand at the right. */
  readonly holds?: "words" | "figures";
  /** Its part of what is left: of those that name something. */
  readonly grows?: number;
  /** Line of the card of a row on a narrow screen; where there is none it has no room there. */
  readonly cardLine?: 1 | 2 | 3;
}

const drawn = (cellOf: (session: ListedSession, look: PageLook) => Cell): ListColumn["cell"] => (session, look) => (
  <CellText cell={cellOf(session, look)} />
);

/** @param label What a card says behind the figure, since no head does */
const figures = (
  title: string,
  room: ListColumn["room"],
  value: ListColumn["value"],
  cellOf: (session: ListedSession, look: PageLook) => Cell,
  cardLine?: 2,
  label?: string,
): ListColumn => ({
  title,
  room,
  value,
  cell: (session, look) => (
    <>
      {drawn(cellOf)(session, look)}
      {label !== undefined && <span class="card-label">{label}</span>}
    </>
  ),
  holds: "figures",
  cardLine,
});

const COLUMNS = {
  last: {
    title: "Last active",
    room: [13, 2],
    value: ({ lastActivityAt, startedAt }) => lastActivityAt ?? startedAt,
    cell: drawn(({ lastActivityAt, startedAt }, { timezone }) => ({
      text: formatTime(lastActivityAt ?? startedAt, timezone, readClockNow()),
    })),
    cardLine: 3,
  },
  title: {
    title: "Title or project",
    room: [20, 0],
    value: ({ title, cwd }) => (title ?? cwd)?.toLowerCase(),
    cell: (session) => <NameOf session={session} />,
    holds: "words",
    grows: 3,
    cardLine: 1,
  },
  project: {
    title: "Project",
    room: [16, 11],
    value: ({ cwd }) => cwd?.toLowerCase(),
    cell: ({ cwd }) => <CellText cell={{ text: shortProject(cwd) }} title={cwd} />,
    holds: "words",
    grows: 2,
  },
  source: {
    title: "Source",
    room: [8, 8],
    value: ({ source }) => source,
    cell: drawn(({ source }) => ({ text: source })),
    holds: "words",
    cardLine: 3,
  },
  models: {
    title: "Models",
    room: [16, 5],
    value: ({ models }) => models[0]?.model,
    cell: drawn(({ models }) => modelsCell(models)),
    holds: "words",
    grows: 2,
    cardLine: 3,
  },
  turns: figures(
    "Turns",
    [6, 7],
    ({ turns }) => turns,
    ({ turns }) => turns === undefined ? { text: "-", tone: "dim" } : { text: formatCount(turns) },
  ),
  duration: figures(
    "Duration",
    [8, 9],
    ({ durationMs }) => durationMs,
    ({ durationMs }) => figure(durationMs, formatDuration),
  ),
  tokens: figures("Tokens", [7, 12], tokensOf, (session) => ({ text: formatTokens(tokensOf(session)) })),
  largest: figures(
    "Largest",
    [7, 10],
    ({ largestPrompt }) => largestPrompt,
    ({ largestPrompt }) => figure(largestPrompt, formatTokens),
  ),
  share: figures(
    "Hit",
    [6, 4],
    ({ usage }) => cacheHitRatio(usage),
    ({ usage }) => percentCell(cacheHitRatio(usage)),
    2,
    "hit",
  ),
  missUsd: figures(
    "Lost",
    [8, 6],
    ({ missUsd, misses }) => misses === 0 ? 0 : missUsd,
    ({ misses, missUsd }, look) => misses === 0 ? { text: "-", tone: "dim" } : usdCell(missUsd, look),
    2,
    "lost",
  ),
  cost: figures(
    "Cost",
    [9, 1],
    ({ cost }) => cost.basis === "none" && cost.unpricedTurns > 0 ? undefined : cost.usd,
    ({ cost }, look) => costCell(cost, look),
    2,
  ),
  cache: {
    title: "Cache",
    room: [13, 3],
    // Down: what is warm for longest first.
    value: ({ cache }) => STATE_RANK[cache.state] + (cache.expiresAt ?? 0),
    cell: ({ cache }) => <CacheText cache={cache} />,
    cardLine: 2,
  },
  session: {
    title: "Session",
    room: [13, 13],
    value: ({ sessionId }) => sessionId,
    cell: drawn(({ shortId }) => ({ text: shortId })),
    holds: "words",
  },
  trace: {
    title: "Trace",
    room: [14, 14],
    value: ({ traceId }) => traceId,
    cell: drawn(({ traceId = "" }) => ({ text: traceId })),
    holds: "words",
  },
} satisfies Readonly<Record<string, ListColumn>>;
export type ColumnKey = keyof typeof COLUMNS;

/** In the order in which they stand. */
export const LIST_COLUMNS: Readonly<Record<ColumnKey, ListColumn>> = COLUMNS;

/** Further apart than times in milliseconds are. */
const STATE_RANK: Readonly<Record<ListedSession["cache"]["state"], number>> = {
  warm: 3e15,
  maybe: 2e15,
  cold: 1e15,
  unknown: 0,
};

function tokensOf({ usage }: ListedSession): number {
  return totalTokens(usage);
}

function figure(value: number | undefined, format: (value: number) => string): Cell {
  return value === undefined ? { text: "?", tone: "dim" } : { text: format(value) };
}

/** With the room that it takes. */
export type SessionsColumn = TableColumn<ListedSession> & ColumnRoom;

/** A column of the list, ready for the table. */
export function sessionsColumn(key: ColumnKey, look: PageLook): SessionsColumn {
  const { title, room: [least, rank], cell, holds, grows, cardLine } = LIST_COLUMNS[key];
  return {
    ...textColumn(title, grows === undefined ? least : [least, grows], (session) => cell(session, look), cardLine ?? 0),
    key,
    least,
    rank,
    align: holds === "figures" ? "right" : "left",
    sorts: true,
  };
}

/** A link, so that a session opens in a tab of its own as well. */
function NameOf({ session: { title, cwd, source, sessionId, isDeleted } }: {
  readonly session: Pick<ListedSession, "title" | "cwd" | "source" | "sessionId" | "isDeleted">;
}): VNode {
  const project = shortProject(cwd);
  return (
    <span title={[title, cwd].filter((part) => part !== undefined).join("\n")}>
      <a href={linkTo({ page: "session", path: [source, sessionId] })} tabIndex={-1}>
        <bdi>{title ?? project}</bdi>
      </a>
      {title !== undefined && <span class="dim">{` ${project}`}</span>}
      {isDeleted && <span class="dim note-after">(deleted)</span>}
    </span>
  );
}

/** Counts down by itself, so that no other cell is drawn each second. */
function CacheText({ cache }: { readonly cache: ListedSession["cache"] }): VNode {
  const { state, expiresAt, evidence } = cache;
  const isCounting = expiresAt !== undefined && (state === "warm" || state === "maybe");
  const cell = cacheCell({
    state,
    tokens: cache.tokens,
    strategy: "unknown",
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt).toISOString(),
  }, useClock(isCounting));
  return <CellText cell={cell} title={evidence?.basis} />;
}
