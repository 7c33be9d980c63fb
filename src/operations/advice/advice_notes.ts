/** What has to be said beside the figures of `advise`: what they leave out, and where following them does harm. */
import type { DoubtReason } from "../../core/advice/give_advice.ts";
import { moneyText } from "../report/cells.ts";
import { countOf } from "../report/notes.ts";
import type { AdviceRow } from "./advise_output.ts";
import type { LeftOut } from "./collect_replay.ts";

interface NotedAnswer {
  readonly rows: readonly AdviceRow[];
  readonly leftOut: readonly { readonly reason: LeftOut; readonly turns: number; readonly usd: number }[];
  /** Rows of hidden projects. */
  readonly hidden: number;
  /** What was asked for. */
  readonly project?: string;
}

const LEFT_OUT: Readonly<Record<LeftOut, string>> = {
  no_choice: "of models whose cache has no lifetime to choose",
  no_cache: "of sessions that used no cache",
  no_writes: "of which the log does not say what was written to the cache",
  no_price: "without a known price",
  other_price: "whose price the list does not explain",
  unreadable: "of logs that cannot be read just now",
  deleted: "of sessions that were deleted from their databases",
};

/** Sentences, what matters most first. */
export function adviceNotes({ rows, leftOut, hidden, project }: NotedAnswer): string[] {
  const isAny = (id: string) => rows.some(({ advice }) => advice?.id === id);
  return [
    ...(rows.length > 0 ? whyNone(rows) : hidden > 0 ? [] : [whyNothing(leftOut, project)]),
    ...(isAny("cache_1h")
      ? ["An hour means that the provider keeps the prompt for an hour: see its rules of retention."]
      : []),
    ...(isAny("cache_5m")
      ? [
        "Shorter lifetimes lose where answers take minutes, or sessions share what they begin with: both is in the figures, what other machines share is not.",
      ]
      : []),
    ...(rows.some(hasPings)
      ? [
        "Pings spend while nobody works, and on a plan they spend its limit. Nothing here sends any; a computer that sleeps sends none.",
      ]
      : []),
    ...(rows.length === 0
      ? []
      : ["Turns are taken as they were: with another setting somebody might have waited less, or compacted."]),
    ...leftOutText(leftOut),
    ...(hidden === 0 ? [] : [`${countOf(hidden, "row")} of hidden projects counted, and not shown.`]),
  ];
}

function hasPings({ options }: AdviceRow): boolean {
  return options.some(({ count = 0 }) => count > 0);
}

function whyNothing(leftOut: NotedAnswer["leftOut"], project: string | undefined): string {
  const where = project === undefined ? "in this span" : `of "${project}" in this span`;
  if (leftOut.length === 0) return `There are no turns ${where}.`;
  return `There is nothing to compare: no turn ${where} used a cache whose lifetime can be chosen.`;
}

const WHY_LEFT: Readonly<Record<DoubtReason | "costs_more", string>> = {
  costs_more: "other settings would have cost more",
  too_small: "less than $1, or than 2 % of what was recorded, would have been saved",
  too_uncertain: "that much is not sure",
  too_few: "there are too few returns or turns to go by",
  one_return: "one return alone makes the difference",
  no_setting: "the agent has no setting for it that is known",
  plan: "a plan pays, and --what cache did not ask all the same",
};

/** Where there is advice nobody asks why there is none elsewhere: each row says it. */
function whyNone(rows: readonly AdviceRow[]): string[] {
  if (rows.some(({ advice }) => advice !== undefined)) return [];
  const byReason = Map.groupBy(rows.flatMap(({ leave }) => leave ?? []), ({ reason }) => reason);
  const parts = [...byReason].sort(([, a], [, b]) => b.length - a.length)
    .map(([reason, own]) => `of ${countOf(own.length, "row")} ${WHY_LEFT[reason]}`);
  return parts.length === 0 ? [] : [`No setting is worth a change: ${parts.join("; ")}.`];
}

function leftOutText(leftOut: NotedAnswer["leftOut"]): string[] {
  if (leftOut.length === 0) return [];
  const parts = leftOut.map(({ reason, turns, usd }) =>
    `${countOf(turns, "turn")} ${LEFT_OUT[reason]} (${moneyText(usd)})`
  );
  return [`Left out: ${parts.join(", ")}.`];
}
