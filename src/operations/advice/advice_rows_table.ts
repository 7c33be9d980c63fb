/** The rows of `advise`: those that a setting would have saved, and those that are better left as they are. */
import type { Cell, TableBlock } from "../contract/view.ts";
import { projectCell, shortenPath, usdCell } from "../report/cells.ts";
import { countOf } from "../report/notes.ts";
import type { AdviceLook } from "./advice_look.ts";
import type { AdviceRow, AdviseOutput } from "./advise_output.ts";

/** The table that `--csv` prints. */
export function rowsTable({ rows }: AdviseOutput, look: AdviceLook): TableBlock {
  const advised = rows.filter(({ advice }) => advice !== undefined)
    .toSorted((a, b) => b.advice!.savesUsd - a.advice!.savesUsd);
  const others = rows.filter(({ advice }) => advice === undefined);
  return {
    kind: "table",
    columns: [
      { key: "project", title: "Project", shrink: "keep_end" },
      { key: "source", title: "Source", priority: 3 },
      { key: "role", title: "Role" },
      { key: "savesUsd", title: "Saves", align: "right" },
      { key: "atLeastUsd", title: "At least", align: "right" },
      { key: "recordedUsd", title: "Recorded", align: "right", priority: 2 },
      { key: "what", title: "With", shrink: "keep_start", shortensAt: 0.5 },
    ],
    rows: [
      ...(advised.length === 0 ? [] : [titleRow("Would have saved"), ...advised.map((row) => cellsOf(row, look))]),
      ...(others.length === 0 ? [] : [titleRow("Leave as it is"), ...others.map((row) => cellsOf(row, look))]),
    ],
  };
}

function titleRow(text: string): Cell[] {
  return [{ text, tone: "strong", onScreenOnly: true }, ...Array.from({ length: 6 }, () => ({ text: "" }))];
}

function cellsOf(row: AdviceRow, look: AdviceLook): Cell[] {
  const { project, source, role, recordedUsd, advice, leave } = row;
  const said = advice ?? leave;
  const nothing: Cell = { text: "-", value: null, tone: "dim" };
  return [
    projectCell(project, look.home),
    { text: source },
    { text: role },
    said === undefined ? nothing : usdCell(said.savesUsd, look),
    said === undefined || said.savesUsd <= 0 ? nothing : usdCell(said.atLeastUsd, look),
    usdCell(recordedUsd, look),
    whatCell(row),
  ];
}

/** As people say it. */
export function lifetimeText(id: string): string {
  return id.endsWith("_1h") ? "1 hour" : "5 minutes";
}

const DOUBTS: Readonly<Record<NonNullable<AdviceRow["leave"]>["reason"], string>> = {
  costs_more: "would have cost more",
  too_small: "too little saved",
  too_uncertain: "too uncertain",
  too_few: "too few turns to go by",
  one_return: "owed to one return",
  no_setting: "no setting known",
  plan: "a plan pays",
};

function whatCell(row: AdviceRow): Cell {
  const { advice, leave, options } = row;
  const said = advice ?? leave;
  if (said === undefined) return { text: "-", value: null, tone: "dim" };
  const lifetime = lifetimeText(said.id);
  const value = said.id;
  if (leave !== undefined) {
    return { text: `${lifetime}: ${DOUBTS[leave.reason]}`, value, tone: "dim", forms: [lifetime] };
  }
  const recorded = options.find(({ isRecorded }) => isRecorded);
  const instead = recorded === undefined ? lifetime : `${lifetime} instead of ${lifetimeText(recorded.id)}`;
  const { returns } = options.find(({ id }) => id === said.id)!;
  const why = said.id === "cache_1h"
    ? `${countOf(returns, "return")} after 5 to 60 minutes`
    : returns === 0
    ? "no pause was longer"
    : `${countOf(returns, "return")} read less`;
  return { text: `${instead}: ${why}`, value, forms: [instead, lifetime] };
}

/** `1 hour instead of 5 minutes: 73 returns after 5 to 60 minutes`. */
export function whatText(row: AdviceRow): string {
  return whatCell(row).text;
}

/** The last name of its path, with its role. */
export function shortName({ project }: Pick<AdviceRow, "project">, home: string): string {
  return shortenPath(project, home).split(/[/\\]/).findLast((part) => part !== "") ?? project;
}
