/**
 * Whose records a file holds, by its beginning: for files that more than one tool may have written, as they lie where two of
 * them are looked for. What an agent's lines look like is for its places to say; here they are only taken apart.
 */
import { readPieces } from "../../host/files.ts";
import type { LineMembers, LoggedAgent } from "../../agents/agent.ts";

/** The first line of most files tells in the first piece; one may begin with copies of files. */
const PIECES = [1 << 12, 1 << 16, 1 << 20];

/** Undefined where no line of its beginning is one of theirs, or it cannot be read. */
export function findOwner<Claimant extends Pick<LoggedAgent, "logs">>(
  path: string,
  size: number,
  claimants: readonly Claimant[],
): Claimant | undefined {
  for (const [index, length] of PIECES.entries()) {
    if (index > 0 && size <= PIECES[index - 1]!) break;
    const owner = ownerOf(readBeginning(path, Math.min(length, size)), claimants);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** The first line that is one of theirs tells. */
export function ownerOf<Claimant extends Pick<LoggedAgent, "logs">>(
  beginning: string,
  claimants: readonly Claimant[],
): Claimant | undefined {
  for (let from = 0; from < beginning.length;) {
    const end = beginning.indexOf("\n", from);
    const members = membersOf(beginning.slice(from, end < 0 ? undefined : end));
    const owner = members.size === 0 ? undefined : claimants.find(({ logs }) => logs.wrote(members));
    if (owner !== undefined || end < 0) return owner;
    from = end + 1;
  }
  return undefined;
}

/** @returns as much as can be read */
function readBeginning(path: string, length: number): string {
  try {
    return new TextDecoder().decode(readPieces(path, [0], length)[0]);
  } catch (error) {
    // Whoever reads it will say why it cannot be.
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}

/** A loop over the outermost object: a line that was cut off is no JSON, and its members may be nested as deep as they like. */
export function membersOf(line: string): LineMembers {
  const members = new Map<string, string>();
  let at = line.indexOf("{");
  if (at < 0) return members;
  let depth = 1;
  /** Of the outermost object; undefined between two members. */
  let key: string | undefined;
  let isValue = false;
  for (at++; at < line.length && depth > 0; at++) {
    const sign = line[at];
    if (sign === '"') {
      const end = endOfText(line, at);
      if (depth === 1) {
        const text = line.slice(at + 1, end);
        if (!isValue) key = text;
        else if (key !== undefined) members.set(key, text);
      }
      at = end;
    } else if (sign === "{" || sign === "[") depth++;
    else if (sign === "}" || sign === "]") depth--;
    else if (depth === 1 && sign === ":" && key !== undefined) {
      members.set(key, "");
      isValue = true;
    } else if (depth === 1 && sign === ",") {
      key = undefined;
      isValue = false;
    }
  }
  return members;
}

/** @returns where the closing quote is, or the end of the line */
function endOfText(line: string, quote: number): number {
  let at = quote + 1;
  while (at < line.length && line[at] !== '"') at += line[at] === "\\" ? 2 : 1;
  return Math.min(at, line.length);
}
