/**
 * Where the index is. Each version of the program has its own: two that run beside each other, such as an MCP server that
 * was started before an upgrade and the command line after it, would otherwise throw away in turn what the other one read.
 */
import { VERSION } from "../core/version.ts";
import type { DurationMs } from "../core/model.ts";
import { removeFilesUnwritten } from "../host/files.ts";

/** A version that scans writes its index on every day that somebody works with an agent. */
const UNUSED_MS: DurationMs = 7 * 24 * 3_600_000;

/** Behind it stands what SQLite adds while it writes: `-wal`, `-shm`. */
const NAME = /^index[\w.+-]*\.db(?:-wal|-shm)?$/;

/** @param stateDirectory Absolute path of `$OPPER_HOME/agent` */
export function indexPath(stateDirectory: string): string {
  return `${stateDirectory}/${indexName(VERSION)}`;
}

/** @param version Of the program */
export function indexName(version: string): string {
  return `index-${version}.db`;
}

/** Removes the indexes of other versions that nobody has written to for a week. */
export function removeUnusedIndexes(stateDirectory: string): void {
  const own = indexName(VERSION);
  removeFilesUnwritten(stateDirectory, (name) => NAME.test(name) && !name.startsWith(own), UNUSED_MS);
}
