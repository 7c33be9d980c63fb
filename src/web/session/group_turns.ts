/** Turns put together, where there are more than there is room for. */
import { addUsage, NO_USAGE, type Tokens, type TokenUsage, type Usd } from "../../core/model.ts";
import { lastAtMost } from "./last_at_most.ts";
import type { DrawnTurn } from "./read_turns.ts";

/** More than this are drawn as groups. */
export const MOST_SINGLE_TURNS = 4000;

/** Neighbouring turns that are drawn as one bar. A single turn is a group of one. */
export interface TurnGroup {
  /** Places among the turns that were given; `to` is not in it. */
  readonly from: number;
  readonly to: number;
  readonly first: DrawnTurn;
  readonly last: DrawnTurn;
  readonly usage: TokenUsage;
  readonly prompt: Tokens;
  /** Of those that have a price; undefined when none has. */
  readonly usd?: Usd;
  /** What misses among them added. */
  readonly missedUsd: Usd;
  readonly misses: number;
  /** Prompts among them of which no price is known. */
  readonly unpriced: number;
  /** The turn with the largest prompt. */
  readonly largest: DrawnTurn;
  /** The most expensive one, or the first where none has a price. */
  readonly dearest: DrawnTurn;
}

/**
 * @param most Bars that there is room for
 * @param breaks Places where a group must begin, in order: pauses stand between groups
 * @returns In order, each turn in exactly one; more than `most` where there are many breaks
 */
export function groupTurns(
  turns: readonly DrawnTurn[],
  most: number,
  breaks: readonly number[] = [],
): readonly TurnGroup[] {
  const size = turns.length <= most ? 1 : Math.ceil(turns.length / Math.max(1, most));
  const groups: TurnGroup[] = [];
  let next = 0;
  for (let from = 0; from < turns.length;) {
    while (next < breaks.length && breaks[next]! <= from) next++;
    const to = Math.min(from + size, turns.length, breaks[next] ?? Infinity);
    groups.push(groupOf(turns, from, to));
    from = to;
  }
  return groups;
}

function groupOf(turns: readonly DrawnTurn[], from: number, to: number): TurnGroup {
  let [usage, prompt, missedUsd, misses, unpriced]: [TokenUsage, Tokens, Usd, number, number] = [NO_USAGE, 0, 0, 0, 0];
  let usd: Usd | undefined;
  const [first, last] = [turns[from]!, turns[to - 1]!];
  let [largest, dearest] = [first, first];
  for (let place = from; place < to; place++) {
    const turn = turns[place]!;
    usage = addUsage(usage, turn.usage);
    prompt += turn.prompt;
    if (turn.usd !== undefined) usd = (usd ?? 0) + turn.usd;
    else if (turn.prompt > 0) unpriced++;
    missedUsd += turn.missedUsd ?? 0;
    if (turn.outcome === "miss") misses++;
    if (turn.prompt > largest.prompt) largest = turn;
    if ((turn.usd ?? -1) > (dearest.usd ?? -1)) dearest = turn;
  }
  return { from, to, first, last, usage, prompt, usd, missedUsd, misses, unpriced, largest, dearest };
}

/** The place of the group that holds a turn's place; -1 for none. */
export function findGroup(groups: readonly TurnGroup[], place: number): number {
  const group = lastAtMost(groups, place, ({ from }) => from);
  return group >= 0 && place < groups[group]!.to ? group : -1;
}
