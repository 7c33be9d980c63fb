/** When a figure is worth a recommendation: where it is large, sure and not owed to one event alone. Else it is only said. */
import type { Usd } from "../model.ts";
import type { OptionReplay, RowReplay } from "./advice_ledger.ts";

/** What has to be saved for sure, in dollars and of what was recorded. */
const LEAST_USD: Usd = 1;
const LEAST_SHARE = 0.02;
const LEAST_RETURNS = 5;
/** Shorter lifetimes save at every turn that writes. */
const LEAST_TURNS = 20;

/** Why a setting is not recommended that would have cost less. */
export const DOUBT_REASONS = ["too_small", "too_uncertain", "too_few", "one_return", "no_setting", "plan"] as const;
export type DoubtReason = (typeof DOUBT_REASONS)[number];

/** What is to be said of a row. */
export interface RowVerdict {
  /** The lifetime that would have cost least, of those that are not recorded. */
  readonly best?: OptionReplay;
  readonly savesUsd: Usd;
  readonly atLeastUsd: Usd;
  /** Undefined where it is recommended, or saves nothing. */
  readonly doubt?: DoubtReason;
}

/**
 * @param isSettable Whether the client has a setting for it
 * @param isPlan Whether a plan pays for it, and nobody asked all the same
 */
export function judgeRow(row: RowReplay, isSettable: (option: OptionReplay) => boolean, isPlan: boolean): RowVerdict {
  const lifetimes = row.options.filter(({ keepAlive, isRecorded }) => keepAlive === undefined && !isRecorded);
  let best = lifetimes[0];
  for (const option of lifetimes) if (option.usd < best!.usd) best = option;
  if (best === undefined) return { savesUsd: 0, atLeastUsd: 0 };
  const savesUsd = row.recordedUsd - best.usd;
  const atLeastUsd = row.recordedUsd - best.highUsd;
  const verdict = { best, savesUsd, atLeastUsd };
  if (!(savesUsd > 0)) return verdict;
  const doubt = doubtOf(row, verdict, isSettable(best), isPlan);
  return doubt === undefined ? verdict : { ...verdict, doubt };
}

function doubtOf(
  { turns, recordedUsd }: RowReplay,
  { best, savesUsd, atLeastUsd }: Required<Omit<RowVerdict, "doubt">>,
  isSettable: boolean,
  isPlan: boolean,
): DoubtReason | undefined {
  const least = Math.max(LEAST_USD, LEAST_SHARE * recordedUsd);
  if (savesUsd < least) return "too_small";
  if (atLeastUsd < least) return "too_uncertain";
  if (best.id === "cache_5m" ? turns < LEAST_TURNS : best.returns < LEAST_RETURNS) return "too_few";
  if (!(savesUsd - best.largestUsd > 0)) return "one_return";
  if (isPlan) return "plan";
  return isSettable ? undefined : "no_setting";
}
