/** What a turn cost by what its log says, or a gateway that was asked. */
import type { Turn, Usd } from "../model.ts";
import { chargedUsd } from "../turn_evidence.ts";

/** Whether the log says what a turn cost, or a gateway does. */
export function isReported(turn: Turn): boolean {
  return turn.evidence !== undefined || isRecorded(turn);
}

/** Whether the log does. */
export function isRecorded({ reported }: Turn): boolean {
  return reported !== undefined && isPrice(reported.usd, reported.isBill === true);
}

/** What that is. Undefined where nothing is reported. */
export function reportedUsd(turn: Turn): Usd | undefined {
  if (turn.evidence !== undefined) return chargedUsd(turn.evidence);
  return isRecorded(turn) ? turn.reported!.usd : undefined;
}

/** Whether what a tool wrote down is one: tools write zero for models they have no price for; a bill of zero is one. */
export function isPrice(usd: Usd, isBill: boolean): boolean {
  return Number.isFinite(usd) && (usd > 0 || (usd === 0 && isBill));
}
