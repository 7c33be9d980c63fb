/** Times as answers write them: ISO 8601 in UTC. */
import type { EpochMs } from "./model.ts";

/** Set anew for each time: a list of sessions has thousands of them. */
const WRITTEN_TIME = new Date(0);

/** @returns undefined for an instant that no calendar has */
export function isoTime(at: EpochMs | undefined): string | undefined {
  if (at === undefined || !(Math.abs(at) <= 8.64e15)) return undefined;
  WRITTEN_TIME.setTime(at);
  return WRITTEN_TIME.toISOString();
}
