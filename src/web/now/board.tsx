/** The board: what is warm, until when, and what is lost when it goes cold. */
import type { VNode } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import type { Money } from "../../operations/report/cells.ts";
import { moneyText } from "../../operations/report/cells.ts";
import { formatRelative, formatTime, formatTokens } from "../../operations/report/format.ts";
import { warmLine } from "../../operations/report/warm_text.ts";
import type { CacheOutput } from "../../operations/usage/cache_output.ts";
import { go } from "../address.ts";
import { formatClock, now } from "../clock.ts";
import { shortProject, useLook } from "../look.ts";
import { storedSignal } from "../stored.ts";
import type { TableColumn } from "../table/table_column.ts";
import { VirtualTable } from "../table/virtual_table.tsx";
import { Announcer } from "./announcer.tsx";
import {
  type BoardGroup,
  type BoardRow,
  boardRows,
  boardSum,
  type CacheEntry,
  evidenceText,
  groupRows,
  GROUPS,
  keyOfEntry,
  rememberWarm,
} from "./board_rows.ts";
import { filterCaches, type filtersOfNow } from "./filter_board.ts";
import { ResumeButton } from "./resume_button.tsx";

const sort = storedSignal("board sort", "left");
const group = storedSignal("board group", "none");

export function Board({ cache, filters, money }: {
  readonly cache: CacheOutput;
  readonly filters: ReturnType<typeof filtersOfNow>;
  readonly money: Money;
}): VNode {
  const at = now.value;
  const known = useRef<ReadonlyMap<string, CacheEntry>>(new Map());
  known.current = useMemo(() => rememberWarm(known.current, cache.caches, now.peek()), [cache]);
  const rows = boardRows(
    filterCaches([...known.current.values()], filters),
    at,
    sort.value === "stake" ? "stake" : "left",
  );
  const sum = boardSum(rows);
  const [selected, setSelected] = useState<string>();
  const chosen = rows.find(({ key }) => key === selected)?.entry;
  const maybe = filterCaches(cache.caches, filters).filter((entry) => entry.cache.state === "maybe");
  const lastColdAt = lastCold(rows, Object.keys(filters).length > 0 ? undefined : cache.lastColdAt);
  const summary = { ...sum, maybe: maybe.length, lastColdAt };
  const groups = groupRows(rows, group.value as BoardGroup);
  return (
    <section aria-labelledby="board-title">
      <div class="section-head">
        <h2 id="board-title">Warm now</h2>
        {rows.length > 1 && <Choices />}
      </div>
      <p>{warmLine(summary, at, money)}</p>
      {chosen !== undefined && <p class="said">{[chosen.cwd, chosen.title].filter((text) => text).join(" · ")}</p>}
      <Announcer rows={rows} money={money} />
      {groups.map(([title, rows], place) => (
        <div key={title}>
          {title !== "" && <h3>{title}</h3>}
          <VirtualTable
            label={title === "" ? "Warm caches" : `Warm caches: ${title}`}
            columns={columnsOf(at, money)}
            rows={rows}
            rowKey={({ key }) => key}
            rowClass={({ state }) => `row-${state}`}
            onOpen={({ entry }) => openSession(entry)}
            selected={selected}
            onSelect={setSelected}
            hearsPageKeys={place === 0}
          />
        </div>
      ))}
      {maybe.length > 0 && <MaybeWarm entries={maybe} at={at} money={money} hearsPageKeys={rows.length === 0} />}
    </section>
  );
}

/** @param said of all caches, whatever is filtered */
function lastCold(rows: readonly BoardRow[], said: string | undefined): number | undefined {
  const lost = rows.filter(({ state }) => state === "lost").map(({ expiresAt }) => expiresAt);
  const times = said === undefined ? lost : [...lost, Date.parse(said)];
  return times.length === 0 ? undefined : Math.max(...times);
}

function Choices(): VNode {
  return (
    <div class="buttons no-print">
      <label>
        Sort{" "}
        <select value={sort.value} onChange={(event) => sort.value = event.currentTarget.value}>
          <option value="left">by time left</option>
          <option value="stake">by what is at stake</option>
        </select>
      </label>
      <label>
        Group{" "}
        <select value={group.value} onChange={(event) => group.value = event.currentTarget.value}>
          {GROUPS.map((each) => <option key={each} value={each}>{each === "none" ? "not" : `by ${each}`}</option>)}
        </select>
      </label>
    </div>
  );
}

function openSession({ source, sessionId }: CacheEntry): void {
  go({ page: "session", path: [source, sessionId] });
}

