/** The page Sessions: every session in one list, to be searched, filtered, ordered and added up. */
import type { VNode } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { cacheHitRatio, totalTokens } from "../../core/model.ts";
import { costCell, moneyText } from "../../operations/report/cells.ts";
import { formatCount, formatPercent, formatTokens } from "../../operations/report/format.ts";
import { countOf } from "../../operations/report/notes.ts";
import { filtersOf, go, isFiltered, type Route } from "../address.ts";
import { useClient } from "../client.ts";
import { useKeys } from "../keys.ts";
import { type PageLook, useLook } from "../look.ts";
import { keyOf } from "../sessions/merge_sessions.ts";
import type { ListedSession } from "../sessions/read_sessions.ts";
import { type SessionsColumn, sessionsColumn } from "../sessions/sessions_columns.tsx";
import { SessionsControls } from "../sessions/sessions_controls.tsx";
import {
  filterSessions,
  orderSessions,
  readColumns,
  readSessionsFilter,
  readSorting,
  switchSorting,
} from "../sessions/sessions_filter.ts";
import { readPicked, sumSessions, switchPicked } from "../sessions/sum_sessions.ts";
import { useSessions } from "../sessions/use_sessions.ts";
import { missesText } from "../misses_text.ts";
import { Empty, FirstScan, Notes, WithAnswer } from "../states.tsx";
import { storedSignal } from "../stored.ts";
import { useFittingColumns } from "../table/use_fitting_columns.ts";
import { VirtualTable } from "../table/virtual_table.tsx";
import { useValue } from "../use_value.ts";

/** Chosen last, as the address has them. */
const keptColumns = storedSignal("session columns", "");

export function SessionsPage({ route }: { readonly route: Route }): VNode {
  const client = useClient();
  const answer = useSessions(route);
  const { connection, progress } = useValue(client.live);
  if (connection === "reading" && answer.answer === undefined) return <FirstScan progress={progress} />;
  return (
    <>
      <h1>Sessions</h1>
      <WithAnswer of={answer} rows={12} what="sessions">
        {({ sessions, notes }) => (
          <>
            {sessions.length === 0 && !isFiltered(filtersOf(route))
              ? <Empty says="There is no session yet." />
              : <SessionList route={route} sessions={sessions} />}
            <Notes notes={notes} />
          </>
        )}
      </WithAnswer>
    </>
  );
}

function SessionList({ route, sessions }: {
  readonly route: Route;
  readonly sessions: readonly ListedSession[];
}): VNode {
  const look = useLook();
  const frame = useRef<HTMLDivElement>(null);
  const { query } = route;
  const chosen = readColumns(query, useValue(keptColumns));
  const sorting = readSorting(query);
  const filter = readSessionsFilter(query);
  const found = useMemo(
    () => orderSessions(filterSessions(sessions, filter), sorting),
    [sessions, JSON.stringify(filter), sorting.by, sorting.isUp],
  );
  const picked = readPicked(query);
  const [row, setRow] = useState<string>();
  const last = useRef<string>(undefined);
  // Columns stay the same ones where others are found, so that rows that stay are not drawn again.
  const listed = useRef(found);
  listed.current = found;
  const pick = (session: ListedSession, isRange: boolean) => {
    const ids = isRange ? idsBetween(listed.current, last.current, session.shortId) : [session.shortId];
    last.current = session.shortId;
    go({ query: { pick: switchPicked(picked, ids) } }, "replace");
  };
  useKeys({
    x: () => {
      const current = found.find((session) => keyOf(session) === row);
      if (current !== undefined) pick(current, false);
    },
  });
  const all = useMemo(
    () => [pickColumn(picked, pick), ...chosen.map((key) => sessionsColumn(key, look))],
    [query["pick"], chosen.join(), look.currency, look.timezone],
  );
  const columns = useFittingColumns(frame, all);
  return (
    <div ref={frame} class="dense">
      <SessionsControls
        route={route}
        columns={chosen}
        hidden={all.length - columns.length}
        onColumns={(next) => {
          keptColumns.value = next.join(",");
          go({ query: { cols: next.join(",") } }, "replace");
        }}
      />
      <p role="status">
        <SumText sessions={found} of={sessions.length} look={look} />
      </p>
      {picked.size > 0 && <Picked sessions={sessions.filter(({ shortId }) => picked.has(shortId))} look={look} />}
      {found.length === 0 ? <NoneFound route={route} isAny={sessions.length > 0} /> : (
        <VirtualTable
          label="Sessions"
          columns={columns}
          rows={found}
          rowKey={keyOf}
          rowClass={({ shortId }) => picked.has(shortId) ? "row-picked" : undefined}
          onOpen={({ source, sessionId }) => go({ page: "session", path: [source, sessionId] })}
          selected={row}
          onSelect={setRow}
          sort={{ key: sorting.by, isDescending: !sorting.isUp }}
          onSort={(key) => go({ query: { sort: switchSorting(sorting, key as typeof sorting.by) } }, "replace")}
        />
      )}
    </div>
  );
}

