/** `--dry-run`: the three latest rows, column by column, and what of them leaves. Writes nothing. */
import { isoTime } from "../../core/iso_time.ts";
import { jsonLine, plainValue } from "../../export/render_rows.ts";
import { TURN_COLUMNS } from "../../export/turn_row.ts";
import type { OperationContext } from "../contract/context.ts";
import type { View } from "../contract/view.ts";
import { countOf } from "../report/notes.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import type { RowRequest } from "./export_rows.ts";
import { takeSampleRows } from "./print_rows.ts";

const SAMPLE_ROWS = 3;

/** How a column leaves. */
type Leaves = "as it is" | "hashed" | "empty";

export async function sampleView(request: RowRequest, context: OperationContext) {
  const { sample, turns, sessions } = await takeSampleRows(request, context, SAMPLE_ROWS);
  const columns = TURN_COLUMNS.map(({ name }) => ({ name, leaves: howItLeaves(name, request) }));
  const answer = {
    schemaVersion: ANSWER_VERSION,
    asOf: isoTime(context.now)!,
    sessions,
    turns,
    columns,
    rows: sample.map((row): unknown => JSON.parse(jsonLine(row))),
  };
  const view: View = [
    {
      kind: "table",
      columns: [
        { key: "column", title: "Column" },
        { key: "leaves", title: "Leaves" },
        ...sample.map((_, place) => ({
          key: `row${place + 1}`,
          title: `Row ${place + 1}`,
          shrink: "keep_start" as const,
        })),
      ],
      rows: TURN_COLUMNS.map((column, place) => [
        { text: column.name },
        { text: columns[place]!.leaves, tone: columns[place]!.leaves === "as it is" ? "dim" : "good" },
        ...sample.map((row) => ({ text: plainValue(column, row) ?? "" })),
      ]),
    },
    {
      kind: "text",
      text: `Nothing was written. There are ${countOf(turns, "turn")} of ${countOf(sessions, "session")}; ` +
        "these are the latest. No other column leaves, and no text of a conversation.",
    },
  ];
  return { answer, view };
}

function howItLeaves(name: string, { names: { hash, without } }: RowRequest): Leaves {
  const removed = without.includes("session") ? [...without, "session_id", "trace_id"] : without;
  if ((removed as readonly string[]).includes(name)) return "empty";
  return (hash as readonly string[]).includes(name) ? "hashed" : "as it is";
}
