/** What differs between the logs on disk and the index, found without asking the index about each log. */
import type { FoundFile } from "../host/files.ts";
import type { Discovery } from "./discover.ts";
import { alignBytes, type Bytes, type IndexStore } from "./index_store.ts";
import { type IndexedFile, readFile, readFiles } from "./log_rows.ts";
import type { LogPlaces } from "./source.ts";

export interface Change {
  readonly source: LogPlaces;
  readonly file: FoundFile;
  /** Undefined for a log that is new. */
  readonly known: IndexedFile | undefined;
  /** Nothing says that it changed, but it was written so late before it was read that nothing needs to. @default false */
  readonly isDoubtful?: boolean;
}

export interface Changes {
  readonly changed: readonly Change[];
  readonly gone: readonly IndexedFile[];
  /** What the index is to hold once it has taken them in. */
  readonly stamp: LogStamp;
  /** Of the index when it was looked at. */
  readonly dataVersion: number;
  /** Whether the last scan left a stamp. */
  readonly hadStamp: boolean;
}

/** All logs as a scan found them. The index keeps the last scan's. */
export interface LogStamp {
  /** A line for each log, in their order: its source, the version of that, and its path. */
  readonly names: string;
  /** For each log its size, its times of change and its inode. */
  readonly figures: Float64Array<ArrayBuffer>;
}

const FIGURES = 4;
const SEPARATOR = "\n";

export function stampOf({ files }: Discovery): LogStamp {
  const figures = new Float64Array(FIGURES * files.length);
  let at = 0;
  for (const { file } of files) {
    figures[at++] = file.size;
    figures[at++] = file.mtimeMs;
    figures[at++] = file.ctimeMs;
    figures[at++] = file.inode;
  }
  return { names: files.map(nameOf).join(SEPARATOR), figures };
}

/** Undefined when the last scan could not read all logs, or there was none. */
export function readStamp(store: IndexStore): LogStamp | undefined {
  const row = store.get<{ names: string; figures: Bytes }>("SELECT names, figures FROM stamp");
  return row && { names: row.names, figures: new Float64Array(alignBytes(row.figures).buffer) };
}

export function writeStamp(store: IndexStore, { names, figures }: LogStamp): void {
  const bytes = new Uint8Array(figures.buffer);
  // The names are a few hundred kilobytes, and mostly the same.
  const same = store.get<{ seal: number }>("SELECT seal FROM stamp WHERE names = ?", names);
  if (same !== undefined) {
    store.run("UPDATE stamp SET figures = ?, seal = ?", bytes, store.seal("stamp", [names, bytes], same.seal));
    return;
  }
  forgetStamp(store);
  store.insert("stamp", [names, bytes]);
}

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
    const places = new Map(before.names.split(SEPARATOR).map((name, place) => [name, place]));
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
  return { changed, gone, stamp, dataVersion, hadStamp: true };
}

/** The same without what the last scan left: log by log. */
export function listAll(store: IndexStore, discovery: Discovery): Changes {
  const dataVersion = store.dataVersion();
  const known = new Map(readFiles(store).map((file) => [file.path, file]));
  const changed: Change[] = [];
  for (const { source, file } of discovery.files) {
    const before = known.get(file.path);
    known.delete(file.path);
    if (before !== undefined && isUnchanged(before, source, file)) continue;
    changed.push({ source, file, known: before, isDoubtful: isDoubtful(before, source, file) });
  }
  return { changed, gone: [...known.values()], stamp: stampOf(discovery), dataVersion, hadStamp: false };
}

/**
 * The same without the doubtful ones that still hold what was read of them, and how many of these can be told by their
 * times from now on. A log of which not every byte can be compared is left to be read anew.
 */
export async function lookAgain(changes: Changes): Promise<Changes & { readonly settled: number }> {
  if (!changes.changed.some(({ isDoubtful }) => isDoubtful)) return { ...changes, settled: 0 };
  // What compares bytes is loaded when there is something to compare.
  const { PrefixDigest } = await import("./prefix_digest.ts");
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
  return `${source.id} ${source.version} ${
    NEEDS_ESCAPE.test(path) ? path.replaceAll(/[%\n]/g, encodeURIComponent) : path
  }`;
}

/** A path may hold anything. */
const NEEDS_ESCAPE = /[%\n]/;

function pathOfName(name: string): string {
  return name.split(" ").slice(2).join(" ").replaceAll(/%25|%0A/g, decodeURIComponent);
}

function isUnchanged(known: IndexedFile, source: LogPlaces, file: FoundFile): boolean {
  return known.ctimeMs === file.ctimeMs && isAlike(known, source, file);
}

/** See `isSettled` in discover.ts, which makes such times negative. */
function isDoubtful(known: IndexedFile | undefined, source: LogPlaces, file: FoundFile): boolean {
  return known !== undefined && known.ctimeMs < 0 && isAlike(known, source, file);
}

function isAlike(known: IndexedFile, source: LogPlaces, file: FoundFile): boolean {
  return known.source === source.id && known.sourceVersion === source.version && known.size === file.size &&
    known.mtimeMs === file.mtimeMs && known.inode === file.inode;
}
