/**
 * What long prompts cost: how they begin, what is carried in each turn, and what pings of an agent's own cost. Nothing of it
 * says what could have been left out.
 */
import { type EpochMs, firstRequest, MAIN_CHAIN, promptTokens, type Tokens, type Usd } from "../model.ts";
import { followChain, type FollowedTurn, type ReplayTurn } from "./follow_chain.ts";
import { NumberTable } from "./number_table.ts";

/** Prompts are long from here on. */
export const LONG_PROMPT: Tokens = 200_000;

/** Of one project and agent: of its conversations. */
export interface ContextFigures {
  readonly project: string;
  readonly source: string;
  /** How conversations begin: how many did, and how long their first prompt is. */
  readonly firstPrompts: { readonly count: number; readonly medianTokens: Tokens };
  /** There where first prompts became a fifth longer or more, and stayed so. */
  readonly grew?: { readonly at: EpochMs; readonly fromTokens: Tokens; readonly toTokens: Tokens };
  /** Returns to what had expired: what a new conversation would have spared at most, had it needed nothing of the old one. */
  readonly coldReturns: { readonly count: number; readonly atMostUsd: Usd };
  /** What was read beyond {@linkcode LONG_PROMPT} tokens. */
  readonly longPrompts: { readonly turns: number; readonly usd: Usd };
  /** Conversations that were compacted, and how long prompts were before and after. */
  readonly compactions: { readonly count: number; readonly medianBefore: Tokens; readonly medianAfter: Tokens };
  /** Pings that the agent sent itself: how many a turn followed before the cache expired, and what all of them cost. */
  readonly warming?: { readonly pings: number; readonly followed: number; readonly usd: Usd };
}

/** How many first prompts there have to be on each side of a change. */
const LEAST_SIDE = 3;
const LEAST_GROWTH = 1.2;
/** Each takes two medians of all. */
const MOST_SPLITS = 200;

interface Row {
  readonly project: string;
  readonly source: string;
  /** Time and length. */
  readonly first: NumberTable;
  /** Length of the prompt, and what a token of it cost from then on. */
  readonly cold: NumberTable;
  readonly compacted: NumberTable;
  longTurns: number;
  longUsd: Usd;
  pings: number;
  followed: number;
  pingsUsd: Usd;
}

export class ContextLedger {
  readonly #rows = new Map<string, Row>();

  /** @param turns All of a session, in order of time */
  add(session: { readonly project: string; readonly source: string }, turns: readonly ReplayTurn[]): void {
    const chain = followChain(turns.filter((turn) => turn.chain === MAIN_CHAIN));
    if (chain.length === 0) return;
    const row = this.#rowOf(session);
    const [begun] = chain;
    if (begun!.turn.isAsked) row.first.add(begun!.turn.at, promptOf(begun!));
    for (const [place, followed] of chain.entries()) {
      const { turn, isExpired } = followed;
      if (!turn.isAsked || turn.rates === undefined) continue;
      const prompt = promptOf(followed);
      if (turn.keepsWarm) countPing(row, followed, chain[place + 1]);
      if (prompt > LONG_PROMPT) {
        row.longTurns++;
        row.longUsd += (prompt - LONG_PROMPT) * turn.rates.read;
      }
      const before = chain[place - 1];
      if (turn.afterCompaction && before !== undefined) row.compacted.add(promptOf(before), prompt);
      if (isExpired && !turn.keepsWarm) row.cold.add(prompt, carriedFrom(chain, place));
    }
  }

  figures(): readonly ContextFigures[] {
    return [...this.#rows.values()].map((row): ContextFigures => {
      const { project, source, first, cold, compacted, longTurns, longUsd, pings, followed, pingsUsd } = row;
      const medianTokens = median(columnOf(first, 1));
      const grew = growthOf(first);
      return {
        project,
        source,
        firstPrompts: { count: first.length, medianTokens },
        ...(grew === undefined ? {} : { grew }),
        coldReturns: { count: cold.length, atMostUsd: sparedBy(cold, medianTokens) },
        longPrompts: { turns: longTurns, usd: longUsd },
        compactions: {
          count: compacted.length,
          medianBefore: median(columnOf(compacted, 0)),
          medianAfter: median(columnOf(compacted, 1)),
        },
        ...(pings === 0 ? {} : { warming: { pings, followed, usd: pingsUsd } }),
      };
    });
  }

  #rowOf({ project, source }: { readonly project: string; readonly source: string }): Row {
    const key = JSON.stringify([project, source]);
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = {
        project,
        source,
        first: new NumberTable(2),
        cold: new NumberTable(2),
        compacted: new NumberTable(2),
        longTurns: 0,
        longUsd: 0,
        pings: 0,
        followed: 0,
        pingsUsd: 0,
      };
      this.#rows.set(key, row);
    }
    return row;
  }
}

function countPing(row: Row, { turn }: FollowedTurn, next: FollowedTurn | undefined): void {
  const { rates, usage } = turn;
  row.pings++;
  row.pingsUsd += usage.cacheRead * rates!.read + usage.cacheWrite * rates!.write5m +
    usage.cacheWrite1h * rates!.write1h + usage.input * rates!.input + usage.output * rates!.output;
  if (next !== undefined && !next.turn.keepsWarm && !next.isExpired) row.followed++;
}

/** What a token that was written again cost, with each time that it was read until the next such return. */
function carriedFrom(chain: readonly FollowedTurn[], place: number): Usd {
  const { rates, usage } = chain[place]!.turn;
  let usd = usage.cacheWrite1h > 0 ? rates!.write1h : rates!.write5m;
  for (let next = place + 1; next < chain.length; next++) {
    const { turn, isExpired } = chain[next]!;
    if (isExpired || turn.afterCompaction) break;
    if (turn.isAsked && turn.rates !== undefined && turn.usage.cacheRead > 0) usd += turn.rates.read;
  }
  return usd;
}

function sparedBy(cold: NumberTable, first: Tokens): Usd {
  let usd = 0;
  for (let row = 0; row < cold.length; row++) usd += Math.max(0, cold.at(row, 0) - first) * cold.at(row, 1);
  return usd;
}

/** Where the median behind is most above the one before. */
function growthOf(first: NumberTable): ContextFigures["grew"] {
  const order = Array.from({ length: first.length }, (_, row) => row).sort((a, b) => first.at(a, 0) - first.at(b, 0));
  const sizes = order.map((row) => first.at(row, 1));
  let found: ContextFigures["grew"];
  let largest = LEAST_GROWTH;
  const step = Math.ceil(sizes.length / MOST_SPLITS);
  for (let place = LEAST_SIDE; place <= sizes.length - LEAST_SIDE; place += step) {
    const [before, after] = [median(sizes.slice(0, place)), median(sizes.slice(place))];
    if (before === 0 || after / before < largest || sizes[place]! <= before) continue;
    largest = after / before;
    found = { at: first.at(order[place]!, 0), fromTokens: before, toTokens: after };
  }
  return found;
}

function promptOf({ turn }: FollowedTurn): Tokens {
  return promptTokens(firstRequest(turn));
}

function columnOf(table: NumberTable, column: number): number[] {
  return Array.from({ length: table.length }, (_, row) => table.at(row, column));
}

/** The lower one of two. 0 of none. */
function median(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!;
}