function pickColumn(
  picked: ReadonlySet<string>,
  pick: (session: ListedSession, isRange: boolean) => void,
): SessionsColumn {
  return {
    key: "pick",
    least: 3,
    rank: 0,
    title: "Pick",
    hidesTitle: true,
    width: "22px",
    cardLine: 0,
    cell: (session) => (
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={`Select ${(session.title ?? session.shortId).slice(0, 80)}`}
        checked={picked.has(session.shortId)}
        onClick={(event) => pick(session, event.shiftKey)}
      />
    ),
  };
}

/** From the row that was picked last to this one, which stands last. */
function idsBetween(
  sessions: readonly ListedSession[],
  from: string | undefined,
  to: string,
): readonly string[] {
  const [a, b] = [from, to].map((id) => sessions.findIndex(({ shortId }) => shortId === id));
  if (a === -1) return [to];
  const ids = sessions.slice(Math.min(a!, b!), Math.max(a!, b!) + 1).map(({ shortId }) => shortId);
  return a! < b! ? ids : ids.toReversed();
}

/** `312 of 1,549 sessions: $1,234.56+, 12,345 turns, 96.1% of prompts from the cache, 40 misses cost $8.88`. */
function SumText({ sessions, of, look }: {
  readonly sessions: readonly ListedSession[];
  readonly of: number;
  readonly look: PageLook;
}): VNode {
  const sum = useMemo(() => sumSessions(sessions), [sessions]);
  const count = sessions.length === of ? formatCount(of) : `${formatCount(sessions.length)} of ${formatCount(of)}`;
  const share = cacheHitRatio(sum.usage);
  const parts = [
    costCell(sum.cost, look).text,
    countOf(sum.turns, "turn"),
    `${formatTokens(totalTokens(sum.usage))} tokens`,
    ...(share === undefined ? [] : [`${formatPercent(share)} of prompts from the cache`]),
    ...(sum.misses === 0 ? [] : [`${missesText(sum.misses)} cost ${moneyText(sum.missUsd, look)}`]),
  ];
  return (
    <>
      <strong>{`${count} ${of === 1 ? "session" : "sessions"}`}</strong>
      {sessions.length > 0 && `: ${parts.join(", ")}`}
    </>
  );
}

function Picked({ sessions, look }: { readonly sessions: readonly ListedSession[]; readonly look: PageLook }): VNode {
  return (
    <p class="session-picked" role="status">
      <span>
        Selected: <SumText sessions={sessions} of={sessions.length} look={look} />
      </span>
      <button type="button" class="button no-print" onClick={() => go({ query: { pick: "" } }, "replace")}>
        Select none
      </button>
    </p>
  );
}

function NoneFound({ route, isAny }: { readonly route: Route; readonly isAny: boolean }): VNode {
  const filters = Object.keys(filtersOf(route));
  if (isAny) return <Empty says="No session has all of that. Clear what was typed and chosen above to see all." />;
  return (
    <Empty says="No session passes the filters above.">
      <button
        type="button"
        class="button"
        onClick={() => go({ query: Object.fromEntries(filters.map((name) => [name, ""])) })}
      >
        Show all sessions
      </button>
    </Empty>
  );
}
