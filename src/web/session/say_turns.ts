/** What is said of a bar, for those who hear it and for whoever chose it: a turn, or several together. */
import { missCauseText } from "../../operations/report/via_text.ts";
import { moneyText } from "../../operations/report/cells.ts";
import { formatCount, formatDuration, formatTime, formatTokens } from "../../operations/report/format.ts";
import { MAIN_CHAIN, type TokenUsage, type Usd } from "../../core/model.ts";
import { readClockNow } from "../clock.ts";
import type { PageLook } from "../look.ts";
import { missesText } from "../misses_text.ts";
import type { TurnGroup } from "./group_turns.ts";
import type { DrawnTurn } from "./read_turns.ts";
import type { TurnView } from "./view_turns.ts";

/** All of a bar: of a turn as {@linkcode sayTurn} has it, of several what they have in common; then its flags. */
export function sayBar(view: TurnView, bar: TurnGroup, look: PageLook): string {
  const flags = view.flags.filter((flag) => view.bars[flag.bar] === bar).map(({ label }) => label);
  const text = bar.first === bar.last ? sayTurn(bar.first, look) : sayGroup(bar, look);
  return flags.length === 0 ? text : `${text}; ${flags.slice(0, 3).join(", ")}`;
}

/** `Turn 152, Nov 26 14:03:22: prompt 123k (read 120k, written 2,100, neither 12), $0.12, hit`. */
function sayTurn(turn: DrawnTurn, look: PageLook): string {
  const { at, chain, prompt, usage, usd } = turn;
  const when = at === undefined ? "" : `, ${formatTime(at, look.timezone, readClockNow(), "seconds")}`;
  const who = chain === MAIN_CHAIN ? "" : `, ${chain}`;
  const parts = [
    `prompt ${formatTokens(prompt)} (${usageText(usage)})`,
    `output ${formatTokens(usage.output)}`,
    priceText(usd, look),
    outcomeText(turn, look),
  ];
  return `Turn ${formatCount(turn.turn)}${when}${who}: ${parts.join(", ")}`;
}

/** `Turn 152: $0.244, $0.213 of it added by 1 miss`. */
export function sayCost(bar: TurnGroup, look: PageLook): string {
  const { usd, missedUsd, misses } = bar;
  const added = missedUsd === 0 ? "" : `, ${moneyText(missedUsd, look)} of it added by ${missesText(misses)}`;
  return `${nameOf(bar)}: ${priceText(usd, look)}${added}`;
}

function priceText(usd: Usd | undefined, look: PageLook, after = ""): string {
  return usd === undefined ? "no price known" : moneyText(usd, look) + after;
}

function nameOf(bar: TurnGroup): string {
  return `Turn${bar.first === bar.last ? "" : "s"} ${numbersText(bar)}`;
}

/** `152`, `1,201 to 1,204`. */
export function numbersText({ first, last }: TurnGroup): string {
  return formatCount(first.turn) + (first === last ? "" : ` to ${formatCount(last.turn)}`);
}

function usageText({ cacheRead, cacheWrite, cacheWrite1h, input }: TokenUsage): string {
  return [
    `read ${formatTokens(cacheRead)}`,
    ...(cacheWrite === 0 ? [] : [`written for 5 minutes ${formatTokens(cacheWrite)}`]),
    ...(cacheWrite1h === 0 ? [] : [`written for 1 hour ${formatTokens(cacheWrite1h)}`]),
    `neither ${formatTokens(input)}`,
  ].join(", ");
}

function outcomeText({ outcome, cause, gapMs, missedTokens, missedUsd, rerouted }: DrawnTurn, look: PageLook): string {
  switch (outcome) {
    case "hit":
      return "hit";
    case "miss": {
      const after = gapMs === undefined ? "" : ` after ${formatDuration(gapMs)}`;
      const cost = missedUsd === undefined ? "" : ` for ${moneyText(missedUsd, look)}`;
      const why = missCauseText({ cause: cause ?? "unexplained", rerouted });
      return `missed: ${why}${after}, ${formatTokens(missedTokens)} sent again${cost}`;
    }
    case "first":
      return "nothing could be cached yet";
    case "none":
      return "nothing was cached";
  }
}

function sayGroup(bar: TurnGroup, look: PageLook): string {
  const parts = [
    `prompts of ${formatTokens(bar.prompt / (bar.to - bar.from))} on average, the largest ` +
    formatTokens(bar.largest.prompt),
    priceText(bar.usd, look, " in all"),
    bar.misses === 0 ? "no miss" : missesText(bar.misses),
  ];
  return `${nameOf(bar)}: ${parts.join(", ")}`;
}
