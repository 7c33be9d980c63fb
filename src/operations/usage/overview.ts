/**
 * `overview`: today on one screen, and what to type next. What a person sees who types nothing but the program's name;
 * on a machine without logs, where was looked and how to begin.
 *
 * Computes nothing of its own: its figures are those of `cost`, `cache` and `sessions`.
 */
import { addUsage, cacheHitRatio, NO_USAGE } from "../../core/model.ts";
import { addCost, NO_COST } from "../../core/cost/cost.ts";
import { lossOf, mayBeCached } from "../../core/session_report.ts";
import { LOGGED_AGENTS } from "../../agents/agents.ts";
import {
  activeCell,
  cacheCell,
  costCell,
  modelCell,
  modelsCell,
  percentCell,
  projectCell,
  sessionCell,
  shortenPath,
  usdCell,
} from "../report/cells.ts";
import { CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { formatCount } from "../report/format.ts";
import { leaveOutHidden } from "../settings/hidden_projects.ts";
import { countOf, deletedNotes, partOf, reportNotes, totalsNotes } from "../report/notes.ts";
import { defineInput, integer, LIMIT_RANGE } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { parseTime } from "../report/parse_time.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION, reportJson } from "../report/report_json.ts";
import { shortestPrefixes, sortSessions } from "../report/session_filter.ts";
import type { Block } from "../contract/view.ts";

const input = defineInput({
  limit: integer("How many caches and sessions to list; 0 lists all", { ...LIMIT_RANGE, default: 5 }),
  ...clockInput,
});

export const overview = defineOperation({
  name: "overview",
  summary: "Show today: cost, warm caches, the latest sessions, and what to type next",
  description: "Shows today's cost, the prompt caches that are still warm and for how long, and the " +
    "latest sessions. The program's name alone shows the same. If there is no log yet, it " +
    "lists the directories that were searched.",
  needs: [],
  input,
  output: async () => (await import("./overview_output.ts")).overviewOutput,
  commandLine: { limit: { short: "n", placeholder: "COUNT" }, ...CLOCK_ON_COMMAND_LINE },
  examples: [
    { command: "overview", explains: "today, in the machine's time zone" },
    { command: "overview --json", explains: "the same for a program" },
  ],

  async run(input, context) {
    const clock = readClock(input, context);
    const since = parseTime("today", clock);
    const scan = await context.openIndex();
    const all = await scan.sessions(clock);
    const shortIds = shortestPrefixes(all.map(({ sessionId }) => sessionId));
    const buckets = await scan.usageBuckets({ since, asOf: clock.isPast ? clock.now : undefined });
    const usage = buckets.reduce((sum, bucket) => addUsage(sum, bucket.usage), NO_USAGE);
    const hiding = leaveOutHidden(all, context);
    const listed = input.limit || undefined;
    const latest = sortSessions(hiding.shown, "last", listed);
    const warm = sortSessions(hiding.shown.filter(mayBeCached), "last")
      .sort((a, b) => (a.cache.expiresAt ?? Infinity) - (b.cache.expiresAt ?? Infinity));
    const page = latest.slice(0, listed);
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      timezone: clock.timezone,
      pricesAsOf: scan.priceData.date,
      today: {
        since: isoTime(since)!,
        turns: buckets.reduce((sum, { turns }) => sum + turns, 0),
        sessions: new Set(buckets.map(({ session }) => session)).size,
        usage,
        cost: buckets.reduce((sum, { cost }) => addCost(sum, cost), NO_COST),
        cacheHitRatio: cacheHitRatio(usage),
      },
      totalWarm: warm.length,
      warm: warm.slice(0, listed).map((report) => reportJson(report, shortIds)),
      totalSessions: latest.length,
      sessions: page.map((report) => reportJson(report, shortIds)),
      roots: scan.roots.map(({ source, path, exists, files }) => ({ source, path, exists, files })),
      next: nextSteps(page[0] && shortIds.get(page[0].sessionId), warm.length),
      notes: reportNotes(scan, [...page, {
        models: buckets.filter(({ session }) => !page.some(({ id }) => id === session))
          .map(({ model, turns, usage, cost }) => ({ ...model, turns, usage, cost })),
      }], [
        ...scan.notes,
        ...hiding.notes,
        ...deletedNotes(page, scan.leftOut(clock)),
        ...totalsNotes(buckets),
      ]),
    };
  },

  view(output, input, context) {
    const clock = readClock(input, context);
    const next: Block = {
      kind: "facts",
      title: "Next",
      facts: output.next.map(({ command, explains }) => [`opper-agent ${command}`, { text: explains }]),
    };
    const notes = output.notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const }));
    if (output.roots.every(({ files }) => files === 0)) {
      const titles = LOGGED_AGENTS.map(({ title }) => title);
      const bySource = [...Map.groupBy(output.roots, ({ source }) => source)];
      return [
        {
          kind: "text",
          text: `No sessions yet. Once ${titles.slice(0, -1).join(", ")} or ${titles.at(-1)} has answered on this ` +
            "machine, its sessions show here.",
        },
        {
          kind: "table",
          title: "Looked in",
          columns: [
            { key: "source", title: "Source" },
            { key: "path", title: "Directory", shrink: "keep_end" },
            { key: "state", title: "Found" },
          ],
          rows: bySource.map(([source, roots]) => {
            const { path, exists } = roots.find(({ exists }) => exists) ?? roots[0]!;
            const others = roots.length === 1 ? "" : ` and ${roots.length - 1} more`;
            return [
              { text: source },
              { text: shortenPath(path, context.home) + others, value: path },
              { text: exists ? "no logs" : "no such directory", tone: "dim" as const },
            ];
          }),
        },
        next,
        ...notes,
      ];
    }
    const { today } = output;
    const some = (title: string, listed: number, total: number) =>
      listed < total ? `${title} (${partOf(listed, total)})` : title;
    return [
      {
        kind: "facts",
        facts: [
          ["Today", { ...costCell(today.cost, context), tone: "strong" }],
          ["Turns", { text: todayText(today) }],
          ["Hit", percentCell(today.cacheHitRatio)],
        ],
      },
      {
        kind: "table",
        title: some("Warm caches", output.warm.length, output.totalWarm),
        columns: [
          { key: "cache", title: "Cache" },
          { key: "session", title: "Session" },
          { key: "project", title: "Project", priority: 2, shrink: "keep_end" },
          { key: "model", title: "Model", priority: 3, shrink: "keep_start" },
          { key: "lossUsd", title: "Loses", align: "right", priority: 1 },
        ],
        rows: output.warm.map(({ cache, ...session }) => [
          cacheCell(cache, clock.now),
          sessionCell(session),
          projectCell(session.cwd, context.home),
          modelCell(cache.model),
          usdCell(lossOf(cache.resumeUsd), context),
        ]),
        empty: "No cache is warm.",
      },
      {
        kind: "table",
        title: some("Latest sessions", output.sessions.length, output.totalSessions),
        columns: [
          { key: "lastActivityAt", title: "Last active" },
          { key: "session", title: "Session" },
          { key: "source", title: "Source", priority: 3 },
          { key: "project", title: "Project", priority: 2, shrink: "keep_end" },
          { key: "models", title: "Models", priority: 4, shrink: "keep_start" },
          { key: "cacheHitRatio", title: "Hit", align: "right", priority: 1 },
          { key: "usd", title: "Cost", align: "right", marksLargest: true },
        ],
        rows: output.sessions.map((session) => [
          activeCell(session, clock),
          sessionCell(session),
          { text: session.source },
          projectCell(session.cwd, context.home),
          modelsCell(session.models),
          percentCell(session.cacheHitRatio),
          costCell(session.cost, context),
        ]),
        empty: "No sessions to list.",
      },
      next,
      ...notes,
    ];
  },
});

/** Sessions without a turn are known as sums. */
function todayText({ turns, sessions }: { readonly turns: number; readonly sessions: number }): string {
  if (sessions === 0) return "none";
  return `${turns === 0 ? "-" : formatCount(turns)} in ${countOf(sessions, "session")}`;
}

/** @param latest short id of the latest session; undefined when there is none */
function nextSteps(latest: string | undefined, warm: number): { command: string; explains: string }[] {
  if (latest === undefined) {
    return [
      { command: "launch pi", explains: "start Pi, routed through Opper (after `opper-agent login`)" },
      { command: "sessions --root claude=DIR", explains: "read the logs of an agent that keeps them elsewhere" },
      { command: "doctor", explains: "check which directories are read, and what could not be read" },
    ];
  }
  return [
    { command: `session ${latest} --turns`, explains: "the latest session, turn by turn" },
    ...(warm === 0 ? [] : [{ command: "cache", explains: "cost of letting each cache expire" }]),
    { command: "cost --since 7d", explains: "the last seven days, day by day" },
    { command: "help", explains: "everything else" },
  ];
}
