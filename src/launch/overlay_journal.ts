/**
 * The overlay's memory on disk: one small file per path that holds something of ours, written before the path is
 * touched and removed after it is as it was. Lies in `overlay/` below our state directory.
 *
 * Says nothing about how far a change got: that is read from the files themselves (overlay_change.ts).
 */
import { createHash } from "node:crypto";
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
} from "../host/atomic_file.ts";
import { journalDirectory } from "./overlay_paths.ts";

/** One path that holds, or is about to hold, something of ours. */
export interface OverlayEntry {
  /** As it was asked for. */
  readonly path: string;
  /** The same without symbolic links: what is changed. */
  readonly target: string;
  /** SHA-256 of our content, in hex. */
  readonly placedSha256: string;
  /** Where our content is written before it takes the target's name: as long as it is there, it has not. */
  readonly temporary: string;
  /** What had the name before; absent when nothing had. */
  readonly original?: {
    /** Its name while ours lies there, in the same directory. */
    readonly backup: string;
    readonly sha256: string;
  };
  /** Directories that are there for us alone, outermost first. */
  readonly directories: readonly string[];
  /** Ids of the launches that need it. */
  readonly leases: readonly string[];
}

/** Version of the form below; one that is not known is left alone. */
const VERSION = 1;
const ENTRY = /^[0-9a-f]{32}\.json$/;
const UNFINISHED = /\.new$/;
const LEASE = /^([\w-]+)\.lease$/;

/** `broken`: damaged. `newer`: written by a later version of ours, in a form that this one does not know. */
type Parsed =
  | { readonly state: "ok"; readonly entry: OverlayEntry }
  | { readonly state: "broken" }
  | { readonly state: "newer" };

/** `file`: absolute path of the entry itself. */
export type JournalFile = { readonly file: string } & Parsed;

export interface JournalListing {
  readonly files: readonly JournalFile[];
  /** Launches of which a lease file is there. */
  readonly leases: readonly string[];
  /** Absolute paths of entries that were being written when somebody died; never the only copy of anything. */
  readonly unfinished: readonly string[];
}

/** Where an entry goes that cannot be read any more. */
export function damagedEntryPath(stateDirectory: string): string {
  return join(stateDirectory, "overlay-damaged.json");
}

/** Held around every look at the journal and every change; outside the directory, so that it may go. */
export function journalLockPath(stateDirectory: string): string {
  return join(stateDirectory, "overlay.lock");
}

/** The file that a launch holds locked for as long as it lives. */
export function leasePath(stateDirectory: string, launchId: string): string {
  return join(journalDirectory(stateDirectory), `${launchId}.lease`);
}

/** @throws {Error} when the state directory cannot be written */
export function makeJournalDirectory(stateDirectory: string, onStep?: OnStep): void {
  onStep?.("make the journal's folder");
  if (makeOneDirectory(journalDirectory(stateDirectory), 0o700)) syncDirectory(stateDirectory);
}

export function removeJournalDirectoryIfEmpty(stateDirectory: string, onStep?: OnStep): void {
  onStep?.("remove the journal's folder");
  removeEmptyDirectory(journalDirectory(stateDirectory));
}

/** Everything in the journal; empty where there is none. */
export function listJournal(stateDirectory: string): JournalListing {
  const directory = journalDirectory(stateDirectory);
  const files: JournalFile[] = [];
  const leases: string[] = [];
  const unfinished: string[] = [];
  for (const name of listDirectoryIfAny(directory) ?? []) {
    const lease = LEASE.exec(name)?.[1];
    if (lease !== undefined) leases.push(lease);
    else if (UNFINISHED.test(name)) unfinished.push(join(directory, name));
    else if (ENTRY.test(name)) {
      const read = readJournalFile(join(directory, name));
      if (read !== undefined) files.push(read);
    }
  }
  return { files, leases, unfinished };
}

/** The entry for a target; undefined where there is none. */
export function findEntry(stateDirectory: string, target: string): JournalFile | undefined {
  return readJournalFile(entryPath(stateDirectory, target));
}

function readJournalFile(file: string): JournalFile | undefined {
  const bytes = readFileIfAny(file);
  return bytes && { file, ...parseEntry(new TextDecoder().decode(bytes)) };
}

/** Writes or replaces the entry of a target; on return it is on disk. */
export function writeEntry(stateDirectory: string, entry: OverlayEntry, onStep?: OnStep): void {
  const file = entryPath(stateDirectory, entry.target);
  const temporary = `${file}.new`;
  // Left by somebody who died while writing it.
  removeFile(temporary);
  writeNewFile(temporary, `${JSON.stringify({ version: VERSION, ...entry }, null, 2)}\n`, { mode: 0o600, onStep });
  moveFile(temporary, file, onStep);
}

export function removeEntry(stateDirectory: string, target: string, onStep?: OnStep): void {
  onStep?.("remove the journal's entry");
  removeFile(entryPath(stateDirectory, target));
  syncDirectory(journalDirectory(stateDirectory));
}

function entryPath(stateDirectory: string, target: string): string {
  return join(journalDirectory(stateDirectory), `${sha256(target).slice(0, 32)}.json`);
}

/** In hex; text is taken as UTF-8. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function parseEntry(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { state: "broken" };
    throw error;
  }
  if (!isRecord(value)) return { state: "broken" };
  const { version, path, target, placedSha256, temporary, original, directories, leases } = value;
  if (typeof version === "number" && version > VERSION) return { state: "newer" };
  const isWhole = version === VERSION && isText(path) && isText(target) && isText(placedSha256) && isText(temporary) &&
    isTexts(directories) && isTexts(leases);
  if (!isWhole) return { state: "broken" };
  const entry = { path, target, placedSha256, temporary, directories, leases };
  if (original === undefined) return { state: "ok", entry };
  if (!isRecord(original) || !isText(original.backup) || !isText(original.sha256)) return { state: "broken" };
  return { state: "ok", entry: { ...entry, original: { backup: original.backup, sha256: original.sha256 } } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
