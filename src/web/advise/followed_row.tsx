/** One row of `advise`: every setting that was compared, and the turns that the other lifetime would have changed. */
import type { VNode } from "preact";
import { followedBlocks } from "../../operations/advice/advice_figures.ts";
import type { AdviceLook } from "../../operations/advice/advice_look.ts";
import { lifetimeText } from "../../operations/advice/advice_rows_table.ts";
import type { AdviceJsonOption, AdviceRow, AdviseOutput } from "../../operations/advice/advise_output.ts";
import { moneyText } from "../../operations/report/cells.ts";
import { formatDuration } from "../../operations/report/format.ts";
import { linkTo } from "../address.ts";
import { PlainTable } from "../plain_table.tsx";
import { ViewTable } from "../table/view_table.tsx";
import { Whiskers } from "./whiskers.tsx";

export function FollowedRow({ row, answer, look }: {
  readonly row: AdviceRow;
  readonly answer: AdviseOutput;
  readonly look: AdviceLook;
}): VNode {
  const spreads = row.options.map(spreadOf);
  const [table, sum] = followedBlocks(row, answer, look);
  const linkOf = (at: unknown) => {
    const found = row.followed?.returns.find((each) => each.at === at);
    return found && linkTo({ page: "session", path: [row.source, found.sessionId], query: { at: found.at } });
  };
  return (
    <>
      <section>
        <h2>{row.project}, {row.role}</h2>
        <PlainTable
          label="Settings"
          rows={row.options}
          columns={[
            { title: "Setting", cell: optionText },
            { title: "Cost", name: "number", cell: ({ usd }) => moneyText(usd, look) },
            { title: "At least", name: "number medium-only", cell: ({ lowUsd }) => moneyText(lowUsd, look) },
            { title: "At most", name: "number medium-only", cell: ({ highUsd }) => moneyText(highUsd, look) },
            {
              title: <span class="hidden-text">Bar</span>,
              name: "bar-cell medium-only",
              cell: (option) => <Whiskers spread={spreadOf(option)} all={spreads} />,
            },
          ]}
        />
      </section>
      {table?.kind === "table" && (
        <section class="singles">
          <h2>{table.title}</h2>
          <ViewTable
            table={table}
            label="Turns"
            first={(_, { text, value }) => <a href={linkOf(value)}>{text}</a>}
          />
          {sum?.kind === "text" && <p>{sum.text}</p>}
        </section>
      )}
    </>
  );
}

/** `1 hour`, `5 minutes, and a ping every 4m 30s, up to 11 times`. */
function optionText({ id, isRecorded, everyMs, count }: AdviceJsonOption): string {
  const pings = everyMs === undefined
    ? ""
    : count
    ? `, a ping every ${formatDuration(everyMs)}, up to ${count} times`
    : ", no pings";
  return `${lifetimeText(id)}${pings}${isRecorded ? " (as it was)" : ""}`;
}

function spreadOf({ usd, lowUsd, highUsd }: AdviceJsonOption) {
  return { at: usd, least: lowUsd, most: highUsd };
}
