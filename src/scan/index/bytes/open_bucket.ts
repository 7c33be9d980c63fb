/** Sums of a quarter of an hour while they are read: of an answer over a year there are tens of thousands. */
import type { LostCaches } from "../../../core/cost/miss_cost.ts";
import type { EpochMs, ModelRef, Usd } from "../../../core/model.ts";
import { type OpenTotal, openTotal } from "./total_codec.ts";

/** A bucket while it is read: the same object for one after the other. */
export type OpenBucket = OpenTotal & {
  at: EpochMs;
  model: ModelRef;
  upstream: string | undefined;
  savedUsd: Usd;
  unknownSavings: number;
  lost: LostCaches | undefined;
  firstAt: EpochMs;
  lastAt: EpochMs;
  endedAt: EpochMs;
};

/** One to read into. */
export function openBucket(): OpenBucket {
  return {
    ...openTotal(),
    at: 0,
    model: NO_MODEL,
    upstream: undefined,
    savedUsd: 0,
    unknownSavings: 0,
    lost: undefined,
    firstAt: 0,
    lastAt: 0,
    endedAt: 0,
  };
}

const NO_MODEL: ModelRef = { provider: "", model: "" };
