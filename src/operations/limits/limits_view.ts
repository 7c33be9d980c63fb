/** How `limits` is shown to people: a row a window, then how fast they fill, and what was refused. */
import { isOfModel } from "../../core/limits/report_limits.ts";
import { FIVE_HOURS, WEEK, windowTitle } from "../../core/limits/window_length.ts";
import type { EpochMs } from "../../core/model.ts";
import type { Block, Cell, Column, Tone, View } from "../contract/view.ts";
import { moneyText } from "../report/cells.ts";
import { formatCredits, formatDuration, formatReading, formatRelative, formatTime } from "../report/format.ts";
import { countOf } from "../report/notes.ts";
import type { LimitJson, LimitsOutput } from "./limits_output.ts";
import { budgetBlocks } from "./month_budget.ts";

/** What times are told from. */
interface Reference {
  readonly now: EpochMs;
  readonly timezone: string;
}

/** Drawn from what `--json` says. */
export function viewLimits({ asOf, timezone, limits, refused, amounts, notes }: LimitsOutput): View {
  const reference = { now: Date.parse(asOf), timezone };
  return [
    ...limits.length > 0 ? [limitsTable(limits, reference)] : [textOf("No reading of a limit was found.")],
    ...limits.flatMap((
      limit,
    ) => [
      ...paceBlocks(limit, limits, reference),
      ...movedBlocks(limit, limits, reference),
      ...budgetBlocks(limit, reference),
    ]),
    ...refusedBlocks(refused, reference),
    ...limits.flatMap((limit) => worthBlocks(limit, limits)),
    ...amounts.map(({ source, unit, used, since }) =>
      textOf(`${source}: ${formatCredits(used)} ${unit} since ${since.slice(0, 10)}. The allowance is in no log.`)
    ),
    ...notes.map((text): Block => ({ kind: "text", text, tone: "dim" })),
  ];
}

function textOf(text: string, tone?: Tone): Block {
  return { kind: "text", text, ...tone === undefined ? {} : { tone } };
}

/** A word for what is to be looked at, and its colour. */
function wordOf({ level, usedPercent }: LimitJson): readonly [word: string, tone: Tone | undefined] {
  switch (level) {
    case "high":
      return ["high", "warn"];
    case "nearly_full":
      // By its pace.
      return usedPercent! < NEARLY_FULL ? ["fills before its reset", "warn"] : ["nearly full", "bad"];
    case "full":
      return ["full", "bad"];
    default:
      return ["", undefined];
  }
}

const NEARLY_FULL = 90;

/** With the column of accounts where one agent has several. */
function limitsTable(limits: readonly LimitJson[], reference: Reference): Block {
  const accounts = new Map(limits.map(({ source, account }) => [`${source}\0${account}`, source]));
  const hasSeveral = new Set(accounts.values()).size < accounts.size;
  const columns: Column[] = [
    { key: "source", title: "Source" },
    ...hasSeveral ? [{ key: "account", title: "Account", shrink: "keep_end" } as const] : [],
    { key: "limit", title: "Limit", shrink: "keep_start" },
    { key: "usedPercent", title: "Used", align: "right" },
    { key: "bar", title: "", bar: true, full: 100, priority: 4 },
    ...limits.some((limit) => wordOf(limit)[0] !== "") ? [{ key: "level", title: "" } as const] : [],
    { key: "resetsAt", title: "Resets", shortensAt: 3 },
    { key: "observedAt", title: "Read", shortensAt: 5, priority: 1 },
  ];
  const rows = limits.map((limit) => {
    const { source, account, usedPercent, level } = limit;
    const [word, tone] = wordOf(limit);
    const cells: Record<string, Cell> = {
      source: { text: source },
      account: { text: account },
      limit: limitCell(limit),
      usedPercent: usedCell(limit, tone),
      bar: { text: "", value: limit.state === "gone" ? null : usedPercent, tone: tone ?? "dim" },
      level: { text: word, value: level, tone, forms: [word, word.replace("fills before its reset", "filling")] },
      resetsAt: resetCell(limit, reference),
      observedAt: readCell(limit, reference.now),
    };
    return columns.map(({ key }) => cells[key]!);
  });
  return { kind: "table", columns, rows };
}

/** `week`, `week, GPT-5.3-Codex-Spark`, and in short `week, Spark`. */
function limitCell(of: LimitJson): Cell {
  const { limit, name, window, windowMinutes } = of;
  const title = window === "month" ? window : windowTitle(windowMinutes);
  if (!isOfModel(of)) return { text: title, value: title };
  const named = limit === "spend" ? "budget" : name ?? limit;
  const text = `${title}, ${named}`;
  const last = named.split(/[-_ ]/).at(-1)!;
  return { text, value: text, ...last === named ? {} : { forms: [text, `${title}, ${last}`] } };
}

function usedCell({ usedPercent, state, budget }: LimitJson, tone: Tone | undefined): Cell {
  if (usedPercent === null) return { text: "?", value: null, tone: "dim" };
  const text = formatReading(usedPercent);
  if (state === "gone") return { text, value: usedPercent, tone: "dim" };
  const atLeast = { text: `at least ${text}`, value: usedPercent, tone, forms: [`at least ${text}`, `${text}+`] };
  return state === "stale" || (budget?.unpricedTurns ?? 0) > 0 ? atLeast : { text, value: usedPercent, tone };
}

