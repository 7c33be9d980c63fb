/** What differs between the logs on disk and the index, found without asking the index about each log. */
import type { FoundFile } from "../host/files.ts";
import type { Discovery } from "./discover.ts";
import type { IndexedFile, IndexStore } from "./index_store.ts";
import type { Source } from "./source.ts";

export interface Change {
  readonly source: Source;
  readonly file: FoundFile;
  /** Undefined for a log that is new. */
  readonly known: IndexedFile | undefined;
}

export interface Changes {
  readonly changed: readonly Change[];
  readonly gone: readonly IndexedFile[];
  /** Of the index when it was looked at. */
  readonly dataVersion: number;
}

/** Between the logs of a stamp. */
const SEPARATOR = "\n";

export function listChanges(store: IndexStore, discovery: Discovery): Changes {
  const dataVersion = store.dataVersion();
  const before = store.readMeta("logs");
  if (before === stampOf(discovery)) return { changed: [], gone: [], dataVersion };
  if (before === undefined || before === "") return listAll(store, discovery);
  const lines = new Set(before.split(SEPARATOR));
  const changed = discovery.files.filter((log) => !lines.delete(lineOf(log)))
    .map(({ source, file }): Change => ({ source, file, known: store.readFile(file.path) }));
  // What is left are the logs of before that are not as they were: the changed ones, and those that vanished.
  const paths = new Set(changed.map(({ file }) => file.path));
  const gone: IndexedFile[] = [];
  for (const line of lines) {
    const path = pathOfLine(line);
    const file = paths.has(path) ? undefined : store.readFile(path);
    if (file !== undefined) gone.push(file);
  }
  return { changed, gone, dataVersion };
}

/** The same without what the last scan left: log by log. */
export function listAll(store: IndexStore, discovery: Discovery): Changes {
  const dataVersion = store.dataVersion();
  const known = new Map(store.readFiles().map((file) => [file.path, file]));
  const changed: Change[] = [];
  for (const { source, file } of discovery.files) {
    const before = known.get(file.path);
    known.delete(file.path);
    if (before === undefined || !isUnchanged(before, source, file)) changed.push({ source, file, known: before });
  }
  return { changed, gone: [...known.values()], dataVersion };
}

/** What tells whether any log changed: the same text as after the last scan spares comparing them one by one. */
export function stampOf({ files }: Discovery): string {
  return files.map(lineOf).join(SEPARATOR);
}

function lineOf({ source, file }: Discovery["files"][number]): string {
  return `${source.id} ${source.version} ${file.size} ${file.mtimeMs} ${file.ctimeMs} ${file.inode} ${
    NEEDS_ESCAPE.test(file.path) ? file.path.replaceAll(/[%\n]/g, encodeURIComponent) : file.path
  }`;
}

/** A path may hold anything. */
const NEEDS_ESCAPE = /[%\n]/;

function pathOfLine(line: string): string {
  return line.split(" ").slice(6).join(" ").replaceAll(/%25|%0A/g, decodeURIComponent);
}

function isUnchanged(known: IndexedFile, source: Source, file: FoundFile): boolean {
  return known.source === source.id && known.sourceVersion === source.version && known.size === file.size &&
    known.mtimeMs === file.mtimeMs && known.ctimeMs === file.ctimeMs && known.inode === file.inode;
}
