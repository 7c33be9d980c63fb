/** Finds what differs between the logs on disk and the index, without asking the index about each log. */
import type { FoundFile } from "../../../host/walk_files.ts";
import type { Discovery } from "../../logs/discover.ts";
import type { FoundLog } from "../../logs/log_reader.ts";
import type { IndexStore } from "../tables/store.ts";
import { readDeletedLogs, rowsOfDeleted } from "../tables/deleted_logs.ts";
import { type IndexedFile, readFile, readFiles } from "../tables/indexed_files.ts";
import type { LoggedAgent } from "../../../agents/agent.ts";
import { isSameFigures, nameOfLog, pathOfName, readStamp, splitNames, stampOf } from "../tables/stamp.ts";
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
      const name = nameOfLog(log);
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
    if (there !== undefined && isSameFigures(before.figures, there, stamp.figures, place)) return;
    changed.push(changeOf(store, { source, file }, there !== undefined));
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

/** @param wasThere Whether the stamp has it */
export function changeOf(store: IndexStore, { source, file }: Discovery["files"][number], wasThere: boolean): Change {
  const known = readFile(store, file.path);
  return { source, file, known, isDoubtful: wasThere && isDoubtful(known, source, file) };
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

function isUnchanged(known: IndexedFile, source: LoggedAgent, file: FoundFile): boolean {
  return known.ctimeMs === file.ctimeMs && isAlike(known, source, file);
}

/** See `isSettled` in is_settled.ts, which makes such times negative. */
function isDoubtful(known: IndexedFile | undefined, source: LoggedAgent, file: FoundFile): boolean {
  return known !== undefined && known.ctimeMs < 0 && isAlike(known, source, file);
}

function isAlike(known: IndexedFile, source: LoggedAgent, file: FoundFile): boolean {
  return known.source === source.id && known.sourceVersion === source.logs.version && known.size === file.size &&
    known.mtimeMs === file.mtimeMs && known.inode === file.inode;
}
