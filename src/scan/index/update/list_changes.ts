/** Finds what differs between the logs on disk and the index, without asking the index about each log. */
import type { FoundFile } from "../../../host/walk_files.ts";
import type { Discovery } from "../../logs/discover.ts";
import type { FoundLog } from "../../logs/log_reader.ts";
import type { Bytes, IndexStore } from "../tables/store.ts";
import { readDeletedLogs, rowsOfDeleted } from "../tables/deleted_logs.ts";
import { type IndexedFile, readFile, readFiles } from "../tables/indexed_files.ts";
import type { LoggedAgent } from "../../../agents/agent.ts";
import { type MissingLogs, sortMissing } from "./missing_logs.ts";

/** A log that has to be read: it is new, or may have changed. */
export interface Change {
  readonly source: LoggedAgent;
  readonly file: FoundLog;
  /** Absent for a log that is new. */
  readonly known?: IndexedFile;
  /** Nothing says that it changed, but it was written so late before it was read that nothing needs to. @default false */
  readonly isDoubtful?: boolean;
  /** What was added up of it is so no more, though nothing in it need have changed. @default false */
  readonly isOutdated?: boolean;
}

/** What a scan has to do. */
export interface Changes extends MissingLogs {
  readonly changed: readonly Change[];
  /** Of the index when it was looked at: tells whether another process wrote to it since. */
  readonly dataVersion: number;
  /** Whether the last scan left a stamp. */
  readonly hadStamp: boolean;
}

/** All logs as a scan found them. The index keeps the last scan's. */
export interface LogList {
  /**
   * A line for each log, in their order: its source, the version of that, and its path. Behind a log of the same directory
   * the last part of the path, with the separator before it.
   */
  readonly names: string;
  /** For each log its size, its times of change and its inode. */
  readonly figures: Float64Array<ArrayBuffer>;
}

const FIGURES = 4;
const SEPARATOR = "\n";
/** No line that is whole begins with it. Where paths have another one all lines are whole. */
const PATH_SEPARATOR = "/";

/** The list of what a scan found, to be compared with that of the next one. */
export function stampOf({ files }: Discovery): LogList {
  const figures = new Float64Array(FIGURES * files.length);
  let at = 0;
  for (const { file } of files) {
    figures[at++] = file.size;
    figures[at++] = file.mtimeMs;
    figures[at++] = file.ctimeMs;
    figures[at++] = file.inode;
  }
  return { names: joinNames(files), figures };
}

/** Undefined when the last scan could not read all logs, or there was none. */
export function readStamp(store: IndexStore): LogList | undefined {
  const rows = store.all<{ names: string; figures: Bytes }>("SELECT names, figures FROM stamp ORDER BY rowid");
  if (rows.length === 0) return undefined;
  const figures = new Uint8Array(rows.reduce((length, row) => length + row.figures.length, 0));
  let at = 0;
  for (const row of rows) {
    figures.set(row.figures, at);
    at += row.figures.length;
  }
  return { names: rows.map(({ names }) => names).join(SEPARATOR), figures: new Float64Array(figures.buffer) };
}

/** Of so many logs a row: most homes have one, and SQLite keeps a row of a hundred thousand in memory several times. */
const LOGS_A_ROW = 4096;

/** Keeps the list, rewriting only what differs from the one that is there. */
export function writeStamp(store: IndexStore, { names, figures }: LogList): void {
  const rows = [...splitRows(names)].map((names, row) => {
    const from = row * FIGURES * LOGS_A_ROW;
    const own = figures.subarray(from, from + FIGURES * LOGS_A_ROW);
    return { names, bytes: new Uint8Array(own.buffer, own.byteOffset, own.byteLength) };
  });
  // The names are a few hundred kilobytes, and mostly the same.
  const { count } = store.get<{ count: number }>("SELECT COUNT(*) AS count FROM stamp")!;
  const isWritten = count === rows.length && rows.every((row, place) => replaceFigures(store, place + 1, row));
  if (isWritten) return;
  forgetStamp(store);
  for (const { names, bytes } of rows) store.insert("stamp", [names, bytes]);
}

/** @returns false when the row has other names */
function replaceFigures(
  store: IndexStore,
  row: number,
  { names, bytes }: { readonly names: string; readonly bytes: Bytes },
): boolean {
  const before = store.get<{ seal: number }>("SELECT seal FROM stamp WHERE rowid = ? AND names = ?", row, names);
  if (before === undefined) return false;
  const seal = store.seal("stamp", [names, bytes], before.seal);
  store.run("UPDATE stamp SET figures = ?, seal = ? WHERE rowid = ?", bytes, seal, row);
  return true;
}

function* splitRows(names: string): Generator<string> {
  let [from, lines] = [0, 0];
  for (let end = names.indexOf(SEPARATOR); end >= 0; end = names.indexOf(SEPARATOR, end + 1)) {
    if (++lines < LOGS_A_ROW) continue;
    yield names.slice(from, end);
    [from, lines] = [end + 1, 0];
  }
  yield names.slice(from);
}

/** Has the next scan compare with the logs in the index themselves: this one could not read all of them. */
export function forgetStamp(store: IndexStore): void {
  store.remove("stamp", "TRUE");
}

