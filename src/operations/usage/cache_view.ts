/** How caches are shown to people: what is at stake, the caches, how long they live, and the curves behind that. */
import { briefEvidence } from "../../core/cache/strategies.ts";
import { type CacheStrategyId, NEEDED_DROPS, NEEDED_SURVIVALS } from "../../core/cache/strategy.ts";
import type { DurationMs } from "../../core/model.ts";
import {
  countCell,
  modelCell,
  type Money,
  percentCell,
  projectCell,
  sessionCell,
  tokensCell,
  usdCell,
} from "../report/cells.ts";
import { cacheNote } from "../report/cache_note.ts";
import type { Clock } from "../report/clock_input.ts";
import { formatDuration } from "../report/format.ts";
import { partOf } from "../report/notes.ts";
import { heldCell } from "../report/warm_summary.ts";
import { warmLine } from "../report/warm_text.ts";
import type { Block, Cell, View } from "../contract/view.ts";
import type { CacheOutput } from "./cache_output.ts";
import { withoutRepeats } from "./distinct_lifetimes.ts";

/** What is shown, and for whom. */
interface Look extends Money {
  readonly home: string;
  /** Whether one session was asked for. */
  readonly showsOne: boolean;
  /** Whether the curves were asked for. */
  readonly showsCurves: boolean;
}

/** Caches and lifetimes, drawn from what their `--json` says. */
export function viewCaches(output: CacheOutput, clock: Clock, look: Look): View {
  const { caches, total, notes } = output;
  const text = (text: string): Block => ({ kind: "text", text });
  const dim = (text: string): Block => ({ kind: "text", text, tone: "dim" });
  const atStake = warmLine(summaryOf(output), clock.now, look);
  return [
    // What was asked for goes first, and is the table that --csv prints.
    ...(look.showsCurves ? [curvesTable(output.lifetimes)] : []),
    ...(look.showsOne || caches.length === 0 ? [] : [text(atStake)]),
    cachesTable(output, atStake, clock, look),
    ...(look.showsOne ? knownFrom(caches, clock).map(dim) : []),
    ...(caches.length < total ? [text(`${partOf(caches.length, total)} caches.`)] : []),
    lifetimesTable(output.lifetimes),
    ...(look.showsCurves ? tooFewText(output.lifetimes).map(dim) : []),
    ...notes.map(dim),
  ];
}

function summaryOf(output: CacheOutput): Parameters<typeof warmLine>[0] {
  const time = (at: string | undefined) => at === undefined ? undefined : Date.parse(at);
  return {
    warm: output.warmCaches,
    maybe: output.maybeCaches,
    atStakeUsd: output.atStakeUsd,
    unpriced: output.unpricedCaches,
    nextExpiry: time(output.nextExpiresAt),
    lastColdAt: time(output.lastColdAt),
  };
}

/** What is known of a cache, in a word. */
const KNOWN_FROM: Readonly<Record<CacheStrategyId, string>> = {
  anthropic_ephemeral: "documented",
  documented_window: "documented",
  empirical_dropoff: "learned",
  recorded: "recorded",
  unknown: "-",
};

/** Where there is little room, what names a session and what is at stake stay. */
function cachesTable({ caches }: CacheOutput, empty: string, clock: Clock, look: Look): Block {
  const hasTitles = caches.some(({ title }) => title !== undefined);
  const title = ({ title }: CacheOutput["caches"][number]): Cell => ({ text: title ?? "", value: title ?? null });
  return {
    kind: "table",
    columns: [
      { key: "cache", title: "Cache" },
      { key: "session", title: "Session", priority: 1 },
      { key: "source", title: "Source", priority: 8 },
      ...(hasTitles ? [{ key: "title", title: "Title", priority: 5, shrink: "keep_start" as const }] : []),
      { key: "project", title: "Project", priority: 2, shrink: "keep_end" },
      { key: "model", title: "Model", priority: 6, shrink: "keep_start" },
      { key: "tokens", title: "Tokens", align: "right", priority: 7 },
      { key: "resumeWarmUsd", title: "Resume now", align: "right", priority: 4 },
      { key: "resumeColdUsd", title: "Resume cold", align: "right", priority: 3 },
      { key: "lossUsd", title: "At stake", align: "right" },
      { key: "evidence", title: "Known from", priority: 9 },
    ],
    rows: caches.map((row) => [
      heldCell(row, clock),
      sessionCell(row),
      { text: row.source },
      ...(hasTitles ? [title(row)] : []),
      projectCell(row.cwd, look.home),
      modelCell(row.cache.model),
      tokensCell(row.cache.tokens),
      usdCell(row.cache.resumeUsd?.warm, look),
      usdCell(row.cache.resumeUsd?.cold, look),
      usdCell(row.lossUsd, look),
      { text: KNOWN_FROM[row.cache.strategy], value: row.cache.strategy, tone: "dim" },
    ]),
    empty,
  };
}

