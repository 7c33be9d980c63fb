/** `advise`: what other cache settings would have cost. */
import type { RowReplay } from "../../core/advice/advice_ledger.ts";
import { ENOUGH_RETURNS } from "../../core/advice/early_loss.ts";
import { isoTime } from "../../core/iso_time.ts";
import { idsWith } from "../../agents/agents.ts";
import type { OperationContext } from "../contract/context.ts";
import { choice, defineInput, someOf, text } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { reportNotes, scanNotes } from "../report/notes.ts";
import { nameProjects } from "../report/project_names.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { readRange } from "../report/time_range.ts";
import { filterUsage } from "../report/usage_filter.ts";
import { isHidden } from "../settings/hidden_projects.ts";
import { ADVICE_ROLES, ADVICE_TOPICS } from "./advice_topics.ts";
import { adviceNotes } from "./advice_notes.ts";
import { adviceRow, contextJson } from "./advice_row.ts";
import { viewAdvice } from "./advise_view.ts";
import { collectReplay } from "./collect_replay.ts";

const DEFAULT_SINCE = "30d";

const fields = {
  project: text("Only sessions whose directory contains this text, or lies below this path; shows the turns behind it"),
  role: choice(ADVICE_ROLES, "Only conversations, or only sub-agents; shows the turns behind it"),
  what: someOf(ADVICE_TOPICS, "Only these topics; default: cache and keep-alive"),
  source: someOf(idsWith("source"), "Only sessions of these agents"),
  since: text("Only turns at or after this time, or of this span", { default: DEFAULT_SINCE }),
  until: text("Only turns before this time"),
  ...clockInput,
};

export const advise = defineOperation({
  name: "advise",
  summary: "Show what other cache settings would have cost",
  description:
    "Replays turns of models whose cache lives as long as one asks for: five minutes or an hour. Says for each project " +
    "what the other lifetime would have cost, and requests that keep a cache alive. All is at list prices, with the least " +
    "and the most that it may have been. It names the setting where the difference is sure, and changes nothing.",
  needs: [],
  input: defineInput(fields),
  output: async () => (await import("./advise_output.ts")).adviseOutput,
  commandLine: {
    project: { positional: true },
    role: { placeholder: "ROLE" },
    what: { placeholder: "TOPIC" },
    source: { placeholder: "SOURCE" },
    since: { placeholder: "RANGE" },
    until: { placeholder: "TIME" },
    ...CLOCK_ON_COMMAND_LINE,
  },
  examples: [
    { command: "advise", explains: "the last thirty days" },
    { command: "advise my-project", explains: "one project, with the turns behind each figure" },
    {
      command: "advise --what context --since 7d",
      explains: "what stands in front of every prompt, and what that cost",
    },
  ],

  async run(input, context) {
    const clock = readClock(input, context);
    // Before the scan, which may take a while: a mistyped time is said at once.
    const range = readRange({ since: input.since, until: input.until, wholeDays: true }, clock);
    const what = input.what ?? ["cache", "keep-alive"];
    const scan = await context.openIndex();
    const collected = await collectReplay(scan, {
      ...range,
      clock,
      role: input.role,
      hasContext: what.includes("context"),
      hasModels: what.includes("models"),
      isAsked: filterUsage({ source: input.source, project: input.project }, undefined, context),
      nameProjects: (directories) => nameRows(directories, context),
      signal: await context.person?.catchInterrupt(),
      onProgress: (done, total) => context.person?.showProgress(`Replaying sessions: ${done} of ${total}`),
    });
    const { rows, returns, leftOut, sessions } = collected;
    const reasons = [...leftOut].map(([reason, sum]) => ({ reason, ...sum }));
    const isFollowed = input.project !== undefined || input.role !== undefined;
    const isShown = ({ project }: { readonly project: string }) =>
      input.project !== undefined || !isHidden(project, context);
    const shown = rows.filter(isShown);
    const plans = Object.keys(context.plans ?? {});
    const isPlan = ({ providers }: RowReplay) =>
      input.what?.includes("cache") !== true && [...providers].every((provider) => plans.includes(provider));
    const output = shown.map((row) =>
      adviceRow(row, { isPlan: isPlan(row), sessions: isFollowed ? sessions : undefined })
    );
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      since: isoTime(range.since),
      until: isoTime(range.until),
      timezone: clock.timezone,
      pricesAsOf: scan.priceData.date,
      what: [...what],
      recorded: {
        usd: rows.reduce((sum, { recordedUsd }) => sum + recordedUsd, 0),
        turns: rows.reduce((sum, { turns }) => sum + turns, 0),
      },
      leftOut: {
        turns: reasons.reduce((sum, { turns }) => sum + turns, 0),
        usd: reasons.reduce((sum, { usd }) => sum + usd, 0),
        reasons,
      },
      earlyLosses: { ...returns, isOwn: returns.returns >= ENOUGH_RETURNS },
      ...(plans.length === 0 ? {} : { plans }),
      rows: output,
      ...(what.includes("context") ? { context: collected.context.filter(isShown).map(contextJson) } : {}),
      ...(what.includes("models") ? { models: collected.cheaperModels.map((row) => ({ ...row })) } : {}),
      notes: reportNotes(scan, [], [
        ...scanNotes(scan, context.home, input.source),
        ...adviceNotes({ rows: output, leftOut: reasons, hidden: rows.length - shown.length, project: input.project }),
      ]),
    };
  },

  view: viewAdvice,
});

async function nameRows(directories: readonly string[], context: OperationContext) {
  const nameOf = nameProjects(directories, await context.findCheckouts?.([...directories]) ?? new Map());
  return (directory: string | undefined) => nameOf(directory) ?? "(unknown)";
}
