/** A line that may be no JSON, or the beginning of some. */

/** Of a line of which records were counted. */
export const PARTLY_JSON = "Part of the line is not JSON and is not counted.";

/** The object that a text is, or undefined when it is the beginning of one (or nothing that can be read). */
export function parseComplete(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Says what is wrong with a line without showing any of it. */
export function describeParseError(error: unknown): string {
  // V8 quotes the text around the fault: transcript text must not end up in reports.
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, ?(\.\.\.)?".*$/s, "");
}
