/** What a request would have read with so many pings, where all that does not depend on their count is worked out. */
import type { DurationMs, Tokens, Usd } from "../model.ts";
import { isAlive, LIFETIMES_MS, type MetCache, pingsBefore, readUnder } from "./lifetimes.ts";
import type { MetRequest } from "./met_requests.ts";

/** A request under one lifetime: what of it does not depend on how many pings are sent. */
export interface PlacedRequest {
  readonly request: MetRequest;
  /** Since the cache was used; of a first request since another chain did. */
  readonly ageMs: DurationMs;
  /** How many pings it takes for what it met to be alive, and for the front. Infinity where none do. */
  readonly ownPings: number;
  readonly frontPings: number;
}

/** What a request would have read; at least and at most; and what it may have cost beside that. */
export interface ReplayedRead {
  readonly read: Tokens;
  readonly least: Tokens;
  readonly most: Tokens;
  readonly dearerUsd: Usd;
}

/** @param pings How many are sent at most: 0 where none are */
export function readPlaced(
  { request, ownPings, frontPings }: PlacedRequest,
  place: number,
  pings: number,
  { shared, longest }: { readonly shared: Tokens; readonly longest: Tokens },
): ReplayedRead {
  const { cached, held, isChanged, isEarlyLoss, pingableMs } = request;
  const lifetimeMs = LIFETIMES_MS[place]!;
  const isFront = frontPings <= pings;
  const front = isFront && shared <= cached ? shared : 0;
  const met = whatExpired(request, shared);
  const isKept = ownPings <= pings;
  const read = readUnder(lifetimeMs, met, front, isKept);
  // A ping that finds nothing writes, in time for the next request or not.
  const isLost = isEarlyLoss && pings > 0 && pingsBefore(pingableMs, lifetimeMs) > 0;
  // Of a prompt that changed an earlier part may still be there that had expired.
  const isUnsure = isChanged || isLost || (isEarlyLoss && (lifetimeMs > met.heldMs || pings > 0));
  const mayStay = isKept ? (isUnsure ? request.most : 0) : isFront ? Math.min(longest, cached) : 0;
  return {
    read,
    least: Math.min(read, met.reuse),
    most: Math.max(read, mayStay),
    dearerUsd: isLost ? held * request.gains[place]! : 0,
  };
}

/** Where little is missing, and what was read is what others left, all else had expired. */
function whatExpired({ met, most, isChanged, isEarlyLoss }: MetRequest, front: Tokens): MetCache {
  const { gapMs, heldMs, read, isExpired } = met;
  const isFrontAlone = front > 0 && read === front && !isExpired && !isChanged && !isEarlyLoss &&
    gapMs !== undefined && !isAlive(gapMs, heldMs);
  return isFrontAlone ? { ...met, isExpired: true, reuse: Math.max(met.reuse, most) } : met;
}
