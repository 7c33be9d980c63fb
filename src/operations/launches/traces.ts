/** `traces`: launches and the traces they opened, joined with what the logs say, and on request with what Opper says. */
import { totalTokens } from "../../core/model.ts";
import { isTimezone } from "../../core/timezone.ts";
import type { EpochMs } from "../../core/model.ts";
import type { TraceEvidence } from "../../core/trace_evidence.ts";
import { openEvidence } from "../../evidence/open_evidence.ts";
import { listLaunches } from "../../launch/ledger/ledger.ts";
import { WHOLE_LAUNCH } from "../../launch/ledger/records.ts";
import { TRACES_URL } from "../../launch/routing.ts";
import type { IndexedSession } from "../../scan/index/ask/lazy_report.ts";
import { costCell, countCell, percentCell, projectCell, tokensCell, usdCell } from "../report/cells.ts";
import type { OperationContext } from "../contract/context.ts";
import { findSession } from "../report/find_session.ts";
import { formatDuration, formatTime } from "../report/format.ts";
import { defineInput, integer, LIMIT_RANGE, text, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { takeItems } from "../report/paging.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { shortestPrefixes, type ShortIds } from "../report/session_filter.ts";
import { ACCOUNT_ON_COMMAND_LINE, accountInput } from "../account/open_account.ts";
import { type AskedTrace, openTraceAsker } from "./ask_traces.ts";
import { type OpenedTrace, openedTraces, placeOfTrace } from "./opened_traces.ts";
import { tracedFigures, type TracedSession, TraceJoin } from "./session_traces.ts";
import type { BilledTraceJson, RemoteJson, TraceJson } from "./traces_output.ts";
import type { Cell, Column } from "../contract/view.ts";

const input = defineInput({
  session: text("Only traces of this session: an id, the start of one, a log file, latest, or current"),
  remote: toggle("Ask Opper for the status, the spans and the duration of each trace"),
  ...accountInput,
  limit: integer("How many to list; 0 lists all", { ...LIMIT_RANGE, default: 20 }),
  cursor: text("nextCursor of the previous page"),
});

export const traces = defineOperation({
  name: "traces",
  summary: "List the traces that launches opened at Opper",
  description: "Lists launches and the traces they opened, newest first, with the session, turns and " +
    "cost of each trace. A trace that several launches continued is listed once, under the " +
    "latest. Beside it stands the amount that Opper billed, with --remote or after `enrich --opper`.",
  needs: ["network"],
  input,
  output: async () => (await import("./traces_output.ts")).tracesOutput,
  commandLine: {
    session: { positional: true },
    limit: { short: "n", placeholder: "COUNT" },
    ...ACCOUNT_ON_COMMAND_LINE,
  },
  examples: [
    { command: "traces", explains: "the latest traces" },
    { command: "traces latest --remote", explains: "the latest session as Opper has it" },
    { command: "traces --json --limit 0", explains: "all of them, for a program" },
  ],

  async run(input, context) {
    const scan = await context.openIndex();
    const all = await scan.sessions({ now: context.now, isPast: false });
    const shortIds = shortestPrefixes(all.map(({ sessionId }) => sessionId));
    const launches = listLaunches(context.stateDirectory);
    const opened = openedTraces(launches);
    const join = new TraceJoin(all, opened.map(({ record }) => record), context.resolvePath);
    const matching = input.session === undefined ? opened : onlyOf(opened, input.session, all, join, context);
    const page = takeItems(matching, {
      list: "traces",
      placeOf: placeOfTrace,
      descending: true,
      limit: input.limit,
      cursor: input.cursor,
    });
    const broken = launches.reduce((sum, { brokenLines }) => sum + brokenLines, 0);
    const asker = input.remote ? openTraceAsker(input, context.account) : undefined;
    const warnings: string[] = [];
    const { stateDirectory } = context;
    const evidence = await openEvidence({ stateDirectory, onWarning: (message) => void warnings.push(message) });
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(context.now)!,
      total: matching.length,
      traces: await Promise.all(page.items.map(async (trace) => {
        const { traceId } = trace.record;
        const known = evidence?.traces.find(traceId);
        const asked = await asker?.ask(traceId, trace.ledger.launch.host);
        return {
          ...traceJson(trace, join.find(trace.record), shortIds),
          billed: billedJson(asked?.trace, context.now) ?? (known && billedJson(known.trace, known.askedAt)) ??
            answeredJson(trace.billed),
          remote: asked && remoteJson(asked),
        };
      })).finally(() => evidence?.close()),
      nextCursor: page.nextCursor,
      notes: [
        ...(broken === 0 ? [] : [`${broken} unreadable lines in the ledgers of launches were left out.`]),
        ...warnings,
      ],
    };
  },

  view(output, input, context) {
    const hasBilled = output.traces.some(({ billed }) => billed?.usd !== undefined);
    const hasAgents = new Set(output.traces.map(({ source, launcher }) => source ?? launcher)).size > 1 ||
      output.traces.some(({ subagentId }) => subagentId !== undefined);
    const columns: readonly Column[] = [
      { key: "openedAt", title: "Opened", priority: 0 },
      { key: "traceId", title: "Trace", priority: 0 },
      ...(hasAgents ? [{ key: "agent", title: "Agent", priority: 2 }] as const : []),
      { key: "session", title: "Session", priority: 1 },
      { key: "project", title: "Project", priority: 4, shrink: "keep_end" },
      { key: "turns", title: "Turns", align: "right", priority: 3 },
      { key: "tokens", title: "Tokens", align: "right", priority: 6 },
      { key: "cacheHitRatio", title: "Hit", align: "right", priority: 5 },
      { key: "usd", title: "Cost", align: "right", priority: 0 },
      ...(hasBilled ? [{ key: "billedUsd", title: "Billed", align: "right", priority: 0 }] as const : []),
      ...(input.remote
        ? [
          { key: "status", title: "Status", priority: 2 },
          { key: "spans", title: "Spans", align: "right", priority: 2 },
          { key: "durationMs", title: "Duration", align: "right", priority: 2 },
        ] as const
        : []),
    ];
    const more = output.total - output.traces.length;
    const problem = output.traces.find(({ remote }) => remote?.problem !== undefined)?.remote?.problem;
    return [
      {
        kind: "table",
        columns,
        rows: output.traces.map((trace) => rowOf(trace, { hasAgents, hasBilled, withRemote: input.remote }, context)),
        empty: "No traces. `opper-agent launch` opens one for each session.",
      },
      ...(output.traces.length === 0 ? [] : [{
        kind: "text" as const,
        text: `${TRACES_URL}${more > 0 ? `; ${more} more, --limit 0 lists all` : ""}`,
      }]),
      ...[...output.notes, ...(problem === undefined ? [] : [problem])]
        .map((text) => ({ kind: "text" as const, text, tone: "dim" as const })),
    ];
  },
});

