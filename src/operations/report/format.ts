/**
 * Figures as people read them: amounts, tokens, shares, lengths of time and points in time.
 *
 * Pure: the clock and the zone come from the caller. What is undefined or not a finite number is `?`, never zero.
 * Nothing here is meant to be parsed again; `--json` and `--csv` carry the raw values.
 */
import type { DurationMs, EpochMs, Tokens } from "../../core/model.ts";
import { zonedTime } from "../../core/timezone.ts";

/** Shown for what is not known. */
const UNKNOWN = "?";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The largest distance from 1970 that a date can have, in milliseconds (ECMA-262, time values). */
const MAX_EPOCH_MS = 8.64e15;

/**
 * `$1,234.56` from one up, `$0.123` from a hundredth up, `$0.0012` below, `<$0.0001` for less than that, `$0.00` for
 * exactly nothing. A sum that leaves something out is marked by the caller. Money of people is moneyText()'s (cells.ts),
 * which knows the currency.
 *
 * @param symbol what stands before the figure, such as `$` or `SEK `
 * @param digits decimals for every amount; what would be rounded to nothing is `<$0.01`. @default as above
 */
export function formatAmount(value: number | undefined, symbol: string, digits?: number): string {
  if (!isKnown(value)) return UNKNOWN;
  const amount = Math.abs(value);
  const sign = value < 0 ? "-" : "";
  if (digits !== undefined) {
    const text = amount.toFixed(digits);
    if (amount === 0 || Number(text) > 0) return `${sign}${symbol}${groupThousands(text)}`;
    return `${value < 0 ? ">-" : "<"}${symbol}${(10 ** -digits).toFixed(digits)}`;
  }
  if (amount === 0) return `${symbol}0.00`;
  if (amount < 0.0001) return `${value < 0 ? ">-" : "<"}${symbol}0.0001`;
  // Rounding may carry a figure into the next range: 0.00999 is a cent, not $0.0100.
  if (amount < 0.00995) return `${sign}${symbol}${amount.toFixed(4)}`;
  if (amount < 0.9995) return `${sign}${symbol}${amount.toFixed(3)}`;
  return `${sign}${symbol}${groupThousands(amount.toFixed(2))}`;
}

/** `1,234,567`: a whole number, all of it. As `toLocaleString` has it, which loads its locales first: 12 ms. */
export function formatCount(count: number): string {
  return groupThousands(String(count));
}

/** `1,234` below ten thousand, then three digits: `12.3k`, `123k`, `4.56M`, `1.20B`. */
export function formatTokens(tokens: Tokens | undefined): string {
  if (!isKnown(tokens)) return UNKNOWN;
  const count = Math.round(Math.abs(tokens));
  const sign = tokens < 0 && count > 0 ? "-" : "";
  if (count < 10_000) return sign + groupThousands(String(count));
  for (const [size, letter] of [[1e3, "k"], [1e6, "M"], [1e9, "B"]] as const) {
    const scaled = count / size;
    // Where three digits would round up to a thousand, the next letter is the right one.
    if (scaled < 999.5) return `${sign}${scaled.toFixed(scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0)}${letter}`;
  }
  return `${sign}${groupThousands((count / 1e9).toFixed(0))}B`;
}

/** `5.19`, `14,364`: two decimals where there are some; `<0.01` for less than that. */
export function formatCredits(amount: number): string {
  if (amount > 0 && amount < 0.005) return "<0.01";
  return groupThousands(amount.toFixed(2).replace(/\.00$/, ""));
}

/**
 * One decimal: `97.3%`. `0%` and `100%` are said only of exactly none and all.
 *
 * @param ratio 1 is all
 */
export function formatPercent(ratio: number | undefined): string {
  if (!isKnown(ratio)) return UNKNOWN;
  if (ratio === 0) return "0%";
  if (ratio === 1) return "100%";
  if (ratio > 0 && ratio < 0.001) return "<0.1%";
  if (ratio > 0.999 && ratio < 1) return "99.9%";
  return `${(ratio * 100).toFixed(1)}%`;
}

