/**
 * Which Node.js an agent's program runs on, by the program's own words: one that is no script for Node needs none, and a
 * script may name another Node than the one in PATH. Starts nothing.
 */
import { basename, isAbsolute } from "node:path";
import { readProgramHead } from "../host/program_file.ts";

/** `path`: that very program. `name`: what is found in PATH by that name. */
export type NodeWanted = { readonly path: string } | { readonly name: string };

const HEAD_BYTES = 4096;

/** @returns undefined for a program that is no script for Node: a binary, or a wrapper that starts what it likes */
export function nodeOf(program: string): NodeWanted | undefined {
  return nodeNamedIn(readProgramHead(program, HEAD_BYTES), /\.cmd$/i.test(program));
}

/**
 * @internal exported for its test
 * @param head the beginning of a program
 * @param isCommandFile whether it is one of Windows' command files, as npm makes them there
 */
export function nodeNamedIn(head: string, isCommandFile: boolean): NodeWanted | undefined {
  if (isCommandFile) return /"%_prog%"|\bnode(\.exe)?\b/i.test(head) ? { name: "node" } : undefined;
  const [, interpreter, rest = ""] = /^#![ \t]*(\S+)[ \t]*([^\r\n]*)/.exec(head) ?? [];
  if (interpreter === undefined) return undefined;
  if (basename(interpreter) !== "env") return isNode(interpreter) ? { path: interpreter } : undefined;
  // Behind env: its own flags, of which -S splits what follows, and variables.
  const words = rest.split(/\s+/).map((word) => word.replace(/^-S(?=.)/, "").replace(/^["']|["']$/g, ""));
  const program = words.find((word) => word !== "" && !word.startsWith("-") && !word.includes("="));
  if (program === undefined || !isNode(program)) return undefined;
  return isAbsolute(program) ? { path: program } : { name: program };
}

function isNode(program: string): boolean {
  return /^node(js)?\d*$/.test(basename(program));
}
