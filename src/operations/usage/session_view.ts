/** How one session is shown to people: its facts, and tables of its turns, models, sub-agents and forks. */
import { briefEvidence } from "../../core/cache/strategies.ts";
import { MAIN_CHAIN, OWN_CHAINS, promptTokens, totalTokens } from "../../core/model.ts";
import { isKnownAsTotals } from "../../core/known_as_totals.ts";
import { activeText } from "../report/active_text.ts";
import {
  billedText,
  cacheCell,
  costCell,
  creditsColumns,
  creditsText,
  isAllBilled,
  modelCell,
  type Money,
  percentCell,
  shortenPath,
  tokensCell,
  turnsCell,
  usdCell,
} from "../report/cells.ts";
import { formatCount, formatCountdown, formatDuration, formatTime, formatTokens } from "../report/format.ts";
import type { Clock } from "../report/clock_input.ts";
import { countOf, unpricedText } from "../report/notes.ts";
import { resumeLine } from "../report/resume_line.ts";
import { viewContext } from "./context_view.ts";
import { cacheNote } from "../report/cache_note.ts";
import { viaText } from "../report/via_text.ts";
import { outcomeCell } from "./outcome_cell.ts";
import { missesBlocks, missesCell } from "./session_misses.ts";
import type { SessionOutput } from "./session_output.ts";
import type { Block, Cell, View } from "../contract/view.ts";

type Context = Money & { readonly home: string };

/**
 * One session, drawn from what its `--json` says.
 *
 * @param asked Which lists were asked for
 */
export function viewSession(
  output: SessionOutput,
  asked: { readonly misses: boolean; readonly limit: number },
  clock: Clock,
  context: Context,
): View {
  const { session, turns, text, notes } = output;
  const models = session.models.map(({ provider, model, ...sums }) => ({ name: `${provider}/${model}`, ...sums }));
  const chains = output.chains.filter(({ chain }) => chain !== MAIN_CHAIN).map(({ chain, ...sums }) => ({
    name: OWN_CHAINS.has(chain) ? chain.replace("_", " ") : `sub-agent ${chain}`,
    ...sums,
  }));
  const isAll = asked.misses || asked.limit > 0;
  const misses = missesBlocks(
    output,
    { all: isAll, whyNone: whyNoTurn(session, "No turn missed the cache.") },
    clock,
    context,
  );
  return [
    { kind: "facts", facts: factsOf(output, clock, context) },
    // The first table is what --csv prints: with --turns, the turns, and with --misses the misses.
    ...(turns === undefined ? [] : [turnsTable(turns, session, clock, context)]),
    ...(output.context === undefined ? [] : viewContext(output.context, clock)),
    ...(asked.misses ? misses : []),
    sumsTable("Models", "model", models, context),
    ...(asked.misses ? [] : misses),
    ...(chains.length === 0 ? [] : [sumsTable("Sub-agents and side requests", "chain", chains, context)]),
    ...(output.forks.length === 0 ? [] : [forksTable(output.forks, context)]),
    ...(text === undefined ? [] : [
      { kind: "text" as const, text: text.notice, tone: "dim" as const },
      { kind: "facts" as const, facts: text.messages.map(({ role, text }): [string, Cell] => [role, { text }]) },
    ]),
    ...notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const })),
  ];
}

function factsOf(
  { session, misses, resumeCommand, gateway }: SessionOutput,
  clock: Clock,
  context: Context,
): [string, Cell][] {
  const { now } = clock;
  const time = (at: string | undefined) => at === undefined ? undefined : Date.parse(at);
  const ifAny = (label: string, text: string | undefined): [string, Cell][] =>
    text === undefined ? [] : [[label, { text }]];
  return [
    ["Session", { text: session.sessionId, tone: "strong" }],
    ...ifAny("Title", session.title),
    ["Source", { text: session.source }],
    ["Project", { text: session.cwd === undefined ? "?" : shortenPath(session.cwd, context.home) }],
    ["Log", { text: shortenPath(session.file, context.home) }],
    ...(session.deleted ? [["Deleted", DELETED] as [string, Cell]] : []),
    ["Active", { text: activeText(time(session.startedAt), time(session.lastActivityAt), session.durationMs, clock) }],
    ...ifAny("Forked from", session.parentSessionId),
    ...ifAny("Trace", session.traceId),
    ...ifAny("At OpenRouter", gateway && `${gateway.url}, session ${gateway.sessionId}`),
    ...ifAny("Resume", resumeCommand && resumeLine(resumeCommand, session.cwd)),
    ["Turns", { text: turnsText(session) }],
    ["Tokens", { text: usageText(session.usage) }],
    ...ifAny("Largest prompt", session.largestPrompt === undefined ? undefined : formatTokens(session.largestPrompt)),
    ["Cost", {
      text: costCell(session.cost, context).text + billedText(session.cost, context) +
        ` ${basisText(session.cost, session.totals !== undefined)}`,
    }],
    ...ifAny("  credits", creditsText(session.cost)),
    ...unloggedFacts(session.cost, context),
    ["Cache hits", percentCell(session.cacheHitRatio)],
    ["Misses", missesCell(misses, context)],
    ["Cache", cacheCell(session.cache, now)],
    ...cacheFacts(session.cache, clock, context),
  ];
}

