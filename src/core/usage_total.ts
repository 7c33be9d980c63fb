/**
 * What agents count without saying what each response took (`UsageTotal`), and how the engine has it: as one more entry
 * among a log's turns. Who owns it, what it costs and where it is added up is then settled as for turns. It is no turn:
 * whoever tells of turns, of caches or of pauses leaves it out.
 */
import { MAIN_CHAIN, type TotalCount, type Turn, type UsageTotal } from "./model.ts";

/** All of it stands at its beginning: that is the only time of which it is certain that some of it was spent by then. */
export function turnOfTotal({ key, firstAt, model, usage, chain, reported, requests }: UsageTotal): Turn {
  const turn: Turn = {
    key,
    at: firstAt,
    model,
    usage,
    chain: chain ?? MAIN_CHAIN,
    total: requests === undefined ? {} : { requests },
  };
  return reported === undefined ? turn : { ...turn, reported };
}

/** Whether it is a response, and no total. */
export function isResponse({ total }: Pick<Turn, "total">): boolean {
  return total === undefined;
}

/** Adds counts of totals; undefined stands for none. */
export function addTotals(a: TotalCount | undefined, b: TotalCount | undefined): TotalCount | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const count = a.count + b.count;
  if (a.requests === undefined || b.requests === undefined) return { count };
  return { count, requests: a.requests + b.requests };
}

/** Of one entry: undefined for a response. */
export function totalsOf({ total }: Pick<Turn, "total">): TotalCount | undefined {
  return total === undefined ? undefined : { count: 1, ...total };
}
