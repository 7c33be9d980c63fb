/** Times as answers write them: ISO 8601 in UTC. */
import type { EpochMs } from "./model.ts";

/** Set anew for each time: a list of sessions has thousands of them. */
const WRITTEN_TIME = new Date(0);

/** Whether a calendar has it. */
export function isWritable(at: EpochMs | undefined): at is EpochMs {
  return at !== undefined && Math.abs(at) <= 8.64e15;
}

/** @returns undefined for an instant that no calendar has */
export function isoTime(at: EpochMs | undefined): string | undefined {
  if (!isWritable(at)) return undefined;
  WRITTEN_TIME.setTime(at);
  return WRITTEN_TIME.toISOString();
}
