/** Takes in the turns of session after session, and says at the end what each project's would have cost otherwise. */
import { type DurationMs, firstRequest, MAIN_CHAIN, OWN_CHAINS, type Usd } from "../model.ts";
import { sharesPrompt } from "../cache/anchor.ts";
import { changedShare, type OwnReturns } from "./early_loss.ts";
import { followChain, type FollowedTurn, followWithoutPings, modelKey, type ReplayTurn } from "./follow_chain.ts";
import {
  type AdviceOption,
  FIVE_MINUTES_MS,
  hasLifetimeChoice,
  isAlive,
  LIFETIMES_MS,
  MOST_PINGS,
  ONE_HOUR_MS,
  pingEveryMs,
} from "./lifetimes.ts";
import { type GroupReplay, type ReplayedReturn, ReplayGroup, type ReplaySpan, type ReplaySum } from "./replay_group.ts";
import { tokensUsd, type TurnRates } from "./turn_rates.ts";

/** The conversation itself, with what is asked beside it; or those that it handed work to. */
export type AdviceRole = "main" | "sub";

/** What a row is of. */
export interface RowName {
  readonly project: string;
  readonly source: string;
  readonly role: AdviceRole;
}

/** Where a session's turns belong. */
export interface ReplayedSession extends Omit<RowName, "role"> {
  /** Tells sessions apart. */
  readonly session: number;
  /** Whether rows are wanted of it. Others say how often caches are gone early. @default true */
  readonly isWanted?: boolean;
  /** What its chains may have a front in common by. */
  readonly directory: string;
}

/** A setting, and what it would have cost. */
export interface OptionReplay extends ReplaySum {
  readonly id: AdviceOption;
  readonly isRecorded: boolean;
  /** Of those that keep alive: the count that costs least, and how often one is sent. */
  readonly keepAlive?: { readonly everyMs: DurationMs; readonly count: number; readonly stopAfter: number };
  /** The same with each count. */
  readonly byCount?: readonly ReplaySum[];
}

/** One row. */
export interface RowReplay extends RowName {
  /** Who bills them. */
  readonly providers: ReadonlySet<string>;
  readonly turns: number;
  readonly recordedUsd: Usd;
  readonly options: readonly OptionReplay[];
  /** What a thousand tokens cost that stand in front of every prompt. */
  readonly per1000AlwaysLoadedUsd: Usd;
  /** Those that an option changes. */
  returnsUnder(option: OptionReplay): readonly ReplayedReturn[];
}

/** All of them. */
export interface LedgerReplay {
  readonly rows: readonly RowReplay[];
  /** Of all of them together. */
  readonly returns: OwnReturns;
}

interface Row extends RowName {
  readonly isWanted: boolean;
  readonly providers: Set<string>;
  readonly groups: Map<string, ReplayGroup>;
  readonly changes: { turns: number; changed: number };
  turns: number;
  recordedUsd: Usd;
  per1000Usd: Usd;
  rates?: TurnRates;
}

export class AdviceLedger {
  readonly #span: ReplaySpan;
  readonly #rows = new Map<string, Row>();
  readonly #returns = { returns: 0, lost: 0 };

  constructor(span: ReplaySpan) {
    this.#span = span;
  }

  /** @param turns All in its logs, copies included, in order of time */
  add(session: ReplayedSession, turns: readonly ReplayTurn[]): void {
    for (const [chain, own] of Map.groupBy(turns, (turn) => turn.chain)) {
      const row = this.#rowOf({ ...session, role: OWN_CHAINS.has(chain) ? "main" : "sub" });
      if (sharesPrompt(chain)) this.#addChain(row, session, own);
      else this.#addSideRequests(row, session, own, turns);
    }
  }

  #addChain(row: Row, session: ReplayedSession, turns: readonly ReplayTurn[]): void {
    const whole = followChain(turns);
    const kept = turns.some(({ keepsWarm }) => keepsWarm) ? followWithoutPings(turns, whole) : undefined;
    const byModel = kept && Map.groupBy(kept, ({ turn }) => modelKey(turn.model));
    for (const [model, own] of Map.groupBy(whole, ({ turn }) => modelKey(turn.model))) {
      groupOf(row, session, model).addChain(session.session, own, kept && (byModel!.get(model) ?? []), this.#span);
    }
    for (const followed of whole) this.#count(row, followed);
  }