const DELETED: Cell = { text: "from its database; the sums are the last that were read", tone: "warn" };

function turnsText({ turns, totals }: SessionOutput["session"]): string {
  if (totals === undefined) return formatCount(turns);
  const sums = totals.requests === undefined
    ? countOf(totals.count, "sum")
    : `${countOf(totals.count, "sum")} of ${countOf(totals.requests, "request")}`;
  return turns === 0 ? `-, known as ${sums}` : `${formatCount(turns)}, and ${sums}`;
}

function forksTable(forks: SessionOutput["forks"], money: Money): Block {
  return {
    kind: "table",
    title: "Forks",
    columns: [
      { key: "sessionId", title: "Session" },
      { key: "turns", title: "Turns", align: "right" },
      { key: "usd", title: "Cost", align: "right", marksLargest: true },
    ],
    rows: forks.map(({ sessionId, shortId, turns, totals, cost }) => [
      { text: shortId, value: sessionId },
      turnsCell({ turns, totals }),
      costCell(cost, money),
    ]),
  };
}

function unloggedFacts({ unlogged }: SessionOutput["session"]["cost"], money: Money): [string, Cell][] {
  return unlogged === undefined ? [] : [["  unlogged", {
    text: `${usdCell(unlogged.usd, money).text} more, by the agent's own total: requests that its log does not show`,
  }]];
}

function usageText(usage: SessionOutput["session"]["usage"]): string {
  const written = usage.cacheWrite + usage.cacheWrite1h;
  return `${formatTokens(totalTokens(usage))}: ${formatTokens(usage.input)} input, ${formatTokens(usage.cacheRead)} ` +
    `cache read, ${formatTokens(written)} cache write, ${formatTokens(usage.output)} output`;
}

function basisText(cost: SessionOutput["session"]["cost"], hasTotals: boolean): string {
  const { basis, unpricedTurns } = cost;
  const origin = isAllBilled(cost) ? "by the seller's bill" : {
    reported: "reported by the agent",
    computed: "computed from price data",
    mixed: "partly reported, partly computed",
    none: "no price known",
  }[basis];
  return unpricedTurns > 0 && basis !== "none"
    ? `(${origin}; ${unpricedText(unpricedTurns, hasTotals)} unpriced)`
    : `(${origin})`;
}

function cacheFacts(cache: SessionOutput["session"]["cache"], clock: Clock, money: Money): [string, Cell][] {
  const { now } = clock;
  const facts: [string, Cell][] = [];
  if (cache.reason !== undefined) facts.push(["  because", { text: cache.reason.replaceAll("_", " ") }]);
  if (cache.tokens > 0) {
    facts.push([cache.state === "cold" ? "  held" : "  holds", {
      text: `${formatTokens(cache.tokens)} tokens of ${cache.model ?? "?"}`,
    }]);
  }
  if (cache.expiresAt !== undefined) {
    const left = Date.parse(cache.expiresAt) - now;
    facts.push(
      left > 0
        ? ["  expires", { text: `in ${formatCountdown(left)}` }]
        : ["  expired", { text: `${formatDuration(-left)} ago` }],
    );
  }
  if (cache.resumeUsd !== undefined) {
    const { warm, cold } = cache.resumeUsd;
    facts.push(["  resuming", {
      text: `${usdCell(warm, money).text} while warm, ${usdCell(cold, money).text} once cold`,
    }]);
  }
  const evidence = briefEvidence(cache);
  if (evidence !== undefined) facts.push(["  evidence", { text: evidence, tone: "dim" }]);
  const note = cacheNote(cache, clock);
  if (note !== undefined) facts.push(["  note", { text: note, tone: "dim" }]);
  return facts;
}

