/** How questions are written: shared by the client that asks the server, and by an exported page that has the answers. */

/** Fields of a question, named as in `--json`. What is undefined or empty is not asked; a list repeats its field. */
export type Fields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** `cost?by=day&since=30d`: the operation, and its fields in order of their names. Answers are kept by it. */
export function questionKey(operation: string, fields: Fields): string {
  const asked = new URLSearchParams();
  for (const name of Object.keys(fields).sort()) {
    const value = fields[name];
    if (value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) asked.append(name, String(one));
  }
  const text = asked.toString();
  return text === "" ? operation : `${operation}?${text}`;
}

/** What the program said instead of an answer, or why nothing could be asked. */
export class AskError extends Error {
  constructor(
    message: string,
    readonly hint?: string,
    /** Of the answer; 0 when there was none. */
    readonly status: number = 0,
  ) {
    super(message);
  }
}

/** What a catch has, as the page shows it. */
export function failureOf(error: unknown): { readonly message: string; readonly hint?: string } {
  if (error instanceof AskError) return { message: error.message, hint: error.hint };
  return { message: error instanceof Error ? error.message : String(error) };
}
