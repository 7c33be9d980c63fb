/** How the first screen is shown to people. */
import { LOGGED_AGENTS } from "../../agents/agents.ts";
import type { Cost, EpochMs } from "../../core/model.ts";
import { lossOf } from "../../core/session_report.ts";
import {
  cacheCell,
  costCell,
  modelCell,
  type Money,
  percentCell,
  projectCell,
  sessionCell,
  shortenPath,
  turnsCell,
  usdCell,
} from "../report/cells.ts";
import type { Clock } from "../report/clock_input.ts";
import { formatCount, formatRelative, formatTime } from "../report/format.ts";
import { formatChange } from "../report/format_change.ts";
import { partOf } from "../report/notes.ts";
import type { OverviewOutput } from "./overview_output.ts";
import { sessionsTable } from "./sessions_view.ts";
import type { Block, Cell, View } from "../contract/view.ts";

type Context = Money & { readonly home: string };
type Span = OverviewOutput["spans"]["today"];
type Table = Extract<Block, { kind: "table" }>;

/** The first screen, drawn from what its `--json` says. */
export function viewOverview(output: OverviewOutput, clock: Clock, context: Context): View {
  const next: Block = {
    kind: "facts",
    title: "Next",
    facts: output.next.map(({ command, explains }) => [`opper-agent ${command}`, { text: explains }]),
  };
  const notes = output.notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const }));
  if (output.roots.every(({ files }) => files === 0)) return [...whereLooked(output, context), next, ...notes];
  return [
    spansTable(output.spans, clock, context),
    { kind: "text", text: spansNote(output.spans, clock), tone: "dim" },
    warmTable(output, clock, context),
    {
      ...sessionsTable(output.sessions, clock, context, LISTED),
      title: someOf("Latest sessions", output.sessions.length, output.totalSessions),
      empty: "No sessions to list.",
    },
    next,
    ...notes,
  ];
}

/** Columns of the latest sessions. */
const LISTED = ["lastActivityAt", "session", "source", "title", "project", "models", "usd"];

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

function spansTable(spans: OverviewOutput["spans"], { now, timezone }: Clock, money: Money): Table {
  const { month } = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone);
  const rows: readonly (readonly [name: string, span: Span])[] = [
    ["Today", spans.today],
    ["Yesterday", spans.yesterday],
    ["7 days", spans.sevenDays],
    [MONTHS[month - 1]!, spans.month],
  ];
  return {
    kind: "table",
    columns: [
      { key: "span", title: "Spent" },
      { key: "usd", title: "Cost", align: "right" },
      { key: "previousUsd", title: "Before", align: "right", priority: 2 },
      { key: "change", title: "Change", align: "right", priority: 3 },
      { key: "turns", title: "Turns", align: "right", priority: 4 },
      { key: "sessions", title: "Sessions", align: "right", priority: 5 },
      { key: "cacheHitRatio", title: "From cache", align: "right", priority: 1 },
    ],
    rows: rows.map(([name, span]) => [
      { text: name },
      { ...costCell(span.cost, money), tone: "strong" },
      span.previous === undefined ? NOTHING : costCell(span.previous.cost, money),
      changeCell(span.cost, span.previous?.cost),
      // Sessions without a turn are known as sums.
      turnsCell({ turns: span.turns, totals: span.sessions > 0 ? {} : undefined }),
      { text: formatCount(span.sessions), value: span.sessions },
      percentCell(span.cacheHitRatio),
    ]),
  };
}

const NOTHING: Cell = { text: "-", value: null, tone: "dim" };

/** Unknown where one of the two lacks something, `-` where there was nothing before. */
function changeCell(cost: Cost, before: Cost | undefined): Cell {
  if (before === undefined || (before.usd === 0 && before.unpricedTurns === 0)) return NOTHING;
  if (cost.unpricedTurns > 0 || before.unpricedTurns > 0) return { text: "?", value: null, tone: "dim" };
  return { text: formatChange(cost.usd, before.usd), value: cost.usd / before.usd - 1 };
}

function spansNote({ today }: OverviewOutput["spans"], { timezone }: Clock): string {
  const until = today.previous === undefined ? undefined : Date.parse(today.previous.until);
  // Told from itself, a time is its clock alone.
  const example = until === undefined ? "" : `; for today, yesterday until ${formatTime(until, timezone, until)}`;
  return `From cache: share of the prompt. Before: as much of the span before${example}.`;
}

function warmTable(output: OverviewOutput, { now }: Clock, context: Context): Table {
  const { warm, totalWarm, atStakeUsd, unpricedCaches, lastColdAt } = output;
  const isSure = warm.some(({ cache }) => cache.state === "warm");
  const sum = usdCell(atStakeUsd, context).text + (unpricedCaches > 0 && atStakeUsd !== undefined ? "+" : "");
  return {
    kind: "table",
    title: someOf("Warm caches", warm.length, totalWarm) + (isSure ? `, ${sum} at stake` : ""),
    columns: [
      { key: "cache", title: "Cache" },
      { key: "session", title: "Session" },
      { key: "project", title: "Project", priority: 2, shrink: "keep_end" },
      { key: "model", title: "Model", priority: 3, shrink: "keep_start" },
      { key: "lossUsd", title: "At stake", align: "right", priority: 1 },
    ],
    rows: warm.map(({ cache, ...session }) => [
      cacheCell(cache, now),
      sessionCell(session),
      projectCell(session.cwd, context.home),
      modelCell(cache.model),
      usdCell(lossOf(cache.resumeUsd), context),
    ]),
    empty: `No cache is warm.${lastColdText(lastColdAt, now)}`,
  };
}

function lastColdText(at: string | undefined, now: EpochMs): string {
  return at === undefined ? "" : ` The last cache went cold ${formatRelative(Date.parse(at), now)}.`;
}

function someOf(title: string, listed: number, total: number): string {
  return listed < total ? `${title} (${partOf(listed, total)})` : title;
}

function whereLooked({ roots }: OverviewOutput, { home }: Context): View {
  const titles = LOGGED_AGENTS.map(({ title }) => title);
  const bySource = [...Map.groupBy(roots, ({ source }) => source)];
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
          { text: shortenPath(path, home) + others, value: path },
          { text: exists ? "no logs" : "no such directory", tone: "dim" as const },
        ];
      }),
    },
  ];
}
