/**
 * Chains of one project, agent, role and model under every setting: what begins alike is shared among them.
 *
 * What a request read within five minutes it would have read under every setting: such turns are added up at once.
 */
import type { DurationMs, EpochMs, Tokens, Usd } from "../model.ts";
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
} from "./lifetimes.ts";
import { MetRequests, type RequestUse } from "./met_requests.ts";
import { type PlacedRequest, readPlaced, type ReplayedRead } from "./placed_request.ts";
import { SharedFront } from "./shared_front.ts";
import { tokensUsd, writeRates } from "./turn_rates.ts";

/** What is looked at: nothing is counted outside. */
export interface ReplaySpan {
  readonly since: EpochMs;
  /** Not in it itself. */
  readonly until: EpochMs;
}

/** What a setting would have cost. */
export interface ReplaySum {
  usd: Usd;
  /** The least and the most that it may have been. */
  lowUsd: Usd;
  highUsd: Usd;
  /** Returns to what it would have kept, or lost. */
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

/** A request that a setting changes. */
export interface ReplayedReturn {
  readonly at: EpochMs;
  readonly session: number;
  /** Undefined of a first request, which meets what other chains left. */
  readonly gapMs?: DurationMs;
  /** Read more than was, below zero less. */
  readonly tokens: Tokens;
  readonly savesUsd: Usd;
}

const WHOLE: RequestUse = { isPlain: true, isKept: true, hasFront: true };

export class ReplayGroup {
  readonly #front = new SharedFront();
  /** The same without pings that were sent. */
  readonly #keptFront = new SharedFront();
  readonly #requests = new MetRequests();
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
    addTimes(this.#front, whole);
    addTimes(this.#keptFront, kept ?? whole);
    for (const followed of whole) {
      this.#addSight(followed);
      this.#addRequest(session, followed, kept === undefined ? WHOLE : { ...WHOLE, isKept: false });
    }
    for (const followed of kept ?? []) this.#addRequest(session, followed, { ...WHOLE, isPlain: false });
    for (const followed of kept ?? whole) this.#addPings(followed, span);
  }

  /** A request whose prompt is its own: it meets what the conversation left, and leaves nothing. */
  addSideRequest(session: number, followed: FollowedTurn): void {
    this.#addRequest(session, followed, { ...WHOLE, hasFront: false });
  }

  #addSight({ turn, gapMs, heldMs, isChanged, read, most, cached }: FollowedTurn): void {
    if (turn.isCopy) return;
    if (gapMs === undefined) this.#front.addSight(read, cached);
    // What an hour holds of its own conversation says nothing of others.
    else if (!isChanged && read < most && !isAlive(gapMs, heldMs)) this.#front.addSight(read, 0);
  }

  #addRequest(session: number, followed: FollowedTurn, use: RequestUse): void {
    const { turn, gapMs } = followed;
    const { rates, otherUsd = 0, usage } = turn;
    if (!turn.isAsked || rates === undefined) return;
    const written = usage.cacheWrite + usage.cacheWrite1h;
    const rest = tokensUsd({ ...usage, cacheWrite: 0, cacheWrite1h: 0 }, rates) + otherUsd;
    for (const [place, rate] of writeRates(rates).entries()) {
      if (use.isPlain) this.#plainUsd[place]! += rest + written * rate;
      if (use.isKept) this.#keptUsd[place]! += rest + written * rate;
    }
    if (use.isPlain) {
      this.#written[0] += usage.cacheWrite;
      this.#written[1] += usage.cacheWrite1h;
      const dearer = usage.cacheWrite1h * (rates.write1h - rates.write5m);
      this.#largestWriteUsd = Math.max(this.#largestWriteUsd, dearer);
    }
    // What changed within five minutes may have changed behind what had expired.
    const isSure = gapMs !== undefined && isAlive(gapMs, FIVE_MINUTES_MS) && !followed.isEarlyLoss;
    if (!isSure) this.#requests.add(session, followed, rates, use);
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