export function listChanges(store: IndexStore, discovery: Discovery): Changes {
  const dataVersion = store.dataVersion();
  const before = readStamp(store);
  if (before === undefined) return listAll(store, discovery);
  const stamp = stampOf(discovery);
  /** Where a log of now was then; undefined where it was not. */
  let placeBefore: (place: number) => number | undefined = (place) => place;
  const gone: IndexedFile[] = [];
  if (before.names !== stamp.names) {
    const places = new Map(splitNames(before.names).map((name, place) => [name, place]));
    const kept = discovery.files.map((log) => {
      const name = nameOf(log);
      const place = places.get(name);
      places.delete(name);
      return place;
    });
    placeBefore = (place) => kept[place];
    // A source's new version has its logs by other names; they are no less there.
    const paths = new Set(places.size === 0 ? [] : discovery.files.map(({ file }) => file.path));
    for (const path of [...places.keys()].map(pathOfName)) {
      const file = paths.has(path) ? undefined : readFile(store, path);
      if (file !== undefined) gone.push(file);
    }
  }
  const changed: Change[] = [];
  discovery.files.forEach(({ source, file }, place) => {
    const there = placeBefore(place);
    if (there !== undefined && isSame(before.figures, there, stamp.figures, place)) return;
    const known = readFile(store, file.path);
    changed.push({ source, file, known, isDoubtful: there !== undefined && isDoubtful(known, source, file) });
  });
  return { changed, ...sortMissing(store, gone, discovery), dataVersion, hadStamp: true };
}

/** The same without what the last scan left: log by log. */
export function listAll(store: IndexStore, discovery: Discovery): Changes {
  const dataVersion = store.dataVersion();
  const known = new Map(readFiles(store).map((file) => [file.path, file]));
  const deleted = rowsOfDeleted(readDeletedLogs(store));
  const changed: Change[] = [];
  for (const log of discovery.files) {
    const { source, file } = log;
    const before = known.get(file.path);
    known.delete(file.path);
    if (before === undefined) changed.push(log);
    else if (!isUnchanged(before, source, file) || deleted.has(before.id)) {
      changed.push({ source, file, known: before, isDoubtful: isDoubtful(before, source, file) });
    }
  }
  return { changed, ...sortMissing(store, [...known.values()], discovery), dataVersion, hadStamp: false };
}

/**
 * The same without the doubtful ones that still hold what was read of them, and how many of these can be told by their
 * times from now on. A log that cannot be compared to its last byte is left to be read anew.
 */
export async function lookAgain(changes: Changes): Promise<Changes & { readonly settled: number }> {
  if (!changes.changed.some(({ isDoubtful }) => isDoubtful)) return { ...changes, settled: 0 };
  // What compares bytes is loaded when there is something to compare.
  const { PrefixDigest } = await import("../../logs/lines/prefix_digest.ts");
  let settled = 0;
  const changed = changes.changed.filter(({ isDoubtful, known, file }) => {
    if (!isDoubtful || !PrefixDigest.isAllOf(file, known!)) return true;
    if (file.ctimeMs >= 0) settled++;
    return false;
  });
  return { ...changes, changed, settled };
}

function isSame(a: Float64Array, placeA: number, b: Float64Array, placeB: number): boolean {
  for (let figure = 0; figure < FIGURES; figure++) {
    if (a[FIGURES * placeA + figure] !== b[FIGURES * placeB + figure]) return false;
  }
  return true;
}

function nameOf({ source, file: { path } }: Discovery["files"][number]): string {
  return `${source.id} ${source.logs.version} ${escapeText(path)}`;
}

function escapeText(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replaceAll(/[%\n]/g, encodeURIComponent) : text;
}

function directoryOf(name: string): string {
  return name.slice(0, name.lastIndexOf(PATH_SEPARATOR));
}

function joinNames(files: Discovery["files"]): string {
  let [of, directory]: [LoggedAgent | undefined, string] = [undefined, ""];
  return files.map((log) => {
    const { source, file: { path } } = log;
    const end = path.lastIndexOf(PATH_SEPARATOR);
    if (source === of && end === directory.length && path.startsWith(directory)) return escapeText(path.slice(end));
    [of, directory] = [source, path.slice(0, end)];
    return nameOf(log);
  }).join(SEPARATOR);
}

function splitNames(names: string): readonly string[] {
  let directory = "";
  return names.split(SEPARATOR).map((line) => {
    if (line.startsWith(PATH_SEPARATOR)) return directory + line;
    directory = directoryOf(line);
    return line;
  });
}

/** A path may hold anything. */
const NEEDS_ESCAPE = /[%\n]/;

function pathOfName(name: string): string {
  return name.split(" ").slice(2).join(" ").replaceAll(/%25|%0A/g, decodeURIComponent);
}

function isUnchanged(known: IndexedFile, source: LoggedAgent, file: FoundFile): boolean {
  return known.ctimeMs === file.ctimeMs && isAlike(known, source, file);
}

/** See `isSettled` in discover.ts, which makes such times negative. */
function isDoubtful(known: IndexedFile | undefined, source: LoggedAgent, file: FoundFile): boolean {
  return known !== undefined && known.ctimeMs < 0 && isAlike(known, source, file);
}

function isAlike(known: IndexedFile, source: LoggedAgent, file: FoundFile): boolean {
  return known.source === source.id && known.sourceVersion === source.logs.version && known.size === file.size &&
    known.mtimeMs === file.mtimeMs && known.inode === file.inode;
}