function knownFrom([row]: CacheOutput["caches"], clock: Clock): string[] {
  if (row === undefined) return [];
  const note = cacheNote(row.cache, clock);
  const known = briefEvidence(row.cache);
  const lines = [
    ...(known === undefined ? [] : [`Known from: ${known}.`]),
    ...(row.cache.reason === undefined ? [] : [`Because: ${row.cache.reason.replaceAll("_", " ")}.`]),
    ...(note === undefined || row.cache.stickyUntil === undefined ? [] : [note]),
  ];
  return lines;
}

type LifetimeJson = CacheOutput["lifetimes"][number];

function lifetimesTable(lifetimes: CacheOutput["lifetimes"]): Block {
  return {
    kind: "table",
    title: "Learned lifetimes",
    columns: [
      { key: "model", title: "Model", shrink: "keep_start" },
      { key: "lifetime", title: "Lifetime" },
      { key: "survivals", title: "Survived", align: "right", priority: 1 },
      { key: "used", title: "Used" },
    ],
    rows: withoutRepeats(lifetimes).map((learned) => [
      poolCell(learned),
      lifetimeCell(learned),
      {
        text: partOf(learned.survivals, learned.samples),
        value: learned.survivals,
      },
      learned.used
        ? { text: "yes", value: "history" }
        : { text: ["no", ...(learned.decidedBy === undefined ? [] : [learned.decidedBy])].join(", "), tone: "dim" },
    ]),
    empty: "Not enough history yet to learn how long caches live.",
  };
}

/** As `cost --by model` names it: the provider goes first where there is little room, unless others have that model too. */
function poolCell({ provider, model, upstream }: Omit<LifetimeJson, "curve">): Cell {
  if (upstream !== undefined) return { text: `${provider}/${model} at ${upstream}` };
  return model === undefined ? { text: `all of ${provider}`, value: provider } : modelCell(`${provider}/${model}`);
}

/** Between the longest pause that nine in ten survived and the shortest that at most half did. */
function lifetimeCell({ fit, survivals, drops }: LifetimeJson): Cell {
  if (fit !== undefined) return { text: rangeText(fit.warmUntilMs, fit.coldFromMs), value: fit.ttlMs };
  const isEnough = survivals >= NEEDED_SURVIVALS && drops >= NEEDED_DROPS;
  return { text: isEnough ? "no end seen" : "too few samples", value: null, tone: "dim" };
}

/** Pauses of less than a minute are not looked at. */
function rangeText(from: DurationMs, to: DurationMs): string {
  return `${from === 0 ? "less than 1m" : formatDuration(from)} to ${formatDuration(to)}`;
}

function curvesTable(lifetimes: CacheOutput["lifetimes"]): Block {
  return {
    kind: "table",
    title: "Share of caches that survive a pause, as fitted",
    columns: [
      { key: "model", title: "Model", shrink: "keep_start" },
      { key: "pause", title: "Pause" },
      { key: "pauses", title: "Pauses", align: "right", priority: 1 },
      { key: "share", title: "Survive", align: "right" },
      { key: "bar", title: "", bar: true, priority: 2 },
    ],
    rows: withoutRepeats(lifetimes).flatMap(({ curve, ...learned }) =>
      (curve?.points ?? []).map(({ gapMs, lastGapMs, share, pauses }, index) => {
        // A name stands once, and in CSV in every row.
        const name = poolCell(learned);
        return [
          index === 0 ? name : { text: "", value: name.value },
          { text: gapMs === lastGapMs ? formatDuration(gapMs) : rangeText(gapMs, lastGapMs), value: gapMs },
          countCell(pauses),
          percentCell(share),
          { text: "", value: share },
        ];
      })
    ),
    empty: "No pause of more than a minute yet.",
  };
}

function tooFewText(lifetimes: CacheOutput["lifetimes"]): string[] {
  const isFew = ({ survivals, drops }: LifetimeJson) => survivals < NEEDED_SURVIVALS || drops < NEEDED_DROPS;
  return lifetimes.some(isFew)
    ? [`A lifetime needs ${NEEDED_SURVIVALS} survivals and ${NEEDED_DROPS} losses after more than a minute.`]
    : [];
}