/** Columns that both lists have. */
function sharedColumns<Row>(entryOf: (row: Row) => CacheEntry): readonly TableColumn<Row>[] {
  return [
    {
      key: "project",
      title: "Project",
      width: "minmax(8ch, 1.4fr)",
      cardLine: 1,
      cell: (row) => {
        const { cwd, title } = entryOf(row);
        return <span title={[cwd, title].filter((text) => text !== undefined).join("\n")}>{shortProject(cwd)}</span>;
      },
    },
    {
      key: "model",
      title: "Model",
      width: "minmax(8ch, 1.2fr)",
      cell: (row) => <span title={entryOf(row).cache.model}>{entryOf(row).cache.model ?? "?"}</span>,
    },
    {
      key: "provider",
      title: "Provider",
      width: "minmax(6ch, 0.7fr)",
      cell: (row) => entryOf(row).cache.provider ?? "?",
    },
    { key: "source", title: "Source", width: "minmax(6ch, 0.6fr)", cell: (row) => entryOf(row).source },
    {
      key: "tokens",
      title: "Tokens",
      align: "right",
      width: "6ch",
      cardLine: 3,
      cell: (row) => <span class="unit-tokens">{formatTokens(entryOf(row).cache.tokens)}</span>,
    },
  ];
}

function columnsOf(at: number, money: Money): readonly TableColumn<BoardRow>[] {
  return [
    {
      key: "left",
      title: "Time left",
      width: "minmax(18ch, 0.9fr)",
      cardLine: 1,
      cell: (row) => <TimeLeft row={row} money={money} />,
    },
    ...sharedColumns<BoardRow>(({ entry }) => entry),
    {
      key: "resume",
      title: "Resume now",
      align: "right",
      width: "11.5ch",
      cardLine: 3,
      cell: ({ entry, state }) => (
        <span class="unit-now">{state === "lost" ? "-" : moneyText(entry.cache.resumeUsd?.warm, money)}</span>
      ),
    },
    {
      key: "cold",
      title: "Once cold",
      align: "right",
      width: "9ch",
      cardLine: 3,
      cell: ({ entry }) => <span class="unit-cold">{moneyText(entry.cache.resumeUsd?.cold, money)}</span>,
    },
    {
      key: "known",
      title: "Known by",
      width: "minmax(9ch, 1fr)",
      cardLine: 0,
      cell: ({ entry, state, expiresAt }) =>
        state === "lost"
          ? `went cold ${formatRelative(expiresAt, at)}`
          : <span title={entry.cache.evidence?.basis}>{evidenceText(entry.cache)}</span>,
    },
    {
      key: "resumeCommand",
      title: "Resume",
      width: "9ch",
      cardLine: 1,
      cell: ({ entry }) => <ResumeButton entry={entry} />,
    },
  ];
}

function TimeLeft(
  { row: { entry, state, leftMs, leftShare }, money }: { readonly row: BoardRow; readonly money: Money },
): VNode {
  if (state === "lost") return <span class="time-left lost">cold, {moneyText(entry.lossUsd, money)} lost</span>;
  return (
    <span class={`time-left ${state}`}>
      <span class="figure">{formatClock(leftMs)}</span>
      {leftShare !== undefined && (
        <span class="left-bar" aria-hidden="true">
          <span style={{ "--left": `${(leftShare * 100).toFixed(1)}%` }} />
        </span>
      )}
      {state === "soon" && <span class="soon">soon</span>}
    </span>
  );
}

function MaybeWarm({ entries, at, money, hearsPageKeys }: {
  readonly entries: readonly CacheEntry[];
  readonly at: number;
  readonly money: Money;
  readonly hearsPageKeys: boolean;
}): VNode {
  const { timezone } = useLook();
  const untilOf = ({ coldAt, cache }: CacheEntry) => {
    const end = Date.parse(coldAt ?? cache.expiresAt ?? "");
    return end > at ? `until ${formatTime(end, timezone, at)}` : "-";
  };
  const columns: readonly TableColumn<CacheEntry>[] = [
    { key: "until", title: "Cold for certain", width: "minmax(13ch, 0.9fr)", cardLine: 1, cell: untilOf },
    ...sharedColumns<CacheEntry>((entry) => entry),
    {
      key: "cold",
      title: "Once cold",
      align: "right",
      width: "9ch",
      cardLine: 3,
      cell: ({ cache }) => <span class="unit-cold">{moneyText(cache.resumeUsd?.cold, money)}</span>,
    },
    {
      key: "reason",
      title: "Why only maybe",
      width: "minmax(12ch, 2fr)",
      cardLine: 3,
      cell: ({ cache }) => {
        const why = cache.reason ?? cache.evidence?.basis ?? "?";
        return <span title={why}>{why}</span>;
      },
    },
    {
      key: "resumeCommand",
      title: "Resume",
      width: "9ch",
      cardLine: 1,
      cell: (entry) => <ResumeButton entry={entry} />,
    },
  ];
  return (
    <div class="maybe">
      <h3>May be warm</h3>
      <VirtualTable
        label="Caches that may be warm"
        columns={columns}
        rows={entries}
        rowKey={keyOfEntry}
        onOpen={openSession}
        showsRows={12}
        hearsPageKeys={hearsPageKeys}
      />
    </div>
  );
}
