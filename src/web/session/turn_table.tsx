/** All turns as a table, with the columns of `session --turns`. */
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { modelCell, tokensCell, usdCell } from "../../operations/report/cells.ts";
import { formatCount, formatDuration, formatTime } from "../../operations/report/format.ts";
import { outcomeCell } from "../../operations/usage/outcome_cell.ts";
import type { Cell } from "../../operations/contract/view.ts";
import { CellText } from "../cell_text.tsx";
import { readClockNow } from "../clock.ts";
import { type Look, useLook } from "../look.ts";
import { type TableColumn, VirtualTable } from "../table/virtual_table.tsx";
import type { DrawnTurn } from "./read_turns.ts";

export function TurnTable({ turns, turn, onTurn }: {
  readonly turns: readonly DrawnTurn[];
  readonly turn: number | undefined;
  readonly onTurn: (turn: number) => void;
}): VNode {
  const look = useLook();
  const columns = useMemo(() => columnsOf(turns, look), [turns, look.currency, look.timezone]);
  return (
    <VirtualTable
      label="Turns"
      columns={columns}
      rows={turns}
      rowKey={(row) => String(row.turn)}
      rowClass={({ outcome }) => outcome === "miss" ? "row-miss" : undefined}
      selected={turn === undefined ? undefined : String(turn)}
      onSelect={(_, row) => onTurn(row.turn)}
      showsRows={16}
    />
  );
}

function columnsOf(turns: readonly DrawnTurn[], look: Look): readonly TableColumn<DrawnTurn>[] {
  const text = (
    key: string,
    title: string,
    width: string,
    cell: (turn: DrawnTurn) => Cell,
    rest: Pick<TableColumn<DrawnTurn>, "align" | "cardLine"> = {},
  ): TableColumn<DrawnTurn> => ({ key, title, width, cell: (turn) => <CellText cell={cell(turn)} />, ...rest });
  const right = { align: "right", cardLine: 2 } as const;
  const isOneChain = new Set(turns.map(({ chain }) => chain)).size < 2;
  const isOneModel = new Set(turns.map(({ model }) => model)).size < 2;
  return [
    text("turn", "Turn", "6ch", ({ turn }) => ({ text: formatCount(turn) }), { align: "right", cardLine: 1 }),
    text("at", "Time", "minmax(9ch, 16ch)", ({ at }) => ({
      text: formatTime(at, look.timezone, readClockNow(), "seconds"),
    }), { cardLine: 1 }),
    text("gapMs", "Gap", "8ch", ({ gapMs }) => ({ text: gapMs === undefined ? "" : formatDuration(gapMs) }), {
      align: "right",
      cardLine: 1,
    }),
    ...isOneChain
      ? []
      : [text("chain", "Chain", "minmax(6ch, 1fr)", ({ chain }) => ({ text: chain }), { cardLine: 0 })],
    ...isOneModel ? [] : [text("model", "Model", "minmax(8ch, 1fr)", ({ model }) => modelCell(model), { cardLine: 0 })],
    text("prompt", "Prompt", "8ch", ({ prompt }) => tokensCell(prompt), right),
    text("read", "Read", "8ch", ({ usage }) => tokensCell(usage.cacheRead), { ...right, cardLine: 0 }),
    text("write", "Write", "8ch", ({ usage }) => tokensCell(usage.cacheWrite + usage.cacheWrite1h), {
      ...right,
      cardLine: 0,
    }),
    text("output", "Output", "8ch", ({ usage }) => tokensCell(usage.output), { ...right, cardLine: 0 }),
    text("usd", "Cost", "9ch", ({ usd }) => usdCell(usd, look), right),
    text("cache", "Cache", "minmax(14ch, 3fr)", (turn) => outcomeCell(turn, look), { cardLine: 3 }),
  ];
}
