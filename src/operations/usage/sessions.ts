/** `sessions`: every session on this machine, newest first. */
import { isoTime } from "../../core/iso_time.ts";
import { toSafeJson } from "../../core/json/safe_json.ts";
import { AgentError } from "../../core/errors.ts";
import { addAllCosts } from "../../core/cost/cost.ts";
import type { SessionReport } from "../../core/session_report.ts";
import { CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { CURRENCY_ON_COMMAND_LINE, currencyBlocks, currencyInput, readCurrency } from "../report/currency.ts";
import type { BriefSessions } from "./brief_sessions.ts";
import { viewSessions } from "./sessions_view.ts";
import { leaveOutHidden } from "../settings/hidden_projects.ts";
import { choice, defineInput, type InputOf, integer, LIMIT_RANGE, someOf, text, toggle } from "../contract/input.ts";
import type { OperationContext } from "../contract/context.ts";
import { defineOperation } from "../contract/operation.ts";
import { readRange } from "../report/time_range.ts";
import { findLaunchedTraces } from "../launches/launched_sessions.ts";
import { ANSWER_VERSION, reportJson } from "../report/report_json.ts";
import type { SessionJson } from "../report/schemas.ts";
import {
  filterSessions,
  resolveProject,
  shortestPrefixes,
  SORT_KEYS,
  sortSessions,
  takePage,
} from "../report/session_filter.ts";
import { idsWith } from "../../agents/agents.ts";
import { deletedNotes, reportNotes, scanNotes, unknownNames } from "../report/notes.ts";

const input = defineInput({
  source: someOf(idsWith("source"), "Only sessions of these agents"),
  project: text("Only sessions whose directory contains this text, or lies below this path"),
  model: text("Only sessions that used a model whose name contains this text"),
  provider: text("Only sessions billed by this provider"),
  cache: someOf(["warm", "maybe", "cold", "unknown"], "Only sessions in these cache states"),
  since: text("Only sessions active at or after this time"),
  until: text("Only sessions last active before this time"),
  search: text("Only sessions with all these words in title, project, id, model or trace"),
  sort: choice(SORT_KEYS, "Sort by this, largest first", { default: "last" }),
  limit: integer("How many to list; 0 lists all", { ...LIMIT_RANGE, default: 20 }),
  cursor: text("nextCursor of the previous page"),
  brief: toggle("Columns instead of objects, for JSON: a quarter of the bytes"),
  ...currencyInput,
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
    since: { placeholder: "RANGE" },
    until: { placeholder: "TIME" },
    search: { placeholder: "TEXT" },
    sort: { short: "s" },
    limit: { short: "n", placeholder: "COUNT" },
    ...CURRENCY_ON_COMMAND_LINE,
    ...CLOCK_ON_COMMAND_LINE,
  },
  examples: [
    { command: "sessions --since today", explains: "what ran today" },
    { command: "sessions --cache warm", explains: "sessions that can be resumed cheaply right now" },
    { command: "sessions --sort cost --limit 5", explains: "the five most expensive sessions" },
    { command: "sessions --search login", explains: "sessions with a word in their title, project, id or model" },
    { command: "sessions --sort missUsd --since 7d", explains: "where lost caches cost most in the last seven days" },
    { command: "sessions --project . --json", explains: "this directory's sessions, for a program" },
  ],

  async run(input, context) {
    const { items, shortIds, traceOf, answerWith } = await listSessions(input, context);
    if (!input.brief) return answerWith(items.map((report) => reportJson(report, shortIds, traceOf(report))));
    const { briefSessions } = await import("./brief_sessions.ts");
    return answerWith([], briefSessions(items, shortIds, traceOf));
  },

  async runJson(input, context) {
    const { items, shortIds, traceOf, isMost, scan, clock, answerWith } = await listSessions(input, context);
    if (input.brief) {
      const { briefSessions } = await import("./brief_sessions.ts");
      return [toSafeJson(answerWith([], briefSessions(items, shortIds, traceOf)))];
    }
    const write = await scan.sessionWriter(clock);
    const shortIdOf = ({ sessionId }: SessionReport) => shortIds.get(sessionId) ?? sessionId;
    const make = (report: SessionReport) => toSafeJson(reportJson(report, shortIds, traceOf(report)));
    const isOther = (report: SessionReport) => traceOf(report) !== undefined;
    const texts = write?.(items, { shortIdOf, isOther, isMost, make }) ?? [items.map(make).join()];
    // Nothing before it is anybody else's words.
    const [before, after] = splitOnce(toSafeJson(answerWith([])), '"sessions":[');
    return [before, ...texts, after];
  },

  view(output, input, context) {
    if (input.brief) {
      throw new AgentError("usage", "--brief is for --json alone: it leaves out names, which people need.", {
        hint: "Add --json, or leave out --brief.",
      });
    }
    const { currency } = output;
    return [
      ...viewSessions(output, readClock(input, context), { ...context, currency }),
      ...currencyBlocks(currency),
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
  const range = readRange({ since: asked.since, until: asked.until }, clock);
  const filter = {
    ...asked,
    project: asked.project === undefined ? undefined : resolveProject(asked.project, context),
    since: range.since,
    until: range.until,
  };
  const currency = readCurrency(asked.currency, context);
  const scan = await context.openIndex();
  const all = await scan.sessions(clock);
  const hiding = leaveOutHidden(filterSessions(all, filter), context, asked.project);
  const isFirstPage = asked.limit > 0 && asked.cursor === undefined;
  const matching = sortSessions(hiding.shown, asked.sort, isFirstPage ? asked.limit : undefined);
  const shortIds = shortestPrefixes(all.map(({ sessionId }) => sessionId));
  const { items, nextCursor } = takePage(matching, asked.sort, asked.limit, asked.cursor);
  return {
    items,
    shortIds,
    traceOf: await findLaunchedTraces(items, context.stateDirectory),
    scan,
    clock,
    isMost: items.length >= MOST_SHARE * all.length,
    answerWith: (sessions: SessionJson[], brief?: BriefSessions) => ({
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      pricesAsOf: scan.priceData.date,
      currency,
      total: matching.length,
      totalCost: addAllCosts(matching.map(({ cost }) => cost)),
      sessions,
      ...brief,
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
