/**
 * The list of all logs as the last scan found them: the next one compares numbers with it, and asks the index of those
 * logs alone that changed.
 */
import { FIGURES_A_FILE, type FileFigures } from "../../../host/file_figures.ts";
import type { LoggedAgent } from "../../../agents/agent.ts";
import type { Discovery } from "../../logs/discover.ts";
import { sealRow } from "./seal_row.ts";
import type { Bytes, IndexStore } from "./store.ts";

/** All logs as a scan found them. The index keeps the last scan's. */
export interface LogList {
  /**
   * A line for each log, in their order: its source, the version of that, and its path. Behind a log of the same directory
   * the last part of the path, with the separator before it.
   */
  readonly names: string;
  readonly figures: FileFigures;
}

const FIGURES = FIGURES_A_FILE;
/** Between lines. */
export const SEPARATOR = "\n";
/** No line that is whole begins with it. Where paths have another one all lines are whole. */
export const PATH_SEPARATOR = "/";

/** Made once: a first scan writes it, and goes on with it alone. */
const lists = new WeakMap<Discovery, LogList>();

/** The list of what a scan found, to be compared with that of the next one. */
export function stampOf(discovery: Discovery): LogList {
  const known = discovery.list ?? lists.get(discovery);
  if (known !== undefined) return known;
  const list = listLogs(discovery);
  lists.set(discovery, list);
  return list;
}

function listLogs({ files }: Discovery): LogList {
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
  store.writeMeta(NAMES_OF_STAMP, markNames(names));
}

/** In the table of what the index was made with: the mark of the names in the stamp, to be compared without them. */
const NAMES_OF_STAMP = "names";

/** See {@linkcode markNames}. Undefined where there is no stamp. */
export function readNamesMark(store: IndexStore): string | undefined {
  return store.readMeta(NAMES_OF_STAMP);
}

/** Of a text that is longer a hash takes memory for each of its bytes. */
const PIECE_LENGTH = 1 << 14;

/** Tells names of a stamp from others, by less than they are. */
export function markNames(names: string): string {
  const pieces = Array.from(
    { length: Math.ceil(names.length / PIECE_LENGTH) },
    (_, piece) => sealRow([names.slice(piece * PIECE_LENGTH, (piece + 1) * PIECE_LENGTH)]),
  );
  return `${names.length} ${sealRow(pieces)}`;
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
  store.remove("meta", "key = ?", NAMES_OF_STAMP);
}

/** Whether a log of one list is as it is in the other. */
export function isSameFigures(a: Float64Array, placeA: number, b: Float64Array, placeB: number): boolean {
  for (let figure = 0; figure < FIGURES; figure++) {
    if (a[FIGURES * placeA + figure] !== b[FIGURES * placeB + figure]) return false;
  }
  return true;
}

/** A log's line, in full. */
export function nameOfLog({ source, file: { path } }: Discovery["files"][number]): string {
  return `${source.id} ${source.logs.version} ${escapeText(path)}`;
}

/** As a line has it. */
export function escapeText(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replaceAll(/[%\n]/g, encodeURIComponent) : text;
}

/** Of a line in full, which is one in full as well. */
export function directoryOf(name: string): string {
  return name.slice(0, name.lastIndexOf(PATH_SEPARATOR));
}

function joinNames(files: Discovery["files"]): string {
  let [of, directory]: [LoggedAgent | undefined, string] = [undefined, ""];
  return files.map((log) => {
    const { source, file: { path } } = log;
    const end = path.lastIndexOf(PATH_SEPARATOR);
    if (source === of && end === directory.length && path.startsWith(directory)) return escapeText(path.slice(end));
    [of, directory] = [source, path.slice(0, end)];
    return nameOfLog(log);
  }).join(SEPARATOR);
}

/** All lines in full. */
export function splitNames(names: string): readonly string[] {
  let directory = "";
  return names.split(SEPARATOR).map((line) => {
    if (line.startsWith(PATH_SEPARATOR)) return directory + line;
    directory = directoryOf(line);
    return line;
  });
}

/** A path may hold anything. */
const NEEDS_ESCAPE = /[%\n]/;

/** @param name A line in full */
export function pathOfName(name: string): string {
  return unescapeText(name.slice(name.indexOf(" ", name.indexOf(" ") + 1) + 1));
}

/** As it was before {@linkcode escapeText}. */
export function unescapeText(text: string): string {
  return text.includes("%") ? text.replaceAll(/%25|%0A/g, decodeURIComponent) : text;
}
