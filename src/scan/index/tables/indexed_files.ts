/** The logs that the index has, as they were when they were last folded: what a scan that finds nothing new asks of them. */
import { LOG_PATH, LOGS } from "./directories.ts";
import type { IndexStore } from "./store.ts";

/** A file as it was when it was last folded: what tells whether it changed, and where to go on. */
export interface LogRow {
  readonly source: string;
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
  readonly sourceVersion: number;
  /** Just past the last whole line that was folded. */
  readonly nextOffset: number;
  readonly nextSeq: number;
  readonly fingerprint: string;
}

/** A log that the index has, or a guest's share of one. */
export interface IndexedFile extends LogRow {
  /** Its row, by which all else that came from it is found. */
  readonly id: number;
}

/** All that an {@linkcode IndexedFile} has: other columns may follow. */
export const SELECT_FILE =
  `SELECT f.id, source, ${LOG_PATH} AS path, size, mtime_ms AS mtimeMs, ctime_ms AS ctimeMs, inode,
  source_version AS sourceVersion, next_offset AS nextOffset, next_seq AS nextSeq, fingerprint FROM ${LOGS}`;
/** In a statement about {@linkcode LOGS}: the path is that, given as {@linkcode keyOfPath} and as it is. */
export const HAS_PATH = `path_key = ? AND ${LOG_PATH} = ?`;

/** All logs, without the shares of guests. */
export function readFiles(store: IndexStore): IndexedFile[] {
  return store.all<IndexedFile>(`${SELECT_FILE} WHERE guest = ''`);
}

/** The log at a path; undefined when the index does not have it. */
export function readFile(store: IndexStore, path: string): IndexedFile | undefined {
  return store.get<IndexedFile>(
    `${SELECT_FILE} WHERE ${HAS_PATH} AND guest = ''`,
    keyOfPath(path),
    path,
  );
}

/** The log of a row; undefined for none, and for the share of a guest. */
export function readFileOfRow(store: IndexStore, id: number): IndexedFile | undefined {
  return store.get<IndexedFile>(`${SELECT_FILE} WHERE f.id = ? AND guest = ''`, id);
}

/** FNV-1a. Paths may share one: whoever finds a row compares the path itself. */
export function keyOfPath(path: string): number {
  let key = 0x811c9dc5;
  for (let at = 0; at < path.length; at++) key = Math.imul(key ^ path.charCodeAt(at), 0x01000193);
  return key;
}
