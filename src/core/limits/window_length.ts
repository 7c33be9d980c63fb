/** Names windows by their length. */

const [HOUR, DAY] = [60, 24 * 60];

export const FIVE_HOURS = 5 * HOUR;
export const WEEK = 7 * DAY;

/** Agents have written 299 and 10079 where these were meant. */
const USUAL = [FIVE_HOURS, DAY, WEEK, 30 * DAY] as const;
const SLACK = 0.005;

/** The usual length that a window has, to within a few minutes; else its own. */
export function usualLength(minutes: number): number {
  return USUAL.find((usual) => Math.abs(minutes - usual) <= usual * SLACK) ?? minutes;
}

/** `5h`, `weekly`, `1d`, `90m`. */
export function windowName(minutes: number): string {
  if (minutes === WEEK) return "weekly";
  if (minutes % DAY === 0) return `${minutes / DAY}d`;
  return minutes % HOUR === 0 ? `${minutes / HOUR}h` : `${minutes}m`;
}

/** The same for people: `5 hours`, `week`, `30 days`. */
export function windowTitle(minutes: number): string {
  if (minutes === WEEK) return "week";
  const [count, unit] = minutes % DAY === 0
    ? [minutes / DAY, "day"]
    : minutes % HOUR === 0
    ? [minutes / HOUR, "hour"]
    : [minutes, "minute"];
  return count === 1 ? unit : `${count} ${unit}s`;
}
