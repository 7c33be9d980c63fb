/** The turns of one session that the cache should have served: what they add up to, and each of them. */
import { isoTime } from "../../core/iso_time.ts";
import type { ExplainedTurn } from "../../scan/index/ask/explain_session.ts";
import { causeText } from "../report/cause_text.ts";
import { causeForms, missCauseText } from "../report/via_text.ts";
import { modelCell, type Money, moneyText, tokensCell, usdCell } from "../report/cells.ts";
import type { Clock } from "../report/clock_input.ts";
import { formatCount, formatDuration, formatTime, formatTokens } from "../report/format.ts";
import { countOf, partOf } from "../report/notes.ts";
import type { SessionOutput } from "./session_output.ts";
import { MAIN_CHAIN } from "../../core/model.ts";
import type { Block, Cell, Column } from "../contract/view.ts";

type Misses = SessionOutput["misses"];
type Miss = NonNullable<Misses["list"]>[number];

/** @param turns All of the session's, in order of time */
export function listMisses(turns: readonly ExplainedTurn[]): readonly Miss[] {
  return turns.flatMap((turn, index) =>
    turn.outcome !== "miss" ? [] : [{
      turn: index + 1,
      at: isoTime(turn.at),
      chain: turn.chain,
      provider: turn.model.provider,
      model: turn.model.model,
      gapMs: turn.gapMs,
      cause: turn.cause ?? "unexplained",
      missedTokens: turn.missedTokens,
      missedUsd: turn.missedUsd,
      ...(turn.rerouted === undefined ? {} : { rerouted: turn.rerouted }),
    }]
  );
}

/** @param isKnown False where there are no turns to look at: then nothing is known of what they cost */
export function sumMisses(misses: readonly Miss[], isKnown: boolean): Omit<Misses, "list"> {
  const byCause: Record<string, number> = {};
  const usdByCause: Record<string, number> = {};
  for (const { cause, missedUsd } of misses) {
    byCause[cause] = (byCause[cause] ?? 0) + 1;
    if (missedUsd !== undefined) usdByCause[cause] = (usdByCause[cause] ?? 0) + missedUsd;
  }
  const priced = misses.map(({ missedUsd }) => missedUsd).filter((usd) => usd !== undefined);
  return {
    turns: misses.length,
    tokens: misses.reduce((sum, { missedTokens }) => sum + missedTokens, 0),
    usd: isKnown && (misses.length === 0 || priced.length > 0) ? priced.reduce((sum, usd) => sum + usd, 0) : undefined,
    byCause,
    usdByCause: Object.keys(usdByCause).length === 0 ? undefined : usdByCause,
  };
}

/** `7 turns, 723k tokens, cost $6.87 (5 compacted, 2 expired)`. */
export function missesCell(misses: Misses, money: Money): Cell {
  // Of no turns, or of turns that nobody can look at.
  if (misses.turns === 0) return misses.usd === undefined ? { text: "?", tone: "dim" } : { text: "none" };
  const causes = Object.entries(misses.byCause).map(([cause, count]) => `${formatCount(count)} ${causeText(cause)}`);
  const cost = misses.usd === undefined ? "cost unknown" : `cost ${moneyText(misses.usd, money)}`;
  return {
    text: `${countOf(misses.turns, "turn")}, ${formatTokens(misses.tokens)} tokens, ${cost} (${causes.join(", ")})`,
  };
}

/** So many are shown where nobody asked for them. */
const MOST_UNASKED = 10;

/**
 * All that are listed, or the dearest of them.
 *
 * @param all Whether all were asked for
 * @param whyNone Said in place of a table without rows
 */
