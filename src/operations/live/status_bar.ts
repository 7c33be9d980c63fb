/**
 * What the bars of a desktop and of tmux show instead of a line: all warm caches, what is at stake, and today. One text
 * each in the words that the bar understands: xbar's and SwiftBar's menus, Waybar's JSON, tmux's styles.
 *
 * Pure and light, as status_line.ts is: a bar asks every few seconds.
 */
import { lifetimeTable } from "../../core/cache/lifetime_table.ts";
import type { EpochMs } from "../../core/model.ts";
import { lossOf, mayBeCached, reportCache } from "../../core/session_report.ts";
import { costCell, moneyText } from "../report/cells.ts";
import { formatCountdown } from "../report/format.ts";
import { countOf } from "../report/notes.ts";
import { type CachedSession, placeByEnd, summarizeWarm } from "../report/warm_summary.ts";
import { stakeText, warmLine, type WarmSummary } from "../report/warm_text.ts";
import { limitTexts } from "./line_limits.ts";
import type { HeldCache, StatusSnapshot } from "./status_snapshot.ts";
import { BEHIND, CURRENT_FOR_MS, type Status } from "./status_line.ts";

/** xbar's is SwiftBar's, too. */
export type BarFormat = "xbar" | "waybar" | "tmux";

/** What a bar is drawn from. */
export interface Bar extends Pick<Status, "now" | "digits" | "today" | "isTodayCurrent"> {
  /** Of the last scan; undefined where there was none. */
  readonly snapshot?: Pick<StatusSnapshot, "held" | "lastColdAt" | "lifetimes" | "takenAt" | "limits">;
  /** Where the page is served, with a slash at its end; undefined where it is not. */
  readonly page?: string;
  /** The program and its arguments that serve the page. */
  readonly serve: readonly string[];
}

/** A line of text for tmux and Waybar, several for xbar. No line break at its end. */
export function showBar(bar: Bar, format: BarFormat): string {
  return SHOWN[format](readBar(bar), bar);
}

/** Less than this before its end, a cache is said to go cold soon: as on the page. */
const SOON_MS = 60_000;
/** Rows of a menu: more fit on no screen. */
const LISTED = 20;

type Row = HeldCache & CachedSession;
type BarClass = "warm" | "soon" | "maybe" | "cold" | "unknown";

/** What all three say. */
interface BarText {
  readonly state: BarClass;
  /** `3 warm`, `no cache warm`, `?`. */
  readonly count: string;
  /** `2m 14s`, of the one that ends first. */
  readonly left?: string;
  /** `$7.27`. */
  readonly stake?: string;
  /** `today $1.23`. */
  readonly today: string;
  readonly sentence: string;
  /** Those that end first come first. */
  readonly rows: readonly Row[];
  /** A line each. */
  readonly limits: readonly string[];
}

function readBar({ now, digits, snapshot, today, isTodayCurrent }: Bar): BarText {
  const todayText = today === undefined
    ? "today ?"
    : `today ${isTodayCurrent ? "" : BEHIND}${costCell(today.cost, { digits }).text}`;
  const limits = limitTexts(snapshot?.limits ?? [], now);
  if (snapshot?.held === undefined) {
    return {
      state: "unknown",
      count: "?",
      today: todayText,
      sentence: "No scan has left figures yet.",
      rows: [],
      limits,
    };
  }
  const lifetimes = lifetimeTable(snapshot.lifetimes);
  const all = snapshot.held.map((held): Row => ({ ...held, cache: reportCache(held.cacheBasis, now, lifetimes) }));
  const rows = all.filter(mayBeCached).sort((a, b) => compareEnds(placeByEnd(a), placeByEnd(b)));
  const found = summarizeWarm(all);
  const summary = { ...found, lastColdAt: latestOf(found.lastColdAt, snapshot.lastColdAt) };
  return {
    state: stateOf(summary, now),
    count: (Math.abs(now - snapshot.takenAt) < CURRENT_FOR_MS ? "" : BEHIND) + countText(found),
    left: found.nextExpiry === undefined ? undefined : formatCountdown(found.nextExpiry - now),
    stake: stakeText(found, { digits })?.replace(" at stake", ""),
    today: todayText,
    sentence: warmLine(summary, now, { digits }),
    rows,
    limits,
  };
}

function countText({ warm, maybe }: WarmSummary): string {
  return warm > 0 ? `${warm} warm` : maybe > 0 ? `${maybe} maybe warm` : "no cache warm";
}

function compareEnds(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0] || a[1] - b[1];
}

function latestOf(a: EpochMs | undefined, b: EpochMs | undefined): EpochMs | undefined {
  return a === undefined || b === undefined ? a ?? b : Math.max(a, b);
}

function stateOf({ warm, maybe, nextExpiry }: WarmSummary, now: EpochMs): BarClass {
  if (warm === 0) return maybe > 0 ? "maybe" : "cold";
  return nextExpiry !== undefined && nextExpiry - now < SOON_MS ? "soon" : "warm";
}