/**
 * As it was read: `81%`, and with a decimal where it has some, `42.4%`.
 *
 * @param percent of 100
 */
export function formatReading(percent: number | undefined): string {
  if (!isKnown(percent)) return UNKNOWN;
  if (Number.isInteger(percent)) return `${percent}%`;
  // What is nearly all is not all, and next to nothing is not nothing.
  if (percent > 99.9 && percent < 100) return "99.9%";
  return percent > 0 && percent < 0.05 ? "<0.1%" : `${percent.toFixed(1)}%`;
}

/** The two largest units, cut off and not rounded: `42s`, `4m 12s`, `3h 05m`, `2d 4h`. `<1s` below a second. */
export function formatDuration(duration: DurationMs | undefined): string {
  if (!isKnown(duration)) return UNKNOWN;
  const length = Math.abs(duration);
  const sign = duration < 0 ? "-" : "";
  if (length === 0) return "0s";
  if (length < SECOND) return duration < 0 ? ">-1s" : "<1s";
  if (length < MINUTE) return `${sign}${Math.floor(length / SECOND)}s`;
  if (length < HOUR) return `${sign}${Math.floor(length / MINUTE)}m ${padTwo(Math.floor(length % MINUTE / SECOND))}s`;
  if (length < DAY) return `${sign}${Math.floor(length / HOUR)}h ${padTwo(Math.floor(length % HOUR / MINUTE))}m`;
  return `${sign}${groupThousands(String(Math.floor(length / DAY)))}d ${Math.floor(length % DAY / HOUR)}h`;
}

/** What is left of a time, like {@linkcode formatDuration} but in whole seconds, rounded up; `0s` when it has passed. */
export function formatCountdown(left: DurationMs | undefined): string {
  if (!isKnown(left)) return UNKNOWN;
  return formatDuration(Math.max(0, Math.ceil(left / SECOND) * SECOND));
}

/**
 * A point in time as short as it can be told from `now`: `14:03` on the same day, `Nov 20 14:03` in the same year,
 * else `2025-11-20`.
 *
 * @param timezone IANA name
 * @throws {RangeError} when there is no such zone
 */
export function formatTime(
  at: EpochMs | undefined,
  timezone: string,
  now: EpochMs,
  precision: "minutes" | "seconds" = "minutes",
): string {
  if (!isKnown(at) || Math.abs(at) > MAX_EPOCH_MS) return UNKNOWN;
  const time = zonedTime(at, timezone);
  const today = zonedTime(now, timezone);
  if (time.year !== today.year) return time.toPlainDate().toString();
  const seconds = precision === "seconds" ? `:${padTwo(time.second)}` : "";
  const clock = `${padTwo(time.hour)}:${padTwo(time.minute)}${seconds}`;
  if (time.month === today.month && time.day === today.day) return clock;
  const month = MONTHS[time.month - 1];
  return `${month} ${padTwo(time.day)} ${clock}`;
}

/** How far from now, in one unit: `42s ago`, `3m ago`, `5h ago`, `12d ago`, `2y ago`, `in 3m`; `now` within a second. */
export function formatRelative(at: EpochMs | undefined, now: EpochMs): string {
  if (!isKnown(at) || !isKnown(now)) return UNKNOWN;
  const distance = Math.abs(now - at);
  if (distance < SECOND) return "now";
  const [size, letter] = RELATIVE_UNITS.find(([size]) => distance >= size) ?? [SECOND, "s"];
  const count = `${groupThousands(String(Math.floor(distance / size)))}${letter}`;
  return at > now ? `in ${count}` : `${count} ago`;
}

/** Short names. */
export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const RELATIVE_UNITS = [[365 * DAY, "y"], [DAY, "d"], [HOUR, "h"], [MINUTE, "m"], [SECOND, "s"]] as const;

function isKnown(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}

function groupThousands(digits: string): string {
  // Most figures of a long table.
  if (digits.length <= 3) return digits;
  // Behind the point there are no thousands.
  return digits.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+(?!\d))/g, ","));
}

function padTwo(value: number): string {
  return String(value).padStart(2, "0");
}
