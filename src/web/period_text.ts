/** What the header calls a span of time, and the one before or behind it in the list. Pure. */
import { PERIODS } from "./address.ts";

/** `7 days` for `7d`; what is typed otherwise stands as it is. */
export function periodText(since: string): string {
  return PERIODS.find(([name]) => name === since)?.[1] ?? since;
}

/** The next shorter or longer one of the list. Undefined at its ends. @param from undefined: no period is set */
export function stepPeriod(from: string | undefined, step: 1 | -1): string | undefined {
  const place = PERIODS.findIndex(([name]) => name === from);
  // From no period, or one that somebody typed, the list begins at 30 days.
  if (place < 0) return "30d";
  return PERIODS[place + step]?.[0];
}
