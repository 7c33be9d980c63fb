/** `sessions`: every session on this machine, newest first. */
import { isoTime } from "../../core/iso_time.ts";
import { toSafeJson } from "../../core/json/safe_json.ts";
import { totalTokens } from "../../core/model.ts";
import { addAllCosts } from "../../core/cost/cost.ts";
import { CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import {
  activeCell,
  cacheCell,
  costCell,
  modelsCell,
  percentCell,
  projectCell,
  sessionCell,
  turnsCell,
} from "../report/cells.ts";
import { formatCount, formatTokens } from "../report/format.ts";
import { leaveOutHidden } from "../settings/hidden_projects.ts";
import { choice, defineInput, type InputOf, integer, LIMIT_RANGE, someOf, text } from "../contract/input.ts";
import type { OperationContext } from "../contract/context.ts";
import { defineOperation } from "../contract/operation.ts";
import { parseTime } from "../report/parse_time.ts";
import { ANSWER_VERSION, reportJson } from "../report/report_json.ts";
import type { SessionJson } from "../report/schemas.ts";
import {
  matchesFilter,
  resolveProject,
  shortestPrefixes,
  SORT_KEYS,
  sortSessions,
  takePage,
} from "../report/session_filter.ts";
import { idsWith } from "../../agents/agents.ts";
import { countOf, deletedNotes, reportNotes, scanNotes, unknownNames } from "../report/notes.ts";

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
    const { items, shortIds, answerWith } = await listSessions(input, context);
    return answerWith(items.map((report) => reportJson(report, shortIds)));
  },

  async runJson(input, context) {
    const { items, shortIds, isMost, scan, clock, answerWith } = await listSessions(input, context);
    const write = await scan.sessionWriter(clock);
    const texts = items.map((report) => {
      const shortId = shortIds.get(report.sessionId) ?? report.sessionId;
      return write?.(report, shortId, isMost) ?? toSafeJson(reportJson(report, shortIds));
    });
    // Nothing before it is anybody else's words.
    const [before, after] = splitOnce(toSafeJson(answerWith([])), '"sessions":[');
    return [before, texts.join(), after];
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
          { key: "models", title: "Models", priority: 5, shrink: "keep_start" },
          { key: "turns", title: "Turns", align: "right", priority: 7 },
          { key: "tokens", title: "Tokens", align: "right", priority: 6 },
          { key: "cacheHitRatio", title: "Hit", align: "right", priority: 2 },
          { key: "usd", title: "Cost", align: "right", priority: 0, marksLargest: true },
          { key: "cache", title: "Cache", priority: 0 },
          ...(traced ? [{ key: "traceId", title: "Trace", priority: 8 }] : []),
        ],
        rows: output.sessions.map((session) => [
          activeCell(session, clock),
          sessionCell(session),
          { text: session.source },
          projectCell(session.cwd, context.home),
          modelsCell(session.models),
          turnsCell(session),
          { text: formatTokens(totalTokens(session.usage)), value: totalTokens(session.usage) },
          percentCell(session.cacheHitRatio),
          costCell(session.cost, context),
          cacheCell(session.cache, clock.now),
          ...(traced ? [{ text: session.traceId ?? "", value: session.traceId ?? null }] : []),
        ]),
        empty: "No sessions match.",
      },
      ...(output.sessions.length === 0 ? [] : [{
        kind: "text" as const,
        text: `${countOf(output.total, "session")}, ${costCell(output.totalCost, context).text} in all` +
          (more > 0 ? `; ${formatCount(output.sessions.length)} listed, --limit 0 lists all` : ""),
      }]),
      ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const })),
    ];
  },
});

/** So much of all is read of the index at once, and not one by one. */
const MOST_SHARE = 0.25;

type Asked = InputOf<(typeof input)["fields"]>;

/** Which sessions are to be shown, and the answer around them. */
async function listSessions(asked: Asked, context: OperationContext) {
  const clock = readClock(asked, context);
  // Before the scan, which may take a while: a mistyped time is said at once.
  const filter = {
    ...asked,
    project: asked.project === undefined ? undefined : resolveProject(asked.project, context),
    since: asked.since === undefined ? undefined : parseTime(asked.since, clock),
    until: asked.until === undefined ? undefined : parseTime(asked.until, clock),
  };
  const scan = await context.openIndex();
  const all = await scan.sessions(clock);
  const hiding = leaveOutHidden(all.filter((report) => matchesFilter(report, filter)), context, asked.project);
  const isFirstPage = asked.limit > 0 && asked.cursor === undefined;
  const matching = sortSessions(hiding.shown, asked.sort, isFirstPage ? asked.limit : undefined);
  const shortIds = shortestPrefixes(all.map(({ sessionId }) => sessionId));
  const { items, nextCursor } = takePage(matching, asked.sort, asked.limit, asked.cursor);
  return {
    items,
    shortIds,
    scan,
    clock,
    isMost: items.length >= MOST_SHARE * all.length,
    answerWith: (sessions: SessionJson[]) => ({
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      pricesAsOf: scan.priceData.date,
      total: matching.length,
      totalCost: addAllCosts(matching.map(({ cost }) => cost)),
      sessions,
      nextCursor,
      notes: reportNotes(scan, matching, [
        ...scanNotes(scan, context.home, asked.source),
        ...hiding.notes,
        ...deletedNotes(matching, scan.leftOut(clock)),
        ...(matching.length > 0 ? [] : unknownNames(asked, all.flatMap(({ models }) => models))),
      ]),
    }),
  };
}

function splitOnce(text: string, end: string): readonly [string, string] {
  const at = text.indexOf(end) + end.length;
  return [text.slice(0, at), text.slice(at)];
}