function sumsTable(
  title: string,
  key: string,
  rows: readonly {
    name: string;
    turns: number;
    usage: SessionOutput["session"]["usage"];
    cost: SessionOutput["session"]["cost"];
  }[],
  money: Money,
): Block {
  const credits = creditsColumns(rows.map(({ cost }) => cost));
  return {
    kind: "table",
    title,
    columns: [
      { key, title: key === "model" ? "Model" : "Chain", shrink: "keep_start" },
      { key: "turns", title: "Turns", align: "right", priority: 1 },
      { key: "input", title: "Input", align: "right", priority: 3 },
      { key: "cacheRead", title: "Read", align: "right", priority: 3 },
      { key: "cacheWrite", title: "Write 5m", align: "right", priority: 3 },
      { key: "cacheWrite1h", title: "Write 1h", align: "right", priority: 4 },
      { key: "output", title: "Output", align: "right", priority: 3 },
      ...credits.columns,
      { key: "usd", title: "Cost", align: "right", marksLargest: true },
    ],
    rows: rows.map(({ name, turns, usage, cost }) => [
      key === "model" ? modelCell(name) : { text: name },
      // What has no turn and is here is a sum.
      turnsCell({ turns, totals: {} }),
      tokensCell(usage.input),
      tokensCell(usage.cacheRead),
      tokensCell(usage.cacheWrite),
      tokensCell(usage.cacheWrite1h),
      tokensCell(usage.output),
      ...credits.cells(cost),
      costCell(cost, money),
    ]),
    empty: "No billed turn yet.",
  };
}

function turnsTable(
  turns: NonNullable<SessionOutput["turns"]>,
  session: SessionOutput["session"],
  clock: Clock,
  money: Money,
): Block {
  const hasVia = turns.some((turn) => viaText(turn) !== "");
  return {
    kind: "table",
    title: "Turns",
    columns: [
      { key: "at", title: "Time" },
      { key: "gapMs", title: "Gap", align: "right" },
      { key: "chain", title: "Chain", priority: 4, shrink: "keep_start" },
      { key: "model", title: "Model", priority: 5, shrink: "keep_start" },
      ...(hasVia ? [{ key: "via", title: "Via", priority: 2, shrink: "keep_start" as const }] : []),
      { key: "promptTokens", title: "Prompt", align: "right", priority: 2 },
      { key: "cacheRead", title: "Read", align: "right", priority: 1 },
      { key: "cacheWrite", title: "Write", align: "right", priority: 3 },
      { key: "output", title: "Output", align: "right", priority: 3 },
      { key: "usd", title: "Cost", align: "right", marksLargest: true },
      { key: "cache", title: "Cache" },
    ],
    rows: turns.map((turn) => [
      {
        text: turn.at === undefined ? "?" : formatTime(Date.parse(turn.at), clock.timezone, clock.now, "seconds"),
        value: turn.at ?? null,
      },
      turn.gapMs === undefined ? { text: "", value: null } : { text: formatDuration(turn.gapMs), value: turn.gapMs },
      { text: turn.chain },
      modelCell(turn.model),
      ...(hasVia ? [viaCell(turn)] : []),
      tokensCell(promptTokens(turn.usage)),
      tokensCell(turn.usage.cacheRead),
      tokensCell(turn.usage.cacheWrite + turn.usage.cacheWrite1h),
      tokensCell(turn.usage.output),
      usdCell(turn.usd, money),
      outcomeCell(turn, money),
    ]),
    empty: whyNoTurn(session, session.turns > 0 ? GONE : NO_TURN),
  };
}

function viaCell(turn: Parameters<typeof viaText>[0]): Cell {
  const text = viaText(turn);
  return text === "" ? { text, value: null } : { text };
}

const GONE = "They were deleted from their database.";
const NO_TURN = "No billed turn yet.";

/** Why none is listed. @param otherwise Said of a session whose agent records single responses */
function whyNoTurn(session: SessionOutput["session"], otherwise: string): string {
  return isKnownAsTotals(session) ? "Its agent records sums and no single responses." : otherwise;
}