  /** @param changed Share of prompts that change unseen @param hasPings Whether pings are tried: else nothing is `kept` */
  replay(returns: OwnReturns, changed: number, hasPings: boolean): GroupReplay {
    return {
      plain: LIFETIMES_MS.map((_, place) =>
        this.#sum(this.#placeRequests(place, false), place, undefined, returns, changed)
      ),
      kept: (hasPings ? LIFETIMES_MS : []).map((_, place) => {
        const requests = this.#placeRequests(place, true);
        return Array.from(
          { length: MOST_PINGS + 1 },
          (_, pings) => this.#sum(requests, place, pings, returns, changed),
        );
      }),
    };
  }

  #sum(
    requests: readonly PlacedRequest[],
    place: number,
    pings: number | undefined,
    returns: OwnReturns,
    changed: number,
  ): ReplaySum {
    const fixed = pings === undefined ? this.#plainUsd[place]! : this.#keptUsd[place]!;
    const sum = { usd: fixed, lowUsd: fixed, highUsd: fixed, returns: 0, pings: 0, pingsUsd: 0, largestUsd: 0 };
    this.#eachChanged(requests, place, pings, ({ request, ageMs, ownPings }, { read, least, most, dearerUsd }) => {
      const { met } = request;
      const gain = request.gains[place]!;
      const trust = (1 - earlyLoss(ageMs, returns)) * (1 - changed);
      const more = read - met.read;
      sum.usd -= more * gain;
      sum.lowUsd -= (most - met.read) * gain;
      sum.highUsd -= (more > 0 ? more * trust : least - met.read) * gain - dearerUsd;
      // A first request is none, and one that finds what others left comes back to nothing of its own.
      if (met.gapMs !== undefined && (more < 0 || (more > 0 && ownPings <= (pings ?? 0)))) sum.returns++;
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
    const requests = this.#placeRequests(place, pings !== undefined);
    this.#eachChanged(requests, place, pings, ({ request: { at, session, met, gains } }, { read }) => {
      const tokens = read - met.read;
      if (tokens === 0) return;
      const { gapMs } = met;
      onReturn({ at, session, ...(gapMs === undefined ? {} : { gapMs }), tokens, savesUsd: tokens * gains[place]! });
    });
  }

  /** @param isKept Whether pings are sent, or might be, in place of those that were */
  #placeRequests(place: number, isKept: boolean): readonly PlacedRequest[] {
    const lifetimeMs = LIFETIMES_MS[place]!;
    const isUniform = this.writtenForMs === lifetimeMs;
    // What was held so all along is recorded as it was.
    if (!isKept && isUniform) return [];
    const front = isKept ? this.#keptFront : this.#front;
    return [...this.#requests.each()].filter((request) => isKept ? request.isKept : request.isPlain).map((request) => {
      const { at, met: { gapMs, heldMs }, pingableMs, hasFront } = request;
      const own = gapMs === undefined ? Infinity : pingsNeeded(gapMs, lifetimeMs);
      const shared = hasFront ? front.pingsAt(at, lifetimeMs, isKept ? MOST_PINGS : 0) : Infinity;
      // What was alive without pings, too, it read or did not.
      const isRecorded = isUniform && heldMs === lifetimeMs && shared === 0;
      return {
        request,
        ageMs: gapMs ?? front.ageAt(at),
        ownPings: own <= pingsBefore(pingableMs, lifetimeMs) ? own : own === 0 ? 0 : Infinity,
        frontPings: isRecorded ? Infinity : shared,
      };
    });
  }

  /** Not called where it is what it read, for sure. */
  #eachChanged(
    requests: readonly PlacedRequest[],
    place: number,
    pings: number | undefined,
    onChanged: (request: PlacedRequest, read: ReplayedRead) => void,
  ): void {
    const front = { shared: this.#front.tokens, longest: this.#front.most };
    for (const placed of requests) {
      const replayed = readPlaced(placed, place, pings ?? 0, front);
      const { read, most, dearerUsd } = replayed;
      if (read !== placed.request.met.read || most !== read || dearerUsd > 0) onChanged(placed, replayed);
    }
  }
}

function addTimes(front: SharedFront, chain: readonly FollowedTurn[]): void {
  front.addRequests(
    chain.filter(({ turn }) => !turn.isCopy).map(({ turn, nextMs }) => ({ at: turn.at, nextMs })),
  );
}
