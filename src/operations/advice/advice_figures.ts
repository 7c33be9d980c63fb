/** What `advise` shows beside its rows: pings, the turns behind a figure, long prompts and cheaper models. */
import type { Block, TableBlock } from "../contract/view.ts";
import { countCell, modelCell, moneyText, projectCell, sessionCell, tokensCell, usdCell } from "../report/cells.ts";
import { formatDuration, formatTime, formatTokens } from "../report/format.ts";
import { partOf } from "../report/notes.ts";
import type { AdviceLook } from "./advice_look.ts";
import { lifetimeText, shortName } from "./advice_rows_table.ts";
import type { AdviceJsonOption, AdviceRow, AdviseOutput } from "./advise_output.ts";

/** Pings that would have cost less than all that writes can be set to. Nothing where none would. */
export function pingsTable(rows: readonly AdviceRow[], look: AdviceLook): Block[] {
  const found = rows.flatMap((row) => {
    const best = bestPings(row);
    return best === undefined ? [] : [{ row, best }];
  });
  if (found.length === 0) return [];
  return [{
    kind: "table",
    title: "Less still with requests that keep the cache alive, had they been sent at all times",
    columns: [
      { key: "project", title: "Project", shrink: "keep_end" },
      { key: "source", title: "Source", priority: 3 },
      { key: "lifetime", title: "Lifetime" },
      { key: "everyMs", title: "Every", align: "right" },
      { key: "count", title: "Up to", align: "right" },
      { key: "pings", title: "Pings", align: "right", priority: 2 },
      { key: "pingsUsd", title: "They cost", align: "right", priority: 1 },
      { key: "savesUsd", title: "Saves", align: "right" },
      { key: "atLeastUsd", title: "At least", align: "right" },
    ],
    rows: found.map(({ row, best }) => [
      projectCell(row.project, look.home),
      { text: row.source },
      { text: lifetimeText(best.id), value: best.id },
      { text: formatDuration(best.everyMs), value: best.everyMs! },
      { text: best.count === 1 ? "once" : `${best.count} times`, value: best.count! },
      countCell(best.pings!),
      usdCell(best.pingsUsd, look),
      usdCell(row.recordedUsd - best.usd, look),
      usdCell(row.recordedUsd - best.highUsd, look),
    ]),
  }];
}

function bestPings({ options, recordedUsd }: AdviceRow): AdviceJsonOption | undefined {
  const others = options.filter(({ count }) => count === undefined).map(({ usd }) => usd);
  const least = Math.min(recordedUsd, ...others);
  return options.filter(({ count = 0, usd }) => count > 0 && usd < least).sort((a, b) => a.usd - b.usd)[0];
}

/** How many are listed: those that matter most. `--json` has all. */
const MOST_RETURNS = 20;

/** The turns behind a row's figure, and how they add up to it. */
export function followedBlocks(row: AdviceRow, { asOf, timezone }: AdviseOutput, look: AdviceLook): Block[] {
  const { followed } = row;
  if (followed === undefined) return [];
  const { returns, returnsUsd, writesUsd, savesUsd, id } = followed;
  const now = Date.parse(asOf);
  const listed = returns.toSorted((a, b) => Math.abs(b.savesUsd) - Math.abs(a.savesUsd)).slice(0, MOST_RETURNS)
    .sort((a, b) => a.at < b.at ? -1 : 1);
  const part = listed.length < returns.length ? `, ${partOf(listed.length, returns.length)}` : "";
  const table: TableBlock = {
    kind: "table",
    title: `${shortName(row, look.home)}, ${row.source}, ${row.role}: turns that ${
      lifetimeText(id)
    } would have changed${part}`,
    columns: [
      { key: "at", title: "When" },
      { key: "session", title: "Session", priority: 1 },
      { key: "pauseMs", title: "Pause", align: "right" },
      { key: "tokens", title: "Read more", align: "right" },
      { key: "savesUsd", title: "Saves", align: "right" },
    ],
    rows: listed.map(({ at, sessionId, shortId, pauseMs, tokens, savesUsd }) => [
      { text: formatTime(Date.parse(at), timezone, now), value: at },
      sessionCell({ sessionId, shortId }),
      pauseMs === undefined
        ? { text: "first", value: null, tone: "dim" }
        : { text: formatDuration(pauseMs), value: pauseMs },
      tokensCell(tokens),
      usdCell(savesUsd, look),
    ]),
    empty: "None.",
  };
  const usd = (amount: number) => moneyText(amount, look);
  const sum =
    `${usd(returnsUsd)} by these turns${part === "" ? "" : " and the others"}, ${usd(writesUsd)} by what is ` +
    `written: ${usd(savesUsd)} in all.`;
  return [table, { kind: "text", text: sum }];
}

