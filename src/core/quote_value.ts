/**
 * A value out of a file as a problem quotes it: short, and of nested data only the kind. It may be the user's text, and what
 * is nested deep cannot be made a text of.
 */
export function quoteValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  // JSON has numbers that a double does not hold.
  if (typeof value !== "string") return String(value);
  const text = JSON.stringify(value.slice(0, MOST_QUOTED + 1));
  return text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text;
}

/** Characters, with the quote before them. */
const MOST_QUOTED = 40;