/** @throws {AgentError} usage, when no session is meant */
function onlyOf(
  opened: readonly OpenedTrace[],
  wanted: string,
  all: readonly IndexedSession[],
  join: TraceJoin,
  context: OperationContext,
): readonly OpenedTrace[] {
  // A session that is kept in no log is known by its id alone, and a trace by its own.
  const named = opened.filter(({ record }) => record.traceId === wanted || record.sessionId === wanted);
  if (named.length > 0) return named;
  const session = findSession(all, wanted, context);
  return opened.filter(({ record }) => join.find(record)?.session.id === session.id);
}

function traceJson(
  { record, ledger }: OpenedTrace,
  traced: TracedSession | undefined,
  shortIds: ShortIds,
): TraceJson {
  const session = traced?.session;
  return {
    traceId: record.traceId,
    link: TRACES_URL,
    openedAt: isoTime(record.at),
    launchId: ledger.launch.launchId,
    launcher: ledger.launch.launcher,
    host: ledger.launch.host,
    exitStatus: ledger.exit?.status,
    reason: record.reason,
    cwd: record.cwd,
    sessionId: record.sessionId,
    shortId: session === undefined ? undefined : shortIds.get(session.sessionId),
    file: record.sessionFile ?? session?.file,
    source: record.source,
    subagentId: record.subagentId,
    parentSessionId: record.parentSessionId,
    parentTraceId: record.parentTraceId,
    ...(traced === undefined ? {} : tracedFigures(traced)),
  };
}

