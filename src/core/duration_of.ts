/** How long a session took. Apart from its report, because the page needs nothing else of that. */
import type { DurationMs, EpochMs } from "./model.ts";

/** Undefined where a time is missing, and where the clock was set back between them: how long it took is then not known. */
export function durationOf(
  startedAt: EpochMs | undefined,
  lastActivityAt: EpochMs | undefined,
): DurationMs | undefined {
  if (startedAt === undefined || lastActivityAt === undefined || lastActivityAt < startedAt) return undefined;
  return lastActivityAt - startedAt;
}
