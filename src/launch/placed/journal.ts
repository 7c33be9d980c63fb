/**
 * Which places a state directory has, or had, something of ours in: one small file a path, written before anything is
 * changed there and removed after all is as it was. Lies in `overlay/` below our state directory.
 *
 * Needed for places that are not looked at anyhow, and for directories that were made for us. What is remembered of the
 * file itself lies beside it (placed/record.ts).
 */
import { isRecord } from "../../core/json/is_record.ts";
import { join } from "node:path";
import {
  listDirectoryIfAny,
  makeOneDirectory,
  moveFile,
  type OnStep,
  readFileIfAny,
  removeEmptyDirectory,
  removeFile,
  syncDirectory,
  writeNewFile,
} from "../../host/atomic_file.ts";
import { journalDirectory } from "./paths.ts";
import { isText, isTexts } from "./record.ts";
import { sha256 } from "./seal.ts";

/** A place that something of ours is in, or about to be. */
export interface NotedPlace {
  /** As it was asked for. */
  readonly path: string;
  /** The same without symbolic links. */
  readonly target: string;
  /** Directories on the way that are there for us alone, outermost first. */
  readonly directories: readonly string[];
}

/** Version of the form below; one that is not known is left alone. */
const VERSION = 1;
const PLACE = /^[0-9a-f]{32}\.json$/;
const UNFINISHED = /\.new$/;

/** `file`: absolute path of what was read. */
export type JournalFile = { readonly file: string } & ParsedPlace;

/** `broken`: damaged. `newer`: written by a later version of ours, in a form that this one does not know. */
type ParsedPlace =
  | { readonly state: "ok"; readonly place: NotedPlace }
  | { readonly state: "broken" }
  | { readonly state: "newer" };

/** What the journal notes of places. */
export interface JournalListing {
  readonly files: readonly JournalFile[];
  /** Absolute paths of what was being written when somebody died; never the only copy of anything. */
  readonly unfinished: readonly string[];
}

/** Where a file goes that cannot be read any more. */
export function damagedPlacePath(stateDirectory: string): string {
  return join(stateDirectory, "overlay-damaged.json");
}

/** Held around every look at the journal and every change; outside the directory, so that it may go. */
export function journalLockPath(stateDirectory: string): string {
  return join(stateDirectory, "overlay.lock");
}

/** Leaves no empty directory behind once nothing is noted any more. */
export function removeJournalDirectoryIfEmpty(stateDirectory: string, onStep?: OnStep): void {
  onStep?.("remove the journal's folder");
  removeEmptyDirectory(journalDirectory(stateDirectory));
}

/** Everything in the journal; empty where there is none. */
export function listJournal(stateDirectory: string): JournalListing {
  const directory = journalDirectory(stateDirectory);
  const files: JournalFile[] = [];
  const unfinished: string[] = [];
  for (const name of listDirectoryIfAny(directory) ?? []) {
    const file = join(directory, name);
    if (UNFINISHED.test(name)) unfinished.push(file);
    else if (PLACE.test(name)) {
      const bytes = readFileIfAny(file);
      if (bytes !== undefined) files.push({ file, ...parsePlace(new TextDecoder().decode(bytes)) });
    }
  }
  return { files, unfinished };
}

/**
 * Writes or replaces what is noted of a place; on return it is on disk.
 *
 * @throws {Error} when the state directory cannot be written
 */
export function writePlace(stateDirectory: string, place: NotedPlace, onStep?: OnStep): void {
  onStep?.("make the journal's folder");
  if (makeOneDirectory(journalDirectory(stateDirectory), 0o700)) syncDirectory(stateDirectory);
  const file = placePath(stateDirectory, place.target);
  const temporary = `${file}.new`;
  // Left by somebody who died while writing it.
  removeFile(temporary);
  writeNewFile(temporary, `${JSON.stringify({ version: VERSION, ...place }, null, 2)}\n`, { mode: 0o600, onStep });
  moveFile(temporary, file, onStep);
}

/** Forgets a place, after all there is as it was. On return it is gone from the disk, too. */
export function removePlace(stateDirectory: string, target: string, onStep?: OnStep): void {
  onStep?.("forget the place");
  removeFile(placePath(stateDirectory, target));
  syncDirectory(journalDirectory(stateDirectory));
}

function placePath(stateDirectory: string, target: string): string {
  return join(journalDirectory(stateDirectory), `${sha256(target).slice(0, 32)}.json`);
}

function parsePlace(text: string): ParsedPlace {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { state: "broken" };
    throw error;
  }
  if (!isRecord(value)) return { state: "broken" };
  const { version, path, target, directories } = value;
  if (typeof version === "number" && version > VERSION) return { state: "newer" };
  const isWhole = version === VERSION && isText(path) && isText(target) && isTexts(directories);
  return isWhole ? { state: "ok", place: { path, target, directories } } : { state: "broken" };
}
