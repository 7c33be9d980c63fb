/** How `misses` is shown to people: single ones, and what they add up to. */
import type { Block, View } from "../contract/view.ts";
import type { Money } from "../report/cells.ts";
import { currencyBlocks } from "../report/currency.ts";
import { partOf } from "../report/notes.ts";
import type { MissKey } from "./miss_keys.ts";
import type { MissesOutput } from "./misses_output.ts";
import { missGroupsTable, missListTable, missSentence } from "./misses_tables.ts";

type Context = Money & { readonly home: string };

/** Beside rows that were asked for. */
const SOME_MISSES = 5;

/** Drawn from what `--json` says. @param input Whether rows were asked for, which come first then */
export function viewMisses(output: MissesOutput, input: { readonly by?: MissKey }, { digits, home }: Context): View {
  const context = { digits, home, currency: output.currency };
  const { total, list, rows, notes } = output;
  if (total.misses === 0) return [{ kind: "text", text: "No cache was lost." }, ...notes.map(noteOf)];
  const isGrouped = input.by !== undefined;
  const singles = isGrouped ? list.slice(0, SOME_MISSES) : list;
  const [groups, table] = [missGroupsTable(output, context), missListTable(singles, output, context)];
  return [
    { kind: "text", text: missSentence(output, context) },
    ...(isGrouped ? [groups, table] : [table, groups]),
    ...(rows.length < output.totalRows
      ? [{ kind: "text" as const, text: `${partOf(rows.length, output.totalRows)} rows.` }]
      : []),
    ...(list[0] === undefined ? [] : [{
      kind: "text" as const,
      text: `\`opper-agent session ${list[0].shortId} --misses\` shows those of one session.`,
      tone: "dim" as const,
    }]),
    ...currencyBlocks(output.currency),
    ...notes.map(noteOf),
  ];
}

function noteOf(text: string): Block {
  return { kind: "text", text, tone: "dim" };
}
