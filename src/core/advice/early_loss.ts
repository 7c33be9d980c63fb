/**
 * How far a hit can be relied on that nobody has seen yet: entries are lost before their time, and prompts change while
 * nobody looks, which the expiry hides.
 */
import type { DurationMs } from "../model.ts";

const MINUTE_MS: DurationMs = 60_000;

/**
 * Returns to an hour's prefix that found it gone. Source: claude-code#94177, comment of 2026-09-14 (2,286 returns): 8 % after
 * 10 to 20 minutes, 13, 21, and 25 % after 45 to 60. Below 10 minutes it says nothing: the first figure stands for that.
 */
const OTHERS_LOSSES: readonly (readonly [below: DurationMs, share: number])[] = [
  [5 * MINUTE_MS, 0],
  [20 * MINUTE_MS, 0.08],
  [30 * MINUTE_MS, 0.13],
  [45 * MINUTE_MS, 0.21],
];
const OTHERS_LATE_LOSSES = 0.25;

/** From so many own returns on, they say more than another user's. */
export const ENOUGH_RETURNS = 20;

/** Own returns after more than five minutes to what an hour holds, and those of them that found it gone. */
export interface OwnReturns {
  readonly returns: number;
  readonly lost: number;
}

/** Own turns after less than five minutes, and those of them whose prompt had changed. */
export interface OwnChanges {
  readonly turns: number;
  readonly changed: number;
}

/** What share of entries is gone after so long. */
export function earlyLoss(gapMs: DurationMs, { returns, lost }: OwnReturns): number {
  if (returns >= ENOUGH_RETURNS) return lost / returns;
  return OTHERS_LOSSES.find(([below]) => gapMs < below)?.[1] ?? OTHERS_LATE_LOSSES;
}

/** What share of prompts has changed. */
export function changedShare({ turns, changed }: OwnChanges): number {
  return (changed + 1) / (turns + 2);
}
