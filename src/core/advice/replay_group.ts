/**
 * Chains of one project, agent, role and model under every setting: what begins alike is shared among them.
 *
 * What a request read within five minutes it would have read under every setting: such turns are added up at once. Of first
 * requests and of returns numbers are kept, since what their chains have in common is known at the end.
 */
import type { DurationMs, Tokens, Usd } from "../model.ts";
import { earlyLoss, type OwnReturns } from "./early_loss.ts";
import { type FollowedTurn, pingOf } from "./follow_chain.ts";
import {
  FIVE_MINUTES_MS,
  isAlive,
  LIFETIMES_MS,
  MOST_PINGS,
  ONE_HOUR_MS,
  pingsBefore,
  pingsNeeded,
  pingsUpTo,
  readUnder,
} from "./lifetimes.ts";
import { NumberTable } from "./number_table.ts";
import { SharedFront } from "./shared_front.ts";
import { tokensUsd, type TurnRates } from "./turn_rates.ts";

/** What is looked at: nothing is counted outside. */
export interface ReplaySpan {
  readonly since: number;
  /** Not in it itself. */
  readonly until: number;
}

/** What a setting would have cost. */
export interface ReplaySum {
  usd: Usd;
  /** The least and the most that it may have been. */
  lowUsd: Usd;
  highUsd: Usd;
  /** Returns that it changes. */
  returns: number;
  pings: number;
  pingsUsd: Usd;
  /** What the one return saves that saves most; without any, the one turn whose writes do. */
  largestUsd: Usd;
}

/** Under both lifetimes, as LIFETIMES_MS; and with each count of pings. */
export interface GroupReplay {
  readonly plain: readonly ReplaySum[];
  readonly kept: readonly (readonly ReplaySum[])[];
}

/** One of those that {@linkcode ReplayGroup.eachReturn} gives. */
export interface ReplayedReturn {
  readonly at: number;
  readonly session: number;
  /** Undefined of a first request, which meets what other chains left. */
  readonly gapMs?: DurationMs;
  /** Read more than was, below zero less. */
  readonly tokens: Tokens;
  readonly savesUsd: Usd;
}

const AT = 0, SESSION = 1, GAP = 2, PINGABLE = 3, READ = 4, REUSE = 5, MOST = 6, CACHED = 7, HELD = 8, HELD_MS = 9;
const READ_RATE = 10, WRITE_RATE = 11, FLAGS = 13, COLUMNS = 14;

const IS_EXPIRED = 1, IS_CHANGED = 2, IS_EARLY = 4, IN_PLAIN = 8, IN_KEPT = 16, HAS_FRONT = 32;

export class ReplayGroup {
  readonly #front = new SharedFront();
  /** The same without pings that were sent. */
  readonly #keptFront = new SharedFront();
  readonly #events = new NumberTable(COLUMNS);
  /** With everything read as it was: under both lifetimes, with the pings that were sent, and without. */
  readonly #plainUsd = [0, 0];
  readonly #keptUsd = [0, 0];
  /** By how many pings came after a request at most: what one of them costs, and how many requests. */
  readonly #pingUsd = LIFETIMES_MS.map(() => new Float64Array(MOST_PINGS + 1));
  readonly #pingCount = LIFETIMES_MS.map(() => new Float64Array(MOST_PINGS + 1));
  readonly #written: [fiveMinutes: Tokens, oneHour: Tokens] = [0, 0];
  #largestWriteUsd: Usd = 0;

  /** The one lifetime that all was written for. Undefined where both were, or nothing. */
  get writtenForMs(): DurationMs | undefined {
    const [fiveMinutes, oneHour] = this.#written;
    if (fiveMinutes > 0 === oneHour > 0) return undefined;
    return oneHour > 0 ? ONE_HOUR_MS : FIVE_MINUTES_MS;
  }

