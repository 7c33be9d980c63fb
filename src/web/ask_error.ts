/** What comes of a question that was not answered. */

/** What the program said instead of an answer, or why nothing could be asked. */
export class AskError extends Error {
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** What a catch has, as the page shows it. */
export function failureOf(error: unknown): { readonly message: string; readonly hint?: string } {
  if (error instanceof AskError) return { message: error.message, hint: error.hint };
  return { message: error instanceof Error ? error.message : String(error) };
}
