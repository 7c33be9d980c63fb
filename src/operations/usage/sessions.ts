/** `sessions`: every session on this machine, newest first. */
import { totalTokens } from "../../core/model.ts";
import { addCost, NO_COST } from "../../core/cost/cost.ts";
import { CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { cacheCell, costCell, modelsCell, percentCell, projectCell } from "../report/cells.ts";
import { formatTime, formatTokens } from "../report/format.ts";
import { leaveOutHidden } from "../settings/hidden_projects.ts";
import { choice, defineInput, integer, LIMIT_RANGE, someOf, text } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { parseTime } from "../report/parse_time.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION, reportJson } from "../report/report_json.ts";
import {
  matchesFilter,
  resolveProject,
  shortestPrefixes,
  SORT_KEYS,
  sortSessions,
  takePage,
} from "../report/session_filter.ts";
import { idsWith } from "../../agents/agents.ts";
import { countOf, reportNotes, scanNotes, unknownNames } from "../report/notes.ts";

const input = defineInput({
  source: someOf(idsWith("source"), "Only sessions of these agents"),
  project: text("Only sessions whose directory contains this text, or lies below this path"),
  model: text("Only sessions that used a model whose name contains this text"),
  provider: text("Only sessions billed by this provider"),
  cache: someOf(["warm", "maybe", "cold", "unknown"], "Only sessions in these cache states"),
  since: text("Only sessions active at or after this time"),
  until: text("Only sessions last active before this time"),
  sort: choice(SORT_KEYS, "Sort by this, largest first", { default: "last" }),
  limit: integer("How many to list; 0 lists all", { ...LIMIT_RANGE, default: 20 }),
  cursor: text("nextCursor of the previous page"),
  ...clockInput,
});

export const sessions = defineOperation({
  name: "sessions",
  summary: "List sessions with cost, cache hits and cache state",
  description: "Lists the sessions of every coding agent on this machine, newest first. Shows their " +
    "models and cost, how well the prompt cache worked, and whether the cache is still warm.",
  needs: [],
  input,
  output: async () => (await import("./sessions_output.ts")).sessionsOutput,
  commandLine: {
    source: { placeholder: "SOURCE" },
    project: { placeholder: "PATH" },
    since: { placeholder: "TIME" },
    until: { placeholder: "TIME" },
    sort: { short: "s" },
    limit: { short: "n", placeholder: "COUNT" },
    ...CLOCK_ON_COMMAND_LINE,
  },
  examples: [
    { command: "sessions --since today", explains: "what ran today" },
    { command: "sessions --cache warm", explains: "sessions that can be resumed cheaply right now" },
    { command: "sessions --sort cost --limit 5", explains: "the five most expensive sessions" },
    { command: "sessions --project . --json", explains: "this directory's sessions, for a program" },
  ],

  async run(input, context) {
    const clock = readClock(input, context);
    // Before the scan, which may take a while: a mistyped time is said at once.
    const filter = {
      ...input,
      project: input.project === undefined ? undefined : resolveProject(input.project, context),
      since: input.since === undefined ? undefined : parseTime(input.since, clock),
      until: input.until === undefined ? undefined : parseTime(input.until, clock),
    };
    const scan = await context.openIndex();
    const all = await scan.sessions(clock);
    const hiding = leaveOutHidden(all.filter((report) => matchesFilter(report, filter)), context, input.project);
    const matching = sortSessions(hiding.shown, input.sort);
    const shortIds = shortestPrefixes(all.map(({ sessionId }) => sessionId));
    const page = takePage(matching, input.sort, input.limit, input.cursor);
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      pricesAsOf: scan.priceData.date,
      total: matching.length,
      totalCost: matching.reduce((sum, { cost }) => addCost(sum, cost), NO_COST),
      sessions: page.items.map((report) => reportJson(report, shortIds)),
      nextCursor: page.nextCursor,
      notes: reportNotes(scan, matching, [
        ...scanNotes(scan, context.home, input.source),
        ...hiding.notes,
        ...(matching.length > 0 ? [] : unknownNames(input, all.flatMap(({ models }) => models))),
      ]),
    };
  },

  view(output, input, context) {
    const clock = readClock(input, context);
    const more = output.total - output.sessions.length;
    const traced = output.sessions.some(({ traceId }) => traceId !== undefined);
    return [
      {
        kind: "table",
        columns: [
          { key: "lastActivityAt", title: "Last active", priority: 0 },
          { key: "session", title: "Session", priority: 1 },
          { key: "source", title: "Source", priority: 4 },
          { key: "project", title: "Project", priority: 3, shrink: "keep_end" },
          { key: "models", title: "Models", priority: 5, shrink: "keep_ends" },
          { key: "turns", title: "Turns", align: "right", priority: 7 },
          { key: "tokens", title: "Tokens", align: "right", priority: 6 },
          { key: "cacheHitRatio", title: "Hit", align: "right", priority: 2 },
          { key: "usd", title: "Cost", align: "right", priority: 0 },
          { key: "cache", title: "Cache", priority: 0 },
          ...(traced ? [{ key: "traceId", title: "Trace", priority: 8 }] : []),
        ],
        rows: output.sessions.map((session) => {
          const last = session.lastActivityAt ?? session.startedAt;
          return [
            {
              text: last === undefined ? "?" : formatTime(Date.parse(last), clock.timezone, clock.now),
              value: last ?? null,
            },
            { text: session.shortId, value: session.sessionId, tone: "dim" },
            { text: session.source },
            projectCell(session.cwd, context.home),
            modelsCell(session.models),
            { text: String(session.turns), value: session.turns },
            { text: formatTokens(totalTokens(session.usage)), value: totalTokens(session.usage) },
            percentCell(session.cacheHitRatio),
            costCell(session.cost, context),
            cacheCell(session.cache, clock.now),
            ...(traced ? [{ text: session.traceId ?? "", value: session.traceId ?? null }] : []),
          ];
        }),
        empty: "No sessions match.",
      },
      ...(output.sessions.length === 0 ? [] : [{
        kind: "text" as const,
        text: `${countOf(output.total, "session")}, ${costCell(output.totalCost, context).text} in all` +
          (more > 0 ? `; ${output.sessions.length} listed, --limit 0 lists all` : ""),
      }]),
      ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const })),
    ];
  },
});
