/** All turns as a table, with the columns of `session --turns`, and those alone that lost the cache. */
import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { missCauseText, viaText } from "../../operations/report/via_text.ts";
import { modelCell, tokensCell, usdCell } from "../../operations/report/cells.ts";
import { formatCount, formatDuration, formatTime } from "../../operations/report/format.ts";
import { outcomeCell } from "../../operations/usage/outcome_cell.ts";
import type { Cell } from "../../operations/contract/view.ts";
import { CellText } from "../cell_text.tsx";
import { readClockNow } from "../clock.ts";
import { type PageLook, useLook } from "../look.ts";
import type { ColumnRoom } from "../table/fit_columns.ts";
import { useFittingColumns } from "../table/use_fitting_columns.ts";
import type { TableColumn } from "../table/table_column.ts";
import { VirtualTable } from "../table/virtual_table.tsx";
import type { DrawnTurn } from "./read_turns.ts";

interface TurnTableProps {
  readonly turns: readonly DrawnTurn[];
  /** Number of the turn that is chosen here, and in the charts. */
  readonly turn: number | undefined;
  readonly onTurn: (turn: number) => void;
  /** Only those that lost the cache. */
  readonly onlyMisses?: boolean;
}

export function TurnTable({ turns, turn, onTurn, onlyMisses = false }: TurnTableProps): VNode {
  const look = useLook();
  const frame = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () => onlyMisses ? turns.filter(({ outcome }) => outcome === "miss") : turns,
    [turns, onlyMisses],
  );
  const all = useMemo(
    () => (onlyMisses ? missColumns : turnColumns)(rows, look),
    [rows, onlyMisses, look.currency, look.timezone],
  );
  const columns = useFittingColumns(frame, all);
  return (
    <div ref={frame} class="dense">
      {rows.length === 0 ? <p>No turn missed the cache.</p> : (
        <VirtualTable
          label={onlyMisses ? "Misses" : "Turns"}
          hearsPageKeys={!onlyMisses}
          columns={columns}
          rows={rows}
          rowKey={(row) => String(row.turn)}
          selected={turn === undefined ? undefined : String(turn)}
          onSelect={(_, row) => onTurn(row.turn)}
          showsRows={onlyMisses ? 8 : 16}
        />
      )}
    </div>
  );
}

type TurnColumn = TableColumn<DrawnTurn> & ColumnRoom;

/** Those that are a figure stand at the right. */
function column(
  key: string,
  title: string,
  [least, rank]: readonly [least: number, rank: number],
  cell: (turn: DrawnTurn) => Cell,
  rest: Pick<TurnColumn, "align" | "cardLine"> & { readonly grows?: string } = {},
): TurnColumn {
  const { grows, ...others } = rest;
  const width = grows === undefined ? `${least}ch` : `minmax(${least}ch, ${grows})`;
  return { key, title, least, rank, width, cell: (turn) => <CellText cell={cell(turn)} />, ...others };
}

const FIGURE = { align: "right", cardLine: 2 } as const;
const LEFT_OUT = { align: "right", cardLine: 0 } as const;

/** What both tables begin with. */
function firstColumns({ timezone }: PageLook, gapTitle: string): readonly TurnColumn[] {
  const time = ({ at }: DrawnTurn) => ({ text: formatTime(at, timezone, readClockNow(), "seconds") });
  return [
    column("turn", "Turn", [6, 0], ({ turn }) => ({ text: formatCount(turn) }), { align: "right", cardLine: 1 }),
    column("at", "Time", [15, 3], time, { cardLine: 1 }),
    column("gapMs", gapTitle, [8, 2], ({ gapMs }) => ({ text: gapMs === undefined ? "" : formatDuration(gapMs) }), {
      align: "right",
      cardLine: 1,
    }),
  ];
}

function turnColumns(turns: readonly DrawnTurn[], look: PageLook): readonly TurnColumn[] {
  const differ = (read: (turn: DrawnTurn) => string) => new Set(turns.map(read)).size > 1;
  const written = ({ usage }: DrawnTurn) => tokensCell(usage.cacheWrite + usage.cacheWrite1h);
  return [
    ...firstColumns(look, "Gap"),
    ...differ(({ chain }) => chain)
      ? [column("chain", "Chain", [13, 8], ({ chain }) => ({ text: chain }), { cardLine: 0, grows: "1fr" })]
      : [],
    ...differ(({ model }) => model)
      ? [column("model", "Model", [15, 9], ({ model }) => modelCell(model), { cardLine: 0, grows: "1.5fr" })]
      : [],
    ...turns.some((turn) => viaText(turn) !== "")
      ? [column("via", "Via", [12, 3], (turn) => ({ text: viaText(turn) }), { cardLine: 0, grows: "1fr" })]
      : [],
    column("prompt", "Prompt", [7, 4], ({ prompt }) => tokensCell(prompt), FIGURE),
    column("read", "Read", [7, 5], ({ usage }) => tokensCell(usage.cacheRead), LEFT_OUT),
    column("write", "Write", [7, 6], written, LEFT_OUT),
    column("output", "Output", [7, 7], ({ usage }) => tokensCell(usage.output), LEFT_OUT),
    column("usd", "Cost", [8, 1], ({ usd }) => usdCell(usd, look), FIGURE),
    column("cache", "Cache", [16, 1], (turn) => outcomeCell(turn, look), { cardLine: 3, grows: "3fr" }),
  ];
}

function missColumns(_: readonly DrawnTurn[], look: PageLook): readonly TurnColumn[] {
  const cause = ({ cause = "unexplained", rerouted }: DrawnTurn) => ({ text: missCauseText({ cause, rerouted }) });
  return [
    ...firstColumns(look, "Pause"),
    column("cause", "Cause", [15, 1], cause, { cardLine: 2, grows: "1fr" }),
    column("tokens", "Sent again", [10, 4], ({ missedTokens }) => tokensCell(missedTokens), { ...FIGURE, cardLine: 3 }),
    column("usd", "Lost", [8, 1], ({ missedUsd }) => usdCell(missedUsd, look), { ...FIGURE, cardLine: 3 }),
  ];
}