/** What Opper says, as an answer shows it. */
function remoteJson({ trace, problem }: AskedTrace): RemoteJson {
  if (trace === undefined) return { problem };
  return { status: trace.status, spans: trace.spanCount ?? trace.spans.length, durationMs: trace.durationMs };
}

/** What Opper billed, as far as it says so. @param askedAt When it said so */
function billedJson(trace: TraceEvidence | undefined, askedAt: EpochMs): BilledTraceJson | undefined {
  if (trace === undefined) return undefined;
  const { usd, inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens, totalTokens } = trace;
  const figures = { usd, inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens, totalTokens };
  if (Object.values(figures).every((figure) => figure === undefined)) return undefined;
  const upstreams = new Set(trace.spans.map(({ upstream }) => upstream).filter((upstream) => upstream !== undefined));
  return {
    ...figures,
    ...(upstreams.size === 0 ? {} : { upstreams: [...upstreams] }),
    askedAt: isoTime(askedAt)!,
  };
}

/** What the gateway said with its answers, in the launches that used the trace. */
function answeredJson(billed: OpenedTrace["billed"]): BilledTraceJson | undefined {
  if (billed === undefined) return undefined;
  const isPartial = billed.billedRequests < billed.requests;
  return { usd: billed.usd, ...(isPartial ? { partial: true } : {}), askedAt: isoTime(billed.at)! };
}

/** Where no zone is known to read a clock in, as it is: in UTC, and saying so. */
function openedText(opened: string, { timezone, now }: OperationContext): string {
  return isTimezone(timezone) ? formatTime(Date.parse(opened), timezone, now) : opened;
}

function agentText({ source, launcher, subagentId }: TraceJson): string {
  return `${source ?? launcher}${subagentId === undefined ? "" : ", sub-agent"}`;
}

/** More than this where some calls were answered without a cost. */
function billedCell(billed: BilledTraceJson | undefined, context: OperationContext): Cell {
  const cell = usdCell(billed?.usd, context);
  return billed?.partial ? { ...cell, text: `${cell.text}+` } : cell;
}

interface ShownColumns {
  /** Whether there are several, or sub-agents. */
  readonly hasAgents: boolean;
  readonly hasBilled: boolean;
  readonly withRemote: boolean;
}

function rowOf(
  trace: TraceJson,
  { hasAgents, hasBilled, withRemote }: ShownColumns,
  context: OperationContext,
): readonly Cell[] {
  const unknown: Cell = { text: "?", value: null, tone: "dim" };
  const opened = trace.openedAt;
  const cells: Cell[] = [
    opened === undefined ? unknown : { text: openedText(opened, context), value: opened },
    { text: trace.traceId },
    ...(hasAgents ? [{ text: agentText(trace), value: trace.source ?? trace.launcher }] : []),
    {
      text: trace.shortId ?? (trace.reason === WHOLE_LAUNCH ? "all" : "not kept"),
      value: trace.sessionId,
      tone: "dim",
    },
    projectCell(trace.cwd, context.home),
    trace.turns === undefined ? unknown : countCell(trace.turns),
    trace.usage === undefined ? unknown : tokensCell(totalTokens(trace.usage)),
    trace.usage === undefined ? unknown : percentCell(trace.cacheHitRatio),
    trace.cost === undefined ? unknown : costCell(trace.cost, context),
    ...(hasBilled ? [billedCell(trace.billed, context)] : []),
  ];
  if (!withRemote) return cells;
  const { status, spans, durationMs } = trace.remote ?? {};
  return [
    ...cells,
    status === undefined ? unknown : { text: status },
    spans === undefined ? unknown : countCell(spans),
    durationMs === undefined ? unknown : { text: formatDuration(durationMs), value: durationMs },
  ];
}