function resetCell({ state, resetsAt, usedBefore }: LimitJson, { now, timezone }: Reference): Cell {
  const at = Date.parse(resetsAt);
  const time = formatTime(at, timezone, now);
  if (state === "gone") return { text: "no longer shown", value: resetsAt, tone: "dim" };
  if (state === "reset") {
    const since = `reset ${timePhrase(time)}, nothing read since`;
    const text = usedBefore === undefined ? since : `${since} (was ${formatReading(usedBefore)})`;
    return { text, value: resetsAt, tone: "dim", forms: [...new Set([text, since, `reset ${time}`])] };
  }
  const left = formatDuration(Math.floor((at - now) / 60_000) * 60_000);
  const text = at - now < DAY_MS
    ? `${time}, in ${at - now < 60_000 ? "less than a minute" : wholeMinutes(left)}`
    : time;
  return { text, value: resetsAt, forms: [text, time] };
}

const DAY_MS = 24 * 3_600_000;

/** `2h 05m`, `14m`. */
function wholeMinutes(duration: string): string {
  return duration.replace(/ 00s$/, "");
}

/** `at 14:02`, `on Nov 20 14:02`. */
function timePhrase(time: string): string {
  return /^\d\d:\d\d$/.test(time) ? `at ${time}` : `on ${time}`;
}

function readCell({ observedAt, state, turnsSince, pointsSince = 0 }: LimitJson, now: EpochMs): Cell {
  const text = formatRelative(Date.parse(observedAt), now);
  if (state === "current" || turnsSince === 0) return { text, value: observedAt };
  const since = `${text}, ${countOf(turnsSince, "turn")} since`;
  const points = Math.round(pointsSince);
  const guess = points === 0 ? since : `${since}, about ${countOf(points, "point")} more`;
  return { text: guess, value: observedAt, forms: [...new Set([guess, since, text])] };
}

/** `claude, 5 hours`; with the account where there are several. */
function nameOf(limit: LimitJson, limits: readonly LimitJson[]): string {
  const { source, account } = limit;
  const isAlone = limits.every((other) => other.source !== source || other.account === account);
  return `${source}${isAlone ? "" : ` in ${account}`}, ${limitCell(limit).text}`;
}

function paceBlocks(limit: LimitJson, limits: readonly LimitJson[], { now, timezone }: Reference): readonly Block[] {
  const { pace, resetsAt, averagePerHour } = limit;
  if (pace === null) return [];
  const time = (at: string) => formatTime(Date.parse(at), timezone, now);
  const [earliest, latest, reset] = [time(pace.earliest), time(pace.latest), time(resetsAt)];
  const span = earliest === latest ? timePhrase(earliest) : `between ${earliest} and ${latest}`;
  const place = Date.parse(pace.latest) < Date.parse(resetsAt)
    ? `before the reset ${timePhrase(reset)}`
    : Date.parse(pace.earliest) >= Date.parse(resetsAt)
    ? `after the reset ${timePhrase(reset)}`
    : `about when it is reset, ${timePhrase(reset)}`;
  const average = averagePerHour === null ? "" : ` Since the window began it was ${averagePerHour.toFixed(1)} an hour.`;
  return [textOf(
    `${nameOf(limit, limits)}: ${pace.percentPerHour.toFixed(1)} points an hour lately. At that pace full ${span}, ` +
      `${place}.${average}`,
    pace.beforeReset ? "warn" : undefined,
  )];
}

/** What a point was worth: of a plan, and never money that somebody pays. */
function worthBlocks(limit: LimitJson, limits: readonly LimitJson[]): readonly Block[] {
  const { pointWorth: worth } = limit;
  if (worth === undefined) return [];
  const spread = worth.windows === 1
    ? "in one window"
    : `in ${worth.windows} windows, from ${moneyText(worth.leastUsd)} to ${moneyText(worth.mostUsd)}`;
  return [
    textOf(
      `${nameOf(limit, limits)}: a point was worth at least ${moneyText(worth.usd)} at list prices, ${spread}.`,
      "dim",
    ),
  ];
}

function movedBlocks(limit: LimitJson, limits: readonly LimitJson[], { now, timezone }: Reference): readonly Block[] {
  const { resetMovedMs, resetsAt, state } = limit;
  if (resetMovedMs === null || state === "reset" || state === "gone") return [];
  const at = Date.parse(resetsAt);
  const [from, to] = [at - resetMovedMs, at].map((time) => formatTime(time, timezone, now));
  return [textOf(`${nameOf(limit, limits)}: the reset moved from ${from} to ${to}.`)];
}

/** As in the table, where it is one of those. */
function refusedTitle(window: string): string {
  if (window === "five_hour") return windowTitle(FIVE_HOURS);
  return window === "seven_day" ? windowTitle(WEEK) : window.replaceAll("_", " ");
}

/** Rows of a list would be many where an agent tries again. */
const MOST_REFUSED = 3;

function refusedBlocks(refused: LimitsOutput["refused"], { now, timezone }: Reference): readonly Block[] {
  const late = refused.filter(({ at }) => Date.parse(at) > now - 2 * DAY_MS);
  if (late.length === 0) return [];
  const texts = late.slice(0, MOST_REFUSED).map(({ source, window, at, resetsAt }) => {
    const reset = resetsAt === null ? "" : ` (reset ${formatTime(Date.parse(resetsAt), timezone, now)})`;
    return `${source}, ${refusedTitle(window)}, ${timePhrase(formatTime(Date.parse(at), timezone, now))}${reset}`;
  });
  const more = late.length > MOST_REFUSED ? `, and ${late.length - MOST_REFUSED} more` : "";
  return [textOf(`Refused in the last two days: ${texts.join("; ")}${more}.`, "warn")];
}