  /** Prompts of their own, which read what the conversation had left, if anything. */
  #addSideRequests(row: Row, session: ReplayedSession, own: readonly ReplayTurn[], all: readonly ReplayTurn[]): void {
    for (const turn of own) {
      if (!hasLifetimeChoice(turn.model)) continue;
      const [followed] = followChain([turn]);
      const before = all.findLast(({ at, chain }) => chain === MAIN_CHAIN && at < turn.at);
      const met = { ...followed!, gapMs: before === undefined ? 0 : turn.at - before.at };
      groupOf(row, session, modelKey(turn.model)).addSideRequest(session.session, met);
      this.#count(row, { ...met, gapMs: undefined });
    }
  }

  #count(row: Row, { turn, gapMs, heldMs, isChanged, isEarlyLoss }: FollowedTurn): void {
    const { rates, isAsked, usage, otherUsd = 0 } = turn;
    if (!isAsked || rates === undefined) return;
    row.turns++;
    row.providers.add(turn.model.provider);
    row.recordedUsd += tokensUsd(usage, rates) + otherUsd;
    row.per1000Usd += 1000 * frontRate(turn, rates);
    row.rates = rates;
    if (gapMs === undefined) return;
    if (isAlive(gapMs, FIVE_MINUTES_MS)) {
      row.changes.turns++;
      if (isEarlyLoss) row.changes.changed++;
    } else if (heldMs === ONE_HOUR_MS && isAlive(gapMs, ONE_HOUR_MS) && !isChanged) {
      this.#returns.returns++;
      if (isEarlyLoss) this.#returns.lost++;
    }
  }

  #rowOf({ project, source, role, isWanted = true }: RowName & Pick<ReplayedSession, "isWanted">): Row {
    const key = JSON.stringify([project, source, role, isWanted]);
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = {
        project,
        source,
        role,
        isWanted,
        providers: new Set(),
        groups: new Map(),
        changes: { turns: 0, changed: 0 },
        turns: 0,
        recordedUsd: 0,
        per1000Usd: 0,
      };
      this.#rows.set(key, row);
    }
    return row;
  }

  /** Rows without a turn are left out; the dearest first. */
  replay(): LedgerReplay {
    const rows = [...this.#rows.values()].filter(({ turns, isWanted }) => turns > 0 && isWanted)
      .sort((a, b) => b.recordedUsd - a.recordedUsd || (a.project < b.project ? -1 : 1));
    return { rows: rows.map((row) => replayRow(row, this.#returns)), returns: this.#returns };
  }
}

function groupOf(row: Row, { directory }: ReplayedSession, model: string): ReplayGroup {
  const key = JSON.stringify([directory, model]);
  let group = row.groups.get(key);
  if (group === undefined) row.groups.set(key, group = new ReplayGroup());
  return group;
}

/** What a token at the very front was billed as. */
function frontRate(turn: ReplayTurn, { read, write1h, write5m, input }: TurnRates): Usd {
  const { cacheRead, cacheWrite, cacheWrite1h } = firstRequest(turn);
  // Entries of an hour stand before the others.
  return cacheRead > 0 ? read : cacheWrite1h > 0 ? write1h : cacheWrite > 0 ? write5m : input;
}

function replayRow(row: Row, returns: OwnReturns): RowReplay {
  const { project, source, role, turns, recordedUsd } = row;
  const groups = [...row.groups.values()];
  const replays = groups.map((group) => group.replay(returns, changedShare(row.changes), role === "main"));
  const options = LIFETIMES_MS.map((lifetimeMs, place): OptionReplay => {
    const isRecorded = groups.every(({ writtenForMs }) => writtenForMs === lifetimeMs);
    const sum = sumOf(replays, ({ plain }) => plain[place]!);
    const id = place === 0 ? "cache_5m" : "cache_1h";
    return isRecorded ? { id, isRecorded, ...sum, usd: recordedUsd } : { id, isRecorded, ...sum };
  });
  if (role === "main") {
    for (const [place] of LIFETIMES_MS.entries()) options.push(keepAliveOption(row, replays, place));
  }
  return {
    project,
    source,
    role,
    providers: row.providers,
    turns,
    recordedUsd,
    options,
    per1000AlwaysLoadedUsd: row.per1000Usd,
    returnsUnder({ id, keepAlive }) {
      const found: ReplayedReturn[] = [];
      const lifetimeMs = id.endsWith("5m") ? FIVE_MINUTES_MS : ONE_HOUR_MS;
      for (const group of groups) group.eachReturn(lifetimeMs, keepAlive?.count, (one) => found.push(one));
      return found.sort((a, b) => a.at - b.at);
    },
  };
}

function keepAliveOption({ rates }: Row, replays: readonly GroupReplay[], place: number): OptionReplay {
  const byCount = Array.from(
    { length: MOST_PINGS + 1 },
    (_, count) => sumOf(replays, ({ kept }) => kept[place]![count]!),
  );
  let count = 0;
  for (const [other, { usd }] of byCount.entries()) if (usd < byCount[count]!.usd) count = other;
  const { read, write5m, write1h } = rates!;
  // Never dearer than twice the best in hindsight, whatever comes.
  const stopAfter = Math.floor(((place === 0 ? write5m : write1h) - read) / read);
  return {
    id: place === 0 ? "keep_alive_5m" : "keep_alive_1h",
    isRecorded: false,
    ...byCount[count]!,
    keepAlive: { everyMs: pingEveryMs(LIFETIMES_MS[place]!), count, stopAfter },
    byCount,
  };
}

function sumOf(replays: readonly GroupReplay[], read: (replay: GroupReplay) => ReplaySum): ReplaySum {
  const sum = { usd: 0, lowUsd: 0, highUsd: 0, returns: 0, pings: 0, pingsUsd: 0, largestUsd: 0 };
  for (const replay of replays) {
    const part = read(replay);
    sum.usd += part.usd;
    sum.lowUsd += part.lowUsd;
    sum.highUsd += part.highUsd;
    sum.returns += part.returns;
    sum.pings += part.pings;
    sum.pingsUsd += part.pingsUsd;
    sum.largestUsd = Math.max(sum.largestUsd, part.largestUsd);
  }
  return sum;
}
