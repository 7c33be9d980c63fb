/** The board: what is warm, until when, and what is lost when it goes cold. */
import type { ComponentChildren, VNode } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import type { Money } from "../../operations/report/cells.ts";
import { moneyText } from "../../operations/report/cells.ts";
import { formatRelative, formatTime, formatTokens } from "../../operations/report/format.ts";
import { warmLine } from "../../operations/report/warm_text.ts";
import type { CacheOutput } from "../../operations/usage/cache_output.ts";
import { go, isFiltered } from "../address.ts";
import { formatClock, now } from "../clock.ts";
import { shortProject, useLook } from "../look.ts";
import { storedSignal } from "../stored.ts";
import { type ColumnWidth, figureColumn, type TableColumn, textColumn } from "../table/table_column.ts";
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
import { useValue } from "../use_value.ts";

const sort = storedSignal("board sort", "left");
const group = storedSignal("board group", "none");

export function Board({ cache, filters, money }: {
  readonly cache: CacheOutput;
  readonly filters: ReturnType<typeof filtersOfNow>;
  readonly money: Money;
}): VNode {
  const at = useValue(now);
  const by = useValue(sort);
  const groupedBy = useValue(group);
  const known = useRef<ReadonlyMap<string, CacheEntry>>(new Map());
  known.current = useMemo(() => rememberWarm(known.current, cache.caches, now.peek()), [cache]);
  const rows = boardRows(
    filterCaches([...known.current.values()], filters),
    at,
    by === "stake" ? "stake" : "left",
  );
  const sum = boardSum(rows);
  const [selected, setSelected] = useState<string>();
  const chosen = rows.find(({ key }) => key === selected)?.entry;
  const maybe = filterCaches(cache.caches, filters).filter((entry) => entry.cache.state === "maybe");
  const lastColdAt = lastCold(rows, isFiltered(filters) ? undefined : cache.lastColdAt);
  const summary = { ...sum, maybe: maybe.length, lastColdAt };
  const groups = groupRows(rows, groupedBy as BoardGroup);
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
            columns={warmColumns(at, money)}
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

/** What a list of caches begins with, the figures it has beside tokens, and what it says of how that is known. */
interface OwnColumns<Row> {
  readonly first: TableColumn<Row>;
  readonly figures?: readonly TableColumn<Row>[];
  readonly last: TableColumn<Row>;
}

/** The columns of both lists. */
function columnsOf<Row>(
  entryOf: (row: Row) => CacheEntry,
  money: Money,
  { first, figures = [], last }: OwnColumns<Row>,
): readonly TableColumn<Row>[] {
  const text = (title: string, width: ColumnWidth, cell: (entry: CacheEntry) => ComponentChildren, cardLine?: 1) =>
    textColumn(title, width, (row: Row) => cell(entryOf(row)), cardLine);
  const figure = (title: string, width: number, unit: string, cell: (entry: CacheEntry) => string) =>
    figureColumn(title, width, (row: Row) => <span class={`unit-${unit}`}>{cell(entryOf(row))}</span>, 3);
  return [
    first,
    text(
      "Project",
      [8, 1.4],
      ({ cwd, title }) => (
        <span title={[cwd, title].filter((text) => text !== undefined).join("\n")}>{shortProject(cwd)}</span>
      ),
      1,
    ),
    text("Model", [8, 1.2], ({ cache: { model } }) => <span title={model}>{model ?? "?"}</span>),
    text("Provider", [6, 0.7], ({ cache }) => cache.provider ?? "?"),
    text("Source", [6, 0.6], ({ source }) => source),
    figure("Tokens", 6, "tokens", ({ cache }) => formatTokens(cache.tokens)),
    ...figures,
    figure("Once cold", 9, "cold", ({ cache }) => moneyText(cache.resumeUsd?.cold, money)),
    last,
    text("Resume", 9, (entry) => <ResumeButton entry={entry} />, 1),
  ];
}

function warmColumns(at: number, money: Money): readonly TableColumn<BoardRow>[] {
  return columnsOf<BoardRow>(({ entry }) => entry, money, {
    first: textColumn("Time left", [18, 0.9], (row) => <TimeLeft row={row} money={money} />, 1),
    figures: [
      figureColumn(
        "Resume now",
        11.5,
        ({ entry, state }) => (
          <span class="unit-now">{state === "lost" ? "-" : moneyText(entry.cache.resumeUsd?.warm, money)}</span>
        ),
        3,
      ),
    ],
    last: textColumn(
      "Known by",
      [9, 1],
      ({ entry: { cache }, state, expiresAt }) =>
        state === "lost"
          ? `went cold ${formatRelative(expiresAt, at)}`
          : <span title={cache.evidence?.basis}>{evidenceText(cache)}</span>,
      0,
    ),
  });
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
  const columns = columnsOf<CacheEntry>((entry) => entry, money, {
    first: textColumn("Cold for certain", [13, 0.9], untilOf, 1),
    last: textColumn("Why only maybe", [12, 2], ({ cache }) => {
      const why = cache.reason ?? cache.evidence?.basis ?? "?";
      return <span title={why}>{why}</span>;
    }, 3),
  });
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
