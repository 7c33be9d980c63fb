/** What is said of a bar, for those who hear it and for whoever chose it: a turn, or several together. */
import { causeText } from "../../operations/report/cause_text.ts";
import { moneyText } from "../../operations/report/cells.ts";
import { formatCount, formatDuration, formatTime, formatTokens } from "../../operations/report/format.ts";
import { MAIN_CHAIN, type TokenUsage } from "../../core/model.ts";
import { readClockNow } from "../clock.ts";
import type { PageLook } from "../look.ts";
import { missesText } from "../misses_text.ts";
import type { TurnGroup } from "./group_turns.ts";
import type { DrawnTurn } from "./read_turns.ts";
import type { TurnView } from "./view_turns.ts";

/** All of a bar: of a turn as {@linkcode sayTurn} has it, of several what they have in common; then its flags. */
export function sayBar(view: TurnView, bar: TurnGroup, look: PageLook): string {
  const flags = view.flags.filter((flag) => view.bars[flag.bar] === bar).map(({ label }) => label);
  const text = bar.to - bar.from === 1 ? sayTurn(bar.largest, look) : sayGroup(view, bar, look);
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
    usd === undefined ? "no price known" : moneyText(usd, look),
    outcomeText(turn, look),
  ];
  return `Turn ${formatCount(turn.turn)}${when}${who}: ${parts.join(", ")}`;
}

/** `Turn 152: $0.244, $0.213 of it added by 1 miss`. */
export function sayCost({ turns, zoom }: TurnView, bar: TurnGroup, look: PageLook): string {
  const [first, last] = [turns[zoom.from + bar.from]!, turns[zoom.from + bar.to - 1]!];
  const name = first === last
    ? `Turn ${formatCount(first.turn)}`
    : `Turns ${formatCount(first.turn)} to ${formatCount(last.turn)}`;
  const cost = bar.usd === undefined ? "no price known" : moneyText(bar.usd, look);
  const added = bar.missedUsd === 0
    ? ""
    : `, ${moneyText(bar.missedUsd, look)} of it added by ${missesText(bar.misses)}`;
  return `${name}: ${cost}${added}`;
}

function usageText({ cacheRead, cacheWrite, cacheWrite1h, input }: TokenUsage): string {
  return [
    `read ${formatTokens(cacheRead)}`,
    ...(cacheWrite === 0 ? [] : [`written for 5 minutes ${formatTokens(cacheWrite)}`]),
    ...(cacheWrite1h === 0 ? [] : [`written for 1 hour ${formatTokens(cacheWrite1h)}`]),
    `neither ${formatTokens(input)}`,
  ].join(", ");
}

function outcomeText({ outcome, cause, gapMs, missedTokens, missedUsd }: DrawnTurn, look: PageLook): string {
  switch (outcome) {
    case "hit":
      return "hit";
    case "miss": {
      const after = gapMs === undefined ? "" : ` after ${formatDuration(gapMs)}`;
      const cost = missedUsd === undefined ? "" : ` for ${moneyText(missedUsd, look)}`;
      return `missed: ${causeText(cause ?? "unexplained")}${after}, ${formatTokens(missedTokens)} sent again${cost}`;
    }
    case "first":
      return "nothing could be cached yet";
    case "none":
      return "nothing was cached";
  }
}

function sayGroup({ turns, zoom }: TurnView, bar: TurnGroup, look: PageLook): string {
  const [first, last] = [turns[zoom.from + bar.from]!, turns[zoom.from + bar.to - 1]!];
  const count = bar.to - bar.from;
  const parts = [
    `prompts of ${formatTokens(bar.prompt / count)} on average, the largest ${formatTokens(bar.largest.prompt)}`,
    bar.usd === undefined ? "no price known" : `${moneyText(bar.usd, look)} in all`,
    bar.misses === 0 ? "no miss" : missesText(bar.misses),
  ];
  return `Turns ${formatCount(first.turn)} to ${formatCount(last.turn)}: ${parts.join(", ")}`;
}
