/** How each column of the list is drawn. The text of a cell is the terminal's. */
import type { VNode } from "preact";
import { cacheHitRatio, totalTokens } from "../../core/model.ts";
import { cacheCell, costCell, modelsCell, percentCell, usdCell } from "../../operations/report/cells.ts";
import { formatCount, formatDuration, formatTime, formatTokens } from "../../operations/report/format.ts";
import type { Cell } from "../../operations/contract/view.ts";
import { linkTo } from "../address.ts";
import { CellText } from "../cell_text.tsx";
import { now, readClockNow } from "../clock.ts";
import { type PageLook, shortProject } from "../look.ts";
import type { TableColumn } from "../table/table_column.ts";
import type { ColumnRoom } from "../table/fit_columns.ts";
import type { ListedSession } from "./read_sessions.ts";
import type { ColumnKey } from "./sessions_filter.ts";

export const COLUMN_TITLES: Readonly<Record<ColumnKey, string>> = {
  last: "Last active",
  title: "Title or project",
  project: "Project",
  source: "Source",
  models: "Models",
  turns: "Turns",
  duration: "Duration",
  tokens: "Tokens",
  largest: "Largest",
  share: "Hit",
  missUsd: "Lost",
  cost: "Cost",
  cache: "Cache",
  session: "Session",
  trace: "Trace",
};

/** Lines of the card of a row on a narrow screen; what is not here has no room there. */
const CARD_LINES: Readonly<Partial<Record<ColumnKey, 1 | 2 | 3>>> = {
  title: 1,
  cost: 2,
  share: 2,
  missUsd: 2,
  cache: 2,
  last: 3,
  source: 3,
  models: 3,
};

/** In a card no head says what a figure is. */
const CARD_LABELS: Readonly<Partial<Record<ColumnKey, string>>> = { share: "hit", missUsd: "lost" };

const FIGURES: ReadonlySet<ColumnKey> = new Set([
  "turns",
  "duration",
  "tokens",
  "largest",
  "share",
  "missUsd",
  "cost",
]);

/** Characters that each needs, and its rank: sums go before what names a session. */
const ROOM: Readonly<Record<ColumnKey, readonly [least: number, rank: number]>> = {
  title: [20, 0],
  cost: [9, 1],
  last: [13, 2],
  cache: [13, 3],
  share: [6, 4],
  models: [16, 5],
  missUsd: [8, 6],
  turns: [6, 7],
  source: [8, 8],
  duration: [8, 9],
  largest: [7, 10],
  project: [16, 11],
  tokens: [7, 12],
  session: [13, 13],
  trace: [14, 14],
};

/** Those that name something take what is left. */
const GROWS: Readonly<Partial<Record<ColumnKey, string>>> = { title: "3fr", models: "2fr", project: "2fr" };

/** With the room that it takes. */
export type SessionsColumn = TableColumn<ListedSession> & ColumnRoom;

/** A column of the list, ready for the table. */
export function sessionsColumn(key: ColumnKey, look: PageLook): SessionsColumn {
  const [least, rank] = ROOM[key];
  return {
    key,
    least,
    rank,
    title: COLUMN_TITLES[key],
    align: FIGURES.has(key) ? "right" : "left",
    width: GROWS[key] === undefined ? `${least}ch` : `minmax(${least}ch, ${GROWS[key]})`,
    sorts: true,
    cardLine: CARD_LINES[key] ?? 0,
    cell: (session) => <Drawn {...{ session, look, column: key }} />,
  };
}

function Drawn({ session, look, column }: {
  readonly session: ListedSession;
  readonly look: PageLook;
  readonly column: ColumnKey;
}): VNode {
  switch (column) {
    case "title":
      return <NameOf session={session} />;
    case "cache":
      return <CacheText cache={session.cache} />;
    case "project":
      return <CellText cell={{ text: shortProject(session.cwd) }} title={session.cwd} />;
    default:
      return (
        <>
          <CellText cell={CELLS[column](session, look)} />
          {CARD_LABELS[column] !== undefined && <span class="card-label">{CARD_LABELS[column]}</span>}
        </>
      );
  }
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
  }, isCounting ? now.value : readClockNow());
  return <CellText cell={cell} title={evidence?.basis} />;
}

type TextColumn = Exclude<ColumnKey, "title" | "cache" | "project">;

const CELLS: Readonly<Record<TextColumn, (session: ListedSession, look: PageLook) => Cell>> = {
  last: ({ lastActivityAt, startedAt }, { timezone }) => ({
    text: formatTime(lastActivityAt ?? startedAt, timezone, readClockNow()),
  }),
  source: ({ source }) => ({ text: source }),
  models: ({ models }) => modelsCell(models),
  turns: ({ turns }) => turns === undefined ? { text: "-", tone: "dim" } : { text: formatCount(turns) },
  duration: ({ durationMs }) => figure(durationMs, formatDuration),
  tokens: ({ usage }) => ({ text: formatTokens(totalTokens(usage)) }),
  largest: ({ largestPrompt }) => figure(largestPrompt, formatTokens),
  share: ({ usage }) => percentCell(cacheHitRatio(usage)),
  missUsd: ({ misses, missUsd }, look) => misses === 0 ? { text: "-", tone: "dim" } : usdCell(missUsd, look),
  cost: ({ cost }, look) => costCell(cost, look),
  session: ({ shortId }) => ({ text: shortId }),
  trace: ({ traceId }) => ({ text: traceId ?? "" }),
};

function figure(value: number | undefined, format: (value: number) => string): Cell {
  return value === undefined ? { text: "?", tone: "dim" } : { text: format(value) };
}
