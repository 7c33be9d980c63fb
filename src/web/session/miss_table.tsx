/** Turns that lost the cache: after which pause, why, and what it cost. A click chooses the turn in the charts. */
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { causeText } from "../../operations/report/cause_text.ts";
import { tokensCell, usdCell } from "../../operations/report/cells.ts";
import { formatCount, formatDuration, formatTime } from "../../operations/report/format.ts";
import { CellText } from "../cell_text.tsx";
import { readClockNow } from "../clock.ts";
import { useLook } from "../look.ts";
import { VirtualTable } from "../table/virtual_table.tsx";
import type { DrawnTurn } from "./read_turns.ts";

export function MissTable({ turns, turn, onTurn }: {
  readonly turns: readonly DrawnTurn[];
  readonly turn: number | undefined;
  readonly onTurn: (turn: number) => void;
}): VNode {
  const look = useLook();
  const misses = useMemo(() => turns.filter(({ outcome }) => outcome === "miss"), [turns]);
  if (misses.length === 0) return <p>No turn missed the cache.</p>;
  return (
    <VirtualTable
      label="Misses"
      hearsPageKeys={false}
      showsRows={8}
      rows={misses}
      rowKey={(row) => String(row.turn)}
      selected={turn === undefined ? undefined : String(turn)}
      onSelect={(_, row) => onTurn(row.turn)}
      columns={[
        {
          key: "turn",
          title: "Turn",
          width: "7ch",
          align: "right",
          cardLine: 1,
          cell: (miss) => <CellText cell={{ text: formatCount(miss.turn) }} />,
        },
        {
          key: "at",
          title: "Time",
          width: "minmax(9ch, 16ch)",
          cardLine: 1,
          cell: ({ at }) => <CellText cell={{ text: formatTime(at, look.timezone, readClockNow(), "seconds") }} />,
        },
        {
          key: "gap",
          title: "Pause",
          width: "8ch",
          align: "right",
          cardLine: 1,
          cell: ({ gapMs }) => <CellText cell={{ text: formatDuration(gapMs) }} />,
        },
        {
          key: "cause",
          title: "Cause",
          width: "minmax(14ch, 1fr)",
          cardLine: 2,
          cell: ({ cause = "unexplained" }) => <CellText cell={{ text: causeText(cause) }} />,
        },
        {
          key: "tokens",
          title: "Sent again",
          width: "10ch",
          align: "right",
          cardLine: 3,
          cell: ({ missedTokens }) => <CellText cell={tokensCell(missedTokens)} />,
        },
        {
          key: "usd",
          title: "Lost",
          width: "9ch",
          align: "right",
          cardLine: 3,
          cell: ({ missedUsd }) => <CellText cell={usdCell(missedUsd, look)} />,
        },
      ]}
    />
  );
}
