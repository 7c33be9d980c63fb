/** What people and tools may write for a time, in words. Loads nothing: help is there at once. */

/** By the placeholder that stands for it in help, to follow "TIME is". A RANGE may be a TIME as well. */
const TIME_SYNTAX = {
  TIME: "a date (2025-11-20), a date and time (2025-11-20T14:03, with Z or an offset if wanted), now, today, " +
    "yesterday, how long ago (90m, 12h, 7d, 2w, 1mo, 1y), seconds since 1970, or the start of week, month, year " +
    "(this one), 2025-11, 2025 or 2025-W47",
  RANGE: "a TIME to begin at, or a range: yesterday..today, 2025-11-01..2025-11-15 (all of the last day), 2025-11.. " +
    "(from then on), lastweek, lastmonth, lastyear, 2025-11, 2025 or 2025-W47 (all of it)",
} as const;

/** The same for a model, which reads it with every argument. */
export const TOOL_TIME_SYNTAX: Record<keyof typeof TIME_SYNTAX, string> = {
  TIME: "2025-11-20, 2025-11-20T14:03Z, now, today, week, month, 2025-11, 90m, 7d or 1mo (ago), or Unix seconds",
  RANGE: "2025-11-20, 2025-11-20T14:03Z, today, week, month, 90m, 7d or 1mo (ago), Unix seconds; or a range: " +
    "yesterday..today, 2025-11-01..2025-11-15, lastweek, lastmonth, 2025-11",
};

/** Which of them a placeholder stands for; undefined where it is no time. */
export function timeKind(placeholder: string | undefined): keyof typeof TIME_SYNTAX | undefined {
  return placeholder === "TIME" || placeholder === "RANGE" ? placeholder : undefined;
}

/** Sentences that explain the placeholders of these flags. */
export function explainTimes(placeholders: readonly string[]): readonly string[] {
  const kinds = new Set(placeholders.map(timeKind).filter((kind) => kind !== undefined));
  if (kinds.has("RANGE")) kinds.add("TIME");
  return (["TIME", "RANGE"] as const).filter((kind) => kinds.has(kind)).map((kind) =>
    `${kind} is ${TIME_SYNTAX[kind]}.`
  );
}