/** What long prompts cost. */
export function contextTable({ context = [], timezone, asOf }: AdviseOutput, look: AdviceLook): TableBlock {
  const now = Date.parse(asOf);
  return {
    kind: "table",
    title: "Conversations: how they begin, and what long prompts cost",
    columns: [
      { key: "project", title: "Project", shrink: "keep_end" },
      { key: "source", title: "Source", priority: 5 },
      { key: "firstPromptTokens", title: "First prompt", align: "right" },
      { key: "grewAt", title: "Grew", priority: 4 },
      { key: "coldReturns", title: "Cold returns", align: "right", priority: 3 },
      { key: "coldReturnsAtMostUsd", title: "Anew at most", align: "right" },
      { key: "longPromptsUsd", title: `Beyond ${formatTokens(context[0]?.longPrompts.beyondTokens)}`, align: "right" },
      { key: "compactions", title: "Compacted", align: "right", priority: 2 },
      { key: "warmingUsd", title: "Own pings", align: "right", priority: 1 },
    ],
    rows: context.map(({ project, source, firstPrompts, grew, coldReturns, longPrompts, compactions, warming }) => [
      projectCell(project, look.home),
      { text: source },
      tokensCell(firstPrompts.medianTokens),
      grew === undefined ? { text: "", value: null } : {
        text: `${formatTokens(grew.fromTokens)} to ${formatTokens(grew.toTokens)}, ${
          formatTime(Date.parse(grew.at), timezone, now)
        }`,
        value: grew.at,
      },
      countCell(coldReturns.count),
      { ...usdCell(coldReturns.atMostUsd, look), text: `≤ ${moneyText(coldReturns.atMostUsd, look)}` },
      usdCell(longPrompts.usd, look),
      compactions.count === 0 ? { text: "", value: 0 } : {
        text: `${compactions.count}: ${formatTokens(compactions.medianBefore)} to ${
          formatTokens(compactions.medianAfter)
        }`,
        value: compactions.count,
      },
      warming === undefined ? { text: "", value: null } : {
        text: `${moneyText(warming.usd, look)}, ${partOf(warming.followed, warming.pings)} used`,
        value: warming.usd,
      },
    ]),
    empty: "No conversation.",
  };
}

/** The same tokens at a cheaper model's prices. */
export function modelsTable({ models = [] }: AdviseOutput, look: AdviceLook): TableBlock {
  return {
    kind: "table",
    title: "The same tokens with a cheaper model of yours: at most, since it may need others",
    columns: [
      { key: "source", title: "Source", priority: 2 },
      { key: "kind", title: "Kind" },
      { key: "provider", title: "Provider", priority: 4 },
      { key: "model", title: "Model", shrink: "keep_start" },
      { key: "turns", title: "Turns", align: "right", priority: 3 },
      { key: "usd", title: "Cost", align: "right", priority: 1 },
      { key: "cheaperModel", title: "Cheaper", shrink: "keep_start" },
      { key: "atMostUsd", title: "Saves at most", align: "right" },
    ],
    rows: models.map(({ source, kind, provider, model, turns, usd, cheaper }) => [
      { text: source },
      { text: kind.replaceAll("_", " "), value: kind },
      { text: provider },
      modelCell(model),
      countCell(turns),
      usdCell(usd, look),
      modelCell(cheaper.model),
      usdCell(usd - cheaper.usd, look),
    ]),
    empty: "No sub-agent and no side request used a model that another one of yours is cheaper than.",
  };
}