  /**
   * @param whole One chain's requests, as far as they are of this group's model
   * @param kept The same without pings that were sent. @default none were
   */
  addChain(
    session: number,
    whole: readonly FollowedTurn[],
    kept: readonly FollowedTurn[] | undefined,
    span: ReplaySpan,
  ): void {
    const [sent, others] = [whole, kept ?? whole].map((turns) =>
      turns.filter(({ turn }) => !turn.isCopy).map(({ turn, nextMs }) => ({ at: turn.at, nextMs }))
    );
    this.#front.addRequests(sent!);
    this.#keptFront.addRequests(others!);
    for (const followed of whole) {
      this.#addSight(followed);
      this.#addRequest(session, followed, kept === undefined ? IN_PLAIN | IN_KEPT : IN_PLAIN);
    }
    for (const followed of kept ?? []) this.#addRequest(session, followed, IN_KEPT);
    for (const followed of kept ?? whole) this.#addPings(followed, span);
  }

  /** A request whose prompt is its own: it meets what the conversation left, and leaves nothing. */
  addSideRequest(session: number, followed: FollowedTurn): void {
    this.#addRequest(session, followed, IN_PLAIN | IN_KEPT, 0);
  }

  #addSight({ turn, gapMs, heldMs, isExpired, read, cached }: FollowedTurn): void {
    if (turn.isCopy) return;
    if (gapMs === undefined) this.#front.addSight(read, cached);
    // What an hour holds of its own conversation says nothing of others.
    else if (isExpired && !isAlive(gapMs, heldMs)) this.#front.addSight(read, 0);
  }

  #addRequest(session: number, followed: FollowedTurn, use: number, front = HAS_FRONT): void {
    const { turn, gapMs, read, reuse, most, cached, held, heldMs, pingableMs } = followed;
    const { rates, otherUsd = 0, usage } = turn;
    if (!turn.isAsked || rates === undefined) return;
    const written = usage.cacheWrite + usage.cacheWrite1h;
    const rest = tokensUsd({ ...usage, cacheWrite: 0, cacheWrite1h: 0 }, rates) + otherUsd;
    for (const [place] of LIFETIMES_MS.entries()) {
      const usd = rest + written * writeRate(rates, place);
      if ((use & IN_PLAIN) !== 0) this.#plainUsd[place]! += usd;
      if ((use & IN_KEPT) !== 0) this.#keptUsd[place]! += usd;
    }
    if ((use & IN_PLAIN) !== 0) {
      this.#written[0] += usage.cacheWrite;
      this.#written[1] += usage.cacheWrite1h;
      const dearer = usage.cacheWrite1h * (rates.write1h - rates.write5m);
      this.#largestWriteUsd = Math.max(this.#largestWriteUsd, dearer);
    }
    if (gapMs !== undefined && isAlive(gapMs, FIVE_MINUTES_MS) && !followed.isEarlyLoss) return;
    const flags = use | front | (followed.isExpired ? IS_EXPIRED : 0) | (followed.isChanged ? IS_CHANGED : 0) |
      (followed.isEarlyLoss ? IS_EARLY : 0);
    const { read: readRate, write5m, write1h } = rates;
    // deno-fmt-ignore
    this.#events.add(
      turn.at, session, gapMs ?? NaN, pingableMs, read, reuse, most, cached, held, heldMs, readRate, write5m, write1h, flags,
    );
  }

  /** What would have been sent after it: once the conversation goes on, nothing more. */
  #addPings({ turn, nextMs }: FollowedTurn, { since, until }: ReplaySpan): void {
    const { rates, at, isCopy } = turn;
    const { cached, input } = pingOf(turn);
    if (rates === undefined || isCopy || cached === 0) return;
    const usd = cached * rates.read + input * rates.input + rates.output;
    for (const [place, lifetimeMs] of LIFETIMES_MS.entries()) {
      const most = Math.min(MOST_PINGS, pingsBefore(nextMs, lifetimeMs), pingsUpTo(until - 1 - at, lifetimeMs));
      // Those of a request before the span that fall into it count, and the others do not.
      const before = Math.min(most, pingsBefore(Math.max(0, since - at), lifetimeMs));
      if (most <= before) continue;
      this.#pingUsd[place]![most]! += usd;
      this.#pingCount[place]![most]! += 1;
      this.#pingUsd[place]![before]! -= usd;
      this.#pingCount[place]![before]! -= 1;
    }
  }

  /** @param changed Share of prompts that change unseen */
  replay(returns: OwnReturns, changed: number): GroupReplay {
    const plain = LIFETIMES_MS.map((_, place) => this.#sum(place, undefined, returns, changed));
    const kept = LIFETIMES_MS.map((_, place) =>
      Array.from({ length: MOST_PINGS + 1 }, (_, pings) => this.#sum(place, pings, returns, changed))
    );
    return { plain, kept };
  }

  #sum(place: number, pings: number | undefined, returns: OwnReturns, changed: number): ReplaySum {
    const fixed = pings === undefined ? this.#plainUsd[place]! : this.#keptUsd[place]!;
    const sum = { usd: fixed, lowUsd: fixed, highUsd: fixed, returns: 0, pings: 0, pingsUsd: 0, largestUsd: 0 };
    this.#replayEvents(place, pings, (row, read, least, most, dearer) => {
      const recorded = this.#events.at(row, READ);
      const gain = this.#gainOf(row, place);
      const gapMs = this.#gapOf(row, pings === undefined ? this.#front : this.#keptFront);
      const trust = (1 - earlyLoss(gapMs, returns)) * (1 - changed);
      const more = read - recorded;
      sum.usd -= more * gain;
      sum.lowUsd -= (most - recorded) * gain;
      sum.highUsd -= (more > 0 ? more * trust : least - recorded) * gain - dearer;
      if (more !== 0) sum.returns++;
      sum.largestUsd = Math.max(sum.largestUsd, more * gain);
    });
    if (pings !== undefined) {
      for (let most = 1; most <= MOST_PINGS; most++) {
        sum.pings += Math.min(pings, most) * this.#pingCount[place]![most]!;
        sum.pingsUsd += Math.min(pings, most) * this.#pingUsd[place]![most]!;
      }
      sum.usd += sum.pingsUsd;
      sum.lowUsd += sum.pingsUsd;
      sum.highUsd += sum.pingsUsd;
    }
    if (sum.largestUsd === 0) sum.largestUsd = this.#largestWriteUsd;
    return sum;
  }

  /** Those that a setting changes. @param pings @default the chains stay as they were */
  eachReturn(lifetimeMs: DurationMs, pings: number | undefined, onReturn: (changed: ReplayedReturn) => void): void {
    const place = lifetimeMs === ONE_HOUR_MS ? 1 : 0;
    this.#replayEvents(place, pings, (row, read) => {
      const tokens = read - this.#events.at(row, READ);
      if (tokens === 0) return;
      const gapMs = this.#events.at(row, GAP);
      onReturn({
        at: this.#events.at(row, AT),
        session: this.#events.at(row, SESSION),
        ...(Number.isNaN(gapMs) ? {} : { gapMs }),
        tokens,
        savesUsd: tokens * this.#gainOf(row, place),
      });
    });
  }

  /**
   * @param onEvent What a request would have read, at least and at most, and what it may have cost beside that; not called
   * where it is what it read
   */
  #replayEvents(
    place: number,
    pings: number | undefined,
    onEvent: (row: number, read: Tokens, least: Tokens, most: Tokens, dearerUsd: Usd) => void,
  ): void {
    const lifetimeMs = LIFETIMES_MS[place]!;
    // What was held so all along is recorded as it was.
    if (pings === undefined && this.writtenForMs === lifetimeMs) return;
    const use = pings === undefined ? IN_PLAIN : IN_KEPT;
    const [shared, longest] = [this.#front.tokens, this.#front.most];
    for (let row = 0; row < this.#events.length; row++) {
      const flags = this.#events.at(row, FLAGS);
      if ((flags & use) === 0) continue;
      const [at, cached, reuse, held] = [AT, CACHED, REUSE, HELD].map((column) => this.#events.at(row, column)) as Four;
      const isFront = (flags & HAS_FRONT) !== 0 && this.#isFrontAlive(at, lifetimeMs, pings);
      // What was alive without pings, too, it read or did not.
      const isKnown = pings !== undefined && this.writtenForMs === lifetimeMs && isFront &&
        this.#events.at(row, HELD_MS) === lifetimeMs && this.#isFrontAlive(at, lifetimeMs, 0);
      const front = isFront && !isKnown && shared <= cached ? shared : 0;
      const met = this.#metAt(row, front);
      const isPinged = pings !== undefined && met.gapMs !== undefined && !isAlive(met.gapMs, lifetimeMs) &&
        this.#isPinged(row, lifetimeMs, pings);
      const isKept = met.gapMs !== undefined && (isAlive(met.gapMs, lifetimeMs) || isPinged);
      const read = readUnder(lifetimeMs, met, front, isKept);
      const mayStay = isKept ? this.#events.at(row, MOST) : isFront && !isKnown ? Math.min(longest, cached) : 0;
      // A ping that finds nothing writes, in time for the next request or not.
      const isLost = (flags & IS_EARLY) !== 0 && pings !== undefined && pings > 0 &&
        pingsBefore(this.#events.at(row, PINGABLE), lifetimeMs) > 0;
      // Of a prompt that changed an earlier part may still be there that had expired.
      const livesLonger = lifetimeMs > met.heldMs || (pings !== undefined && pings > 0);
      const isUnsure = isKept
        ? (flags & IS_CHANGED) !== 0 || isLost || ((flags & IS_EARLY) !== 0 && livesLonger)
        : true;
      const most = isUnsure ? Math.max(read, mayStay) : read;
      if (read === met.read && most === read && !isLost) continue;
      onEvent(row, read, Math.min(read, reuse), most, isLost ? held * this.#gainOf(row, place) : 0);
    }
  }

  #metAt(row: number, front: Tokens) {
    const [gapMs, heldMs, read, reuse] = [GAP, HELD_MS, READ, REUSE].map((column) =>
      this.#events.at(row, column)
    ) as Four;
    const most = this.#events.at(row, MOST);
    const flags = this.#events.at(row, FLAGS);
    // Little is missing, and what was read is what others left: all else had expired.
    const isFrontAlone = front > 0 && read === front && (flags & (IS_CHANGED | IS_EARLY)) === 0 && heldMs <= gapMs;
    const isExpired = (flags & IS_EXPIRED) !== 0 || isFrontAlone;
    return {
      ...(Number.isNaN(gapMs) ? {} : { gapMs }),
      heldMs,
      read,
      reuse: isFrontAlone ? Math.max(reuse, most) : reuse,
      isExpired,
    };
  }

  #isFrontAlive(at: number, lifetimeMs: DurationMs, pings: number | undefined): boolean {
    return pings === undefined
      ? isAlive(this.#front.ageAt(at), lifetimeMs)
      : this.#keptFront.pingsAt(at, lifetimeMs, pings) <= pings;
  }

  #isPinged(row: number, lifetimeMs: DurationMs, pings: number): boolean {
    const needed = pingsNeeded(this.#events.at(row, GAP), lifetimeMs);
    return needed <= Math.min(pings, pingsBefore(this.#events.at(row, PINGABLE), lifetimeMs));
  }

  /** What a token that is read spares, beside one that is written. */
  #gainOf(row: number, place: number): Usd {
    return this.#events.at(row, WRITE_RATE + place) - this.#events.at(row, READ_RATE);
  }

  #gapOf(row: number, front: SharedFront): DurationMs {
    const gapMs = this.#events.at(row, GAP);
    return Number.isNaN(gapMs) ? front.ageAt(this.#events.at(row, AT)) : gapMs;
  }
}

type Four = [number, number, number, number];

function writeRate({ write5m, write1h }: TurnRates, place: number): Usd {
  return place === 0 ? write5m : write1h;
}