/** `3 warm 2m 14s $7.27`; what was spent today where nothing is warm. */
function shortText({ state, count, left, stake, today }: BarText): string {
  return state === "cold" || state === "unknown" ? today : [count, left, stake].filter(Boolean).join(" ");
}

/** `2m 14s  src/api  claude-sonnet-4-6  $0.60 at stake`, and `soon` or `maybe` as a word. */
function rowText({ cache, project, source }: Row, { now, digits }: Bar): string {
  const left = cache.expiresAt === undefined ? "?" : formatCountdown(cache.expiresAt - now);
  const isSoon = cache.state === "warm" && cache.expiresAt !== undefined && cache.expiresAt - now < SOON_MS;
  const word = cache.state === "maybe" ? "maybe " : isSoon ? "soon " : "";
  // What may be warm is past what is promised: how much is left of it says nothing.
  const time = cache.state === "maybe" && !(cache.expiresAt! > now) ? "" : left;
  const loss = `${moneyText(lossOf(cache.resumeUsd), { digits })} at stake`;
  // Names are what logs say: one that breaks the line would be a line of the menu, with parameters of its own.
  const names = [project ?? "?", cache.model ?? "?", source].map((name) =>
    name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
  );
  return [`${word}${time}`.trim(), ...names, loss].join("  ");
}

function restText({ rows }: BarText): string | undefined {
  return rows.length > LISTED ? `and ${countOf(rows.length - LISTED, "more cache")}` : undefined;
}

const SHOWN: Readonly<Record<BarFormat, (text: BarText, bar: Bar) => string>> = {
  xbar: showXbar,
  waybar: showWaybar,
  tmux: showTmux,
};

/** Of xbar's and SwiftBar's colours those that are read on light and dark menus alike. */
const XBAR_COLOR: Partial<Record<BarClass, string>> = { soon: "orange" };

/**
 * The title, then the menu. Source: xbar and SwiftBar, README, "Plugin API" (read 2026-11-26): what follows `|` are
 * parameters; `href` opens an address, `bash` with `param1` and so on starts a program.
 */
function showXbar(text: BarText, bar: Bar): string {
  const open = (hash: string) =>
    bar.page === undefined
      ? [
        `bash=${quote(bar.serve[0]!)}`,
        ...bar.serve.slice(1).map((arg, at) => `param${at + 1}=${quote(arg)}`),
        "terminal=true",
      ]
      : [`href=${quote(bar.page + hash)}`];
  const line = (shown: string, ...parameters: readonly string[]) =>
    [`${shown.replaceAll("|", "¦")} |`, ...parameters, "emojize=false symbolize=false"].join(" ");
  const color = XBAR_COLOR[text.state];
  const rest = restText(text);
  return [
    line(shortText(text), ...color === undefined ? [] : [`color=${color}`]),
    "---",
    line(text.sentence, ...open("#/now")),
    ...text.rows.slice(0, LISTED).map((row) => line(rowText(row, bar), ...open(linkToSession(row)))),
    ...rest === undefined ? [] : [line(rest, ...open("#/now"))],
    "---",
    ...text.limits.map((limit) => line(limit, ...open("#/now"))),
    line(capitalize(text.today), ...open("#/cost")),
    line(bar.page === undefined ? "Start the dashboard" : "Open the dashboard", ...open("#/now")),
  ].join("\n");
}

/** Ids are what logs say: all that might end the value or the address is escaped. */
function linkToSession({ source, sessionId }: Row): string {
  return `#/session/${encodeURIComponent(source)}/${encodeURIComponent(sessionId)}`;
}

function quote(value: string): string {
  return /^[\w@%+=:,./#-]+$/.test(value) ? value : `"${value.replaceAll('"', "")}"`;
}

/**
 * One object. Source: waybar-custom(5), "RETURN-TYPE" (read 2026-11-26): `text` and `tooltip` are Pango markup, `class`
 * is for the style sheet, `alt` chooses the icon.
 */
function showWaybar(text: BarText, bar: Bar): string {
  const tooltip = [
    text.sentence,
    ...text.rows.slice(0, LISTED).map((row) => rowText(row, bar)),
    restText(text),
    ...text.limits,
    capitalize(text.today),
    bar.page === undefined ? "The dashboard does not run: opper-agent dashboard" : `Dashboard: ${bar.page}`,
  ].filter((line) => line !== undefined).join("\n");
  return JSON.stringify({
    text: escapeMarkup(shortText(text)),
    alt: text.state,
    tooltip: escapeMarkup(tooltip),
    class: text.state,
  });
}

function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const TMUX_COLOR: Readonly<Record<BarClass, string>> = {
  warm: "green",
  soon: "yellow",
  maybe: "yellow",
  cold: "default",
  unknown: "default",
};

/** Source: tmux(1), "STYLES". A doubled `#` stands for itself. */
function showTmux({ state, count, left, stake, today }: BarText): string {
  const held = [count, state === "soon" && "soon", left, stake].filter((part) => part).join(" ").replaceAll("#", "##");
  return `#[fg=${TMUX_COLOR[state]}]${held}#[default] | ${today.replaceAll("#", "##")}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
