/** Says in a sentence or two who serves a conversation behind a router, and for how long it will, by what it did lately. */
import type { EpochMs } from "../model.ts";
import type { ServedBy } from "./served_requests.ts";
import { STICKY_MS } from "./sticky_routing.ts";

/** Until when the router keeps to the host, unless that fails. */
export function stickyUntil({ at }: ServedBy): EpochMs {
  return at + STICKY_MS;
}

/**
 * @param sayTime How a time is written. @default none is: it holds whatever the clock says
 */
export function routeNote(served: ServedBy, now: EpochMs, sayTime?: (at: EpochMs) => string): string {
  const { upstream, turns, requests, elsewhere } = served;
  const minutes = `${STICKY_MS / 60_000} minutes`;
  const until = stickyUntil(served);
  const isKept = now < until;
  const who = `${upstream} served the last ${turns === 1 ? "turn" : `${turns} turns`}.`;
  const length = sayTime === undefined ? `for ${minutes} after a request` : `until ${sayTime(until)} (${minutes})`;
  const stays = isKept
    ? `OpenRouter keeps to it ${length}`
    : `OpenRouter kept to it ${length}, and may go elsewhere now`;
  const went = `${elsewhere} of the last ${requests} requests went elsewhere`;
  return `${who} ${stays}; ${went}.`;
}
