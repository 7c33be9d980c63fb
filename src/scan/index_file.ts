/**
 * Where the index is. Each version of the program has its own: two that run beside each other, such as an MCP server that
 * was started before an upgrade and the command line after it, would otherwise throw away in turn what the other one read.
 */
import { VERSION } from "../core/version.ts";
import type { DurationMs } from "../core/model.ts";
import { listFileAges, tryRemoveFile } from "../host/files.ts";

/** A version that scans writes its index on every day that somebody works with an agent. */
const UNUSED_MS: DurationMs = 7 * 24 * 3_600_000;

/** An index, of this version, another one or none, and what SQLite puts beside it while it writes. */
const NAME = /^(index(?:-[\w.+-]+)?\.db)(?:-wal|-shm)?$/;

/** @param stateDirectory Absolute path of `$OPPER_HOME/agent` */
export function indexPath(stateDirectory: string): string {
  return `${stateDirectory}/${indexName(VERSION)}`;
}

/** @param version Of the program */
export function indexName(version: string): string {
  return `index-${version}.db`;
}

/**
 * Removes the indexes of other versions that nobody has written to for a week. What is written may stand beside an index for
 * long before it comes into it, and without it the index would be damaged: all of its files go, or none.
 */
export function removeUnusedIndexes(stateDirectory: string): void {
  const files = listFileAges(stateDirectory).flatMap((file) => {
    const index = NAME.exec(file.name)?.[1];
    return index === undefined || index === indexName(VERSION) ? [] : [{ ...file, index }];
  });
  for (const ofIndex of Map.groupBy(files, ({ index }) => index).values()) {
    if (ofIndex.some(({ ageMs }) => ageMs < UNUSED_MS)) continue;
    // The index before what stands beside it. One that cannot be removed stays as it is, and so does the answer.
    const names = ofIndex.map(({ name }) => name).sort();
    names.every((name) => tryRemoveFile(`${stateDirectory}/${name}`));
  }
}
