/** The main conversation and each sub-agent as lanes on true time, with what they cost. A table that is drawn into. */
import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { costCell } from "../../operations/report/cells.ts";
import { formatCount, formatDuration, formatTime } from "../../operations/report/format.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import { go } from "../address.ts";
import { CellText } from "../cell_text.tsx";
import { readClockNow } from "../clock.ts";
import { useLook } from "../look.ts";
import { PlainTable } from "../plain_table.tsx";
import { type Lane, layOutChains } from "./lay_out_chains.ts";
import type { DrawnTurn } from "./read_turns.ts";
import { chainText } from "./turn_charts.tsx";

/** So many are shown at first. */
const MOST_LANES = 12;

export function ChainLanes({ chains, turns, chain }: {
  readonly chains: SessionOutput["chains"];
  readonly turns: readonly DrawnTurn[];
  /** The one that the charts show. */
  readonly chain: string | undefined;
}): VNode {
  const look = useLook();
  const [isWhole, setWhole] = useState(false);
  const { lanes, from, to } = useMemo(() => layOutChains(chains, turns), [chains, turns]);
  const shown = isWhole ? lanes : lanes.slice(0, MOST_LANES);
  const time = (at: number) => formatTime(at, look.timezone, readClockNow());
  return (
    <>
      <PlainTable
        label="Chains"
        name="lanes"
        rows={shown}
        columns={[
          {
            title: "Chain",
            cell: (lane) => (
              <button
                type="button"
                class="link lane-name"
                aria-pressed={chain === lane.chain}
                title={`Show the turns of ${lane.chain} alone`}
                onClick={() => go({ query: { chain: chain === lane.chain ? "" : lane.chain, zoom: "" } })}
              >
                {chainText(lane.chain)}
              </button>
            ),
          },
          {
            title: from === undefined || to === undefined ? "Time" : (
              <span class="lane-ends">
                <span>{time(from)}</span>
                <span>{time(to)}</span>
              </span>
            ),
            name: "lane-head",
            cell: (lane) => <Track lane={lane} from={from} to={to} />,
          },
          {
            title: "Duration",
            name: "number",
            cell: ({ from, to }) => from === undefined || to === undefined ? "?" : formatDuration(to - from),
          },
          { title: "Turns", name: "number", cell: ({ turns }) => formatCount(turns) },
          { title: "Cost", name: "number", cell: ({ cost }) => <CellText cell={costCell(cost, look)} /> },
        ]}
      />
      {lanes.length > MOST_LANES && (
        <button
          type="button"
          class="link"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? "Show fewer" : `Show all ${formatCount(lanes.length)}`}
        </button>
      )}
    </>
  );
}

function Track({ lane, from, to }: {
  readonly lane: Lane;
  readonly from: number | undefined;
  readonly to: number | undefined;
}): VNode | null {
  if (lane.from === undefined || lane.to === undefined || from === undefined || to === undefined) return null;
  const length = Math.max(1, to - from);
  const share = (ms: number) => `${Math.round(ms / length * 10_000) / 100}%`;
  return (
    <div class="lane-track" aria-hidden="true">
      <div
        class="lane-bar"
        style={{ "--lane-from": share(lane.from - from), "--lane-width": share(lane.to - lane.from) }}
      />
    </div>
  );
}
