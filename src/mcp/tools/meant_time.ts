/**
 * Times as models write them, in the words of operations/report/read_moment.ts, which decides what a time is. What is not
 * plainly the same time is left as it is, for that to refuse: `past week` may be seven days, or the last one that is over.
 */
import { withoutWrapping } from "../../core/said_place.ts";
import { isShortText } from "./meant_session.ts";

/** Letters of read_moment.ts by the words, without a plural's s. */
const UNITS: Readonly<Record<string, string>> = {
  ...{ s: "s", sec: "s", second: "s", m: "m", min: "m", minute: "m", h: "h", hr: "h", hour: "h" },
  ...{ d: "d", day: "d", w: "w", wk: "w", week: "w", mo: "mo", month: "mo", y: "y", yr: "y", year: "y" },
};

/** `last 7 days`, `past_24_hours`, `7 days ago`, `30 days`, `-7d`, `now-7d`. */
const AGO = /^(?:(?:in )?(?:the )?(?:last|past|previous) |now ?- ?|-)?(\d+(?:\.\d+)?) ?([a-z]+)(?: ago)?$/;
/** A duration of ISO 8601 with one part: `P7D`, `PT12H`. */
const DURATION = /^p(?:(\d+)([dwmy])|t(\d+)([hms]))$/;

/** The time, or the range, that a value means. */
export function meantTime(value: unknown): unknown {
  // Seconds, or milliseconds, since 1970.
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (!isShortText(value)) return value;
  const text = withoutWrapping(value);
  const ends = text.includes("..") ? text.split("..") : RANGE.exec(text)?.slice(1) ?? [text];
  return ends.map((end) => meantPoint(end.trim())).join("..");
}

/** `A to B`, and `A/B` as ISO 8601 has it. Strokes may stand in a date itself: between digits that are no year. */
const RANGE = /^(.*\S)(?: (?:to|until|through) |\/(?=\d{4}-))(.*)$/i;

function meantPoint(text: string): string {
  const words = text.toLowerCase().replaceAll("_", " ");
  const [, count, unit] = AGO.exec(words) ?? [];
  const letter = unit === undefined ? undefined : letterOf(unit);
  if (letter !== undefined) return `${count}${letter}`;
  const [, days, dayUnit, hours, hourUnit] = DURATION.exec(words) ?? [];
  if (days !== undefined) return `${days}${dayUnit === "m" ? "mo" : dayUnit}`;
  if (hours !== undefined) return `${hours}${hourUnit}`;
  if (words === "now()") return "now";
  return text.replace(/^(\d{4})\/(\d\d)\/(\d\d)(?!\d)/, "$1-$2-$3").replace(/(?<=\d) ?(?:UTC|GMT)$/i, "Z");
}

function letterOf(unit: string): string | undefined {
  const one = Object.hasOwn(UNITS, unit) ? unit : unit.replace(/s$/, "");
  return Object.hasOwn(UNITS, one) ? UNITS[one] : undefined;
}