export function missesBlocks(
  { session: { shortId }, misses }: Pick<SessionOutput, "session" | "misses">,
  { all, whyNone }: { readonly all: boolean; readonly whyNone: string },
  clock: Clock,
  money: Money,
): readonly Block[] {
  const { list } = misses;
  if (list === undefined || (list.length === 0 && !all)) return [];
  const byCost = list.toSorted(compareCosts);
  const some = new Set(byCost.slice(0, all ? Infinity : MOST_UNASKED));
  const shown = list.filter((miss) => some.has(miss));
  const isPriced = byCost[0]?.missedUsd !== undefined;
  // Of a page that holds some of all, it may be another.
  const dearest = list.length > 1 && list.length === misses.turns && isPriced ? byCost[0] : undefined;
  const isCut = shown.length < list.length;
  const title = isCut
    ? `Misses (the ${isPriced ? "dearest" : "largest"} ${partOf(shown.length, misses.turns)})`
    : shown.length < misses.turns
    ? `Misses (${partOf(shown.length, misses.turns)})`
    : "Misses";
  return [
    missesTable(title, shown, dearest, whyNone, clock, money),
    ...(isCut
      ? [{
        kind: "text" as const,
        text: `\`opper-agent session ${shortId} --misses\` lists all.`,
        tone: "dim" as const,
      }]
      : []),
  ];
}

/** The dearest first; without a price, those of most tokens. */
function compareCosts(a: Miss, b: Miss): number {
  return (b.missedUsd ?? -1) - (a.missedUsd ?? -1) || b.missedTokens - a.missedTokens;
}

interface MissColumn extends Column {
  cell(miss: Miss): Cell;
  /** @default true */
  readonly isThere?: boolean;
}

function missesTable(
  title: string,
  shown: readonly Miss[],
  dearest: Miss | undefined,
  whyNone: string,
  { timezone, now }: Clock,
  money: Money,
): Block {
  const models = new Set(shown.map(({ provider, model }) => `${provider}/${model}`));
  const all: readonly MissColumn[] = [
    {
      key: "turn",
      title: "Turn",
      align: "right",
      priority: 4,
      cell: ({ turn }) => ({ text: formatCount(turn), value: turn }),
    },
    {
      key: "at",
      title: "Time",
      cell: ({ at }) => ({
        text: at === undefined ? "?" : formatTime(Date.parse(at), timezone, now, "seconds"),
        value: at ?? null,
      }),
    },
    {
      key: "gapMs",
      title: "Pause",
      align: "right",
      priority: 1,
      cell: ({ gapMs }) => ({ text: gapMs === undefined ? "?" : formatDuration(gapMs), value: gapMs ?? null }),
    },
    {
      key: "chain",
      title: "Chain",
      priority: 5,
      shrink: "keep_start",
      isThere: shown.some(({ chain }) => chain !== MAIN_CHAIN),
      cell: ({ chain }) => ({ text: chain }),
    },
    {
      key: "model",
      title: "Model",
      priority: 6,
      shrink: "keep_start",
      isThere: models.size > 1,
      cell: ({ model }) => modelCell(model),
    },
    {
      key: "cause",
      title: "Cause",
      cell: (miss) => ({ text: missCauseText(miss), value: miss.cause, forms: causeForms(miss) }),
    },
    {
      key: "missedTokens",
      title: "Tokens",
      align: "right",
      priority: 3,
      cell: ({ missedTokens }) => tokensCell(missedTokens),
    },
    { key: "missedUsd", title: "Lost", align: "right", cell: ({ missedUsd }) => usdCell(missedUsd, money) },
    {
      key: "dearest",
      title: "",
      priority: 2,
      isThere: dearest !== undefined,
      cell: (miss) => miss === dearest ? { text: "dearest", tone: "bad" } : { text: "", value: null },
    },
  ];
  const columns = all.filter(({ isThere }) => isThere !== false);
  return {
    kind: "table",
    title,
    columns: columns.map(({ cell: _, isThere: __, ...column }) => column),
    rows: shown.map((miss) => columns.map(({ cell }) => cell(miss))),
    empty: whyNone,
  };
}
