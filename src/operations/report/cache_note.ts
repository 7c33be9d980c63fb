/** What else is to be known of a cache, as people read it: with the time of their clock. Pure. */
import type { SessionJson } from "./schemas.ts";
import { formatTime } from "./format.ts";

/** Undefined where there is nothing to be said. */
export function cacheNote(
  { note, stickyUntil }: Pick<SessionJson["cache"], "note" | "stickyUntil">,
  { timezone, now }: { readonly timezone: string; readonly now: number },
): string | undefined {
  if (note === undefined || stickyUntil === undefined) return note;
  const until = formatTime(Date.parse(stickyUntil), timezone, now);
  return note.replace(/ for (\d+ minutes) after a request/, ` until ${until} ($1)`);
}
