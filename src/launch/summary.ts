/**
 * Makes the summary after a launch: how long it ran, and for each of its sessions the trace, the turns, the tokens
 * and the cost by the agent's own logs; beside it what the gateway counted, if it answers in time.
 *
 * Text alone: it reads no log and asks no gateway, and nothing in here changes how the launch ended.
 */
import { cacheHitRatio, type Cost, type DurationMs, type TokenUsage, totalTokens, type Usd } from "../core/model.ts";
import { type BilledRecord, type SessionRecord, WHOLE_LAUNCH } from "./ledger/records.ts";
import { TRACES_URL } from "./routing.ts";

/** What the agent's log says that a session did during the launch. */
export interface LocalSession {
  readonly turns: number;
  readonly usage: TokenUsage;
  readonly cost: Cost;
}

/** What the gateway counted for the whole launch, so far: it lags by about half a minute. */
export interface GatewayUsage {
  readonly requests?: number;
  readonly usd?: Usd;
}

/** How values are shown; the same as everywhere else in the program. */
export interface SummaryFormat {
  count(count: number): string;
  duration(ms: DurationMs): string;
  tokens(count: number): string;
  percent(ratio: number): string;
  cost(cost: Cost): string;
  usd(usd: Usd): string;
}

/** What a summary is made of; what is not known is left out. */
export interface SummaryFacts {
  /** What ran: `Pi`. */
  readonly title: string;
  readonly durationMs: DurationMs;
  /** Each trace once; without those that were left before anything was said, which open no trace. */
  readonly sessions: readonly SessionRecord[];
  /** By trace id. A session that is missing here has no log, or one that is not read. */
  readonly local: ReadonlyMap<string, LocalSession>;
  /** By trace id: what the gateway said with its answers. */
  readonly billed: ReadonlyMap<string, BilledRecord>;
  readonly gateway?: GatewayUsage;
}

/** Lines for standard error, each ending in a line feed. */
export function summaryText(facts: SummaryFacts, format: SummaryFormat): string {
  const { title, durationMs, sessions, local, billed, gateway } = facts;
  const lines = [
    `${title} ran for ${format.duration(durationMs)}${sessions.length === 0 ? "; no model was asked" : ""}.`,
    ...sessions.map((session) =>
      `  trace ${session.traceId}  ${describe(session, local.get(session.traceId), format)}${
        billedText(billed.get(session.traceId), format)
      }`
    ),
  ];
  if (gateway?.usd !== undefined) {
    const requests = gateway.requests === undefined ? "" : ` for ${countOf(gateway.requests, "request", format)}`;
    lines.push(`  Opper has counted ${format.usd(gateway.usd)}${requests} so far.`);
  }
  if (sessions.length > 0) lines.push(`  ${TRACES_URL}`);
  return lines.map((line) => `${line}\n`).join("");
}

/** More than what was said is owed for calls whose answers said nothing. */
function billedText(billed: BilledRecord | undefined, format: SummaryFormat): string {
  if (billed === undefined) return "";
  const isAll = billed.billedRequests >= billed.requests;
  return `; Opper billed ${isAll ? "" : "at least "}${format.usd(billed.usd)}`;
}

function describe(
  { sessionFile, source, reason }: SessionRecord,
  local: LocalSession | undefined,
  format: SummaryFormat,
): string {
  if (reason === WHOLE_LAUNCH) return "all that names no session of its own; `opper-agent sessions` has turns and cost";
  if (local === undefined) {
    const why = sessionFile === undefined
      ? source === undefined ? "not kept in a log" : "not found among the logs that are read"
      : `"${sessionFile}" is not among the logs that are read`;
    return `${why}: turns and cost unknown`;
  }
  if (local.turns === 0) return "no turns";
  const ratio = cacheHitRatio(local.usage);
  return [
    countOf(local.turns, "turn", format),
    `${format.tokens(totalTokens(local.usage))} tokens`,
    ratio === undefined ? "no cache figures" : `${format.percent(ratio)} cached`,
    format.cost(local.cost),
  ].join(", ");
}

function countOf(count: number, noun: string, format: SummaryFormat): string {
  return `${format.count(count)} ${noun}${count === 1 ? "" : "s"}`;
}
