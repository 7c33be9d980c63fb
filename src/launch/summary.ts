/**
 * What is said when a launch has ended: how long it ran, and for each of its sessions the trace, the turns, the tokens
 * and the cost by the agent's own logs; beside it what the gateway counted, if it answers in time.
 *
 * Text alone: it reads no log and asks no gateway, and nothing in here changes how the launch ended.
 */
import { cacheHitRatio, type Cost, type DurationMs, type TokenUsage, totalTokens, type Usd } from "../core/model.ts";
import type { SessionRecord } from "./ledger_records.ts";
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
  duration(ms: DurationMs): string;
  tokens(count: number): string;
  percent(ratio: number): string;
  cost(cost: Cost): string;
  usd(usd: Usd): string;
}

export interface SummaryFacts {
  /** What ran: `Pi`. */
  readonly title: string;
  readonly durationMs: DurationMs;
  /** Each trace once. */
  readonly sessions: readonly SessionRecord[];
  /** By trace id. A session that is missing here has no log. */
  readonly local: ReadonlyMap<string, LocalSession>;
  readonly gateway?: GatewayUsage;
}

/** Lines for standard error, each ending in a line feed. */
export function summaryText(facts: SummaryFacts, format: SummaryFormat): string {
  const { title, durationMs, sessions, local, gateway } = facts;
  // A session that was opened and left without a word has a trace id, but there is no such trace.
  const shown = sessions.filter(({ traceId, sessionFile }) => local.has(traceId) || sessionFile === undefined);
  const lines = [
    `${title} ran for ${format.duration(durationMs)}${shown.length === 0 ? "; no model was asked" : ""}.`,
    ...shown.map(({ traceId }) => `  trace ${traceId}  ${describe(local.get(traceId), format)}`),
  ];
  if (gateway?.usd !== undefined) {
    const requests = gateway.requests === undefined ? "" : ` for ${countOf(gateway.requests, "request")}`;
    lines.push(`  Opper has counted ${format.usd(gateway.usd)}${requests} so far.`);
  }
  if (shown.length > 0) lines.push(`  ${TRACES_URL}`);
  return lines.map((line) => `${line}\n`).join("");
}

function describe(session: LocalSession | undefined, format: SummaryFormat): string {
  if (session === undefined) return "not kept in a log: turns and cost unknown";
  const ratio = cacheHitRatio(session.usage);
  return [
    countOf(session.turns, "turn"),
    `${format.tokens(totalTokens(session.usage))} tokens`,
    ratio === undefined ? "no cache figures" : `${format.percent(ratio)} cached`,
    format.cost(session.cost),
  ].join(", ");
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
