/** What is kept of a file while it is written in place (in_place.ts): which file it is, and both of its texts. */
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { type OnStep, removeFile, syncDirectory } from "./atomic_file.ts";
import { inPlaceDirectory } from "./environment.ts";

const VERSION = 1;

/** Files of the record of one file, absolute. Without `entry` the others count for nothing. */
export interface RecordFiles {
  readonly entry: string;
  readonly unfinished: string;
  readonly before: string;
  readonly after: string;
}

/** The record of a file, by its path. */
export function recordOf(stateDirectory: string, target: string): RecordFiles {
  return filesOf(stateDirectory, createHash("sha256").update(target).digest("hex").slice(0, 32));
}

/** The same by the hash of that path, which names the files. */
export function filesOf(stateDirectory: string, hash: string): RecordFiles {
  const start = join(inPlaceDirectory(stateDirectory), hash);
  return { entry: `${start}.json`, unfinished: `${start}.new`, before: `${start}.before`, after: `${start}.after` };
}

/** An entry as it is written. */
export function entryText(target: string): string {
  return JSON.stringify({ version: VERSION, target });
}

/** Which file an entry is of; undefined when it is damaged, or not of this version. */
export function targetOf(bytes: Uint8Array | undefined): string | undefined {
  try {
    const entry: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof entry !== "object" || entry === null || !("target" in entry) || !("version" in entry)) return undefined;
    return entry.version === VERSION && typeof entry.target === "string" ? entry.target : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Removes a record, the entry first: without it the others are litter. */
export function forgetRecord(files: RecordFiles, onStep: OnStep | undefined): void {
  for (const path of [files.entry, files.unfinished, files.before, files.after]) {
    onStep?.(`remove ${basename(path)}`);
    removeFile(path);
    if (path === files.entry) syncDirectory(dirname(path));
  }
}
