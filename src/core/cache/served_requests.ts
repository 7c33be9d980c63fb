/** Who served the last requests of a chain, and how often they went from one host to another. */
import type { EpochMs } from "../model.ts";
import type { Reroute } from "./reroute.ts";

/** As far as it is known without a gap. Survives JSON. */
export interface ServedRequests {
  /** Of the last request. */
  readonly upstream: string;
  /** How many of the last ones it served, one after the other. */
  readonly turns: number;
  /** The last ones, at most {@linkcode MOST_RECENT}, the latest at the end: `1` for one that went to another host. */
  readonly recent: string;
}

/** The same in figures, of a chain that is at its end. */
export interface ServedBy {
  readonly upstream: string;
  readonly turns: number;
  /** How many of the last requests are looked at. */
  readonly requests: number;
  /** Of those: how many went to another host than the one before. */
  readonly elsewhere: number;
  /** When the last one was sent. */
  readonly at: EpochMs;
}

const MOST_RECENT = 40;

/** @param upstream Who served the next one; undefined where that is not known: who did before says nothing then */
export function addServed(
  served: ServedRequests | undefined,
  upstream: string | undefined,
  reroute: Reroute | undefined,
): ServedRequests | undefined {
  if (upstream === undefined) return undefined;
  const isSame = served?.upstream === upstream;
  return {
    upstream,
    turns: isSame ? served.turns + 1 : 1,
    recent: ((served?.recent ?? "") + (reroute === undefined ? "0" : "1")).slice(-MOST_RECENT),
  };
}

/** @param at When the last of them was sent */
export function servedBy({ upstream, turns, recent }: ServedRequests, at: EpochMs): ServedBy {
  return { upstream, turns, requests: recent.length, elsewhere: recent.split("1").length - 1, at };
}
