/** How a client starts our server, and what of an entry that is there already is ours. */

/** Name of the server in every client. */
export const SERVER_NAME = "opper-agent";

/** The word that makes the program a server: what stands behind it is the user's. */
export const SERVE = "mcp";

/** How a client starts our server. */
export interface ServerCommand {
  /** Absolute path of a program. */
  readonly command: string;
  /** Up to and with {@linkcode SERVE}. */
  readonly args: readonly string[];
  /** Flags behind it. @default those that are there already */
  readonly flags?: readonly string[];
}

/** @param before what the entry has now; anything */
export function argumentsOf(before: unknown, { args, flags }: ServerCommand): readonly string[] {
  if (flags !== undefined) return [...args, ...flags];
  if (!Array.isArray(before) || !before.every((argument) => typeof argument === "string")) return args;
  const at = before.indexOf(SERVE);
  return at === -1 ? args : [...args, ...before.slice(at + 1)];
}
