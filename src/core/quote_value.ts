/** How a value that is not as it should be is shown in a sentence. */

/** Longest that one is shown. */
const MAX_LENGTH = 60;

/** As JSON, cut off where it is long. Never fails for how deep it is nested: then it is said to be so. */
export function quoteValue(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return "a value nested too deep";
  }
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
