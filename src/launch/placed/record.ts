/**
 * The memory of a placed file lies beside it, in a hidden directory: so whoever shares the file shares the memory
 * of it, whichever state directory, container or version of ours placed it, and it is found when those are gone. No agent
 * takes the directory for something to load, it holds no secret, and it goes with the file.
 *
 * Says nothing about how far a change got: that is read from the files themselves (placed/change.ts).
 */
import { isRecord } from "../../core/json/is_record.ts";
import { basename, dirname, join } from "node:path";
import {
  changedAt,
  kindOf,
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
import { followOwner } from "../../host/follow_owner.ts";
import { isLeaseAlive, isLeaseHeld, type Lease, takeLease } from "../../host/lease.ts";
import { type FileLock, lockFile, tryHoldFile } from "../../host/lock.ts";
import type { DurationMs } from "../../core/model.ts";
import { recordDirectory } from "./paths.ts";

/**
 * A file of ours that lies in its place, or is about to. On disk, names and numbers of directories upwards stand for the
 * paths: in a container the same place has another one.
 */
export interface PlacedEntry {
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
}

/** `broken`: damaged. `newer`: written by a later version of ours, in a form that this one does not know. */
export type FoundEntry =
  | { readonly state: "ok"; readonly entry: PlacedEntry }
  | { readonly state: "broken" | "newer" | "missing" };

/** Version of the form below; one that is not known is left alone. */
const VERSION = 1;
const ENTRY_FILE = "entry.json";
const LOCK_FILE = "lock";
const LEASE_SUFFIX = ".lease";

/** A launch gives a sign of life as often as this, for those who cannot look at its process. */
const BEAT_EVERY_MS: DurationMs = 60_000;
/** A machine may sleep for a night, and its launches with it. */
const TRUSTED_MS: DurationMs = 24 * 3_600_000;

/** What is to become of a record: it goes when nothing of ours lies in its file's place any more. */
export interface RecordUse<T> {
  readonly value: T;
  readonly isDone: boolean;
}

/**
 * Does something while no other process of ours looks at a record, or changes it or its file.
 *
 * @param make whether the record is made when there is none
 * @returns undefined when there is none
 * @throws {AgentError} failed, when it cannot be made, or another process holds it for too long
 */
export async function withRecord<T>(
  target: string,
  { make, onStep }: { readonly make: boolean; readonly onStep?: OnStep },
  body: () => RecordUse<T>,
): Promise<{ readonly value: T } | undefined> {
  const lock = await lockRecord(target, make, onStep);
  if (lock === undefined) return undefined;
  let isHeld = true;
  try {
    const { value, isDone } = body();
    if (isDone) {
      const directory = recordDirectory(target);
      emptyRecord(directory, onStep);
      // Whoever comes between now and the end makes its own lock in it, and then it stays, or finds no directory.
      isHeld = false;
      lock.release();
      onStep?.("remove the record");
      if (removeEmptyDirectory(directory)) syncDirectory(dirname(directory));
    }
    return { value };
  } finally {
    if (isHeld) lock.release();
  }
}

async function lockRecord(target: string, make: boolean, onStep: OnStep | undefined): Promise<FileLock | undefined> {
  const directory = recordDirectory(target);
  for (;;) {
    if (make) {
      onStep?.("make the record");
      if (makeOneDirectory(directory, 0o700)) {
        followOwner(directory);
        syncDirectory(dirname(directory));
      }
    } else if (kindOf(directory) !== "directory") return undefined;
    try {
      // A file that is made anew: of that, other machines and containers take note as well.
      const lock = await lockFile(join(directory, LOCK_FILE), { tryLock: tryHoldFile });
      followOwner(join(directory, LOCK_FILE));
      return lock;
    } catch (error) {
      // The last one out has just taken it away.
      if (kindOf(directory) !== "missing") throw error;
    }
  }
}

function emptyRecord(directory: string, onStep: OnStep | undefined): void {
  for (const name of listDirectoryIfAny(directory) ?? []) {
    if (name === LOCK_FILE) continue;
    onStep?.(`remove ${name} of the record`);
    removeFile(join(directory, name));
  }
  onStep?.("remove the record's lock");
}

/**
 * Says that a launch needs the file. The record must be locked: so a lease that says nothing is of nobody who lives.
 *
 * @returns undefined when this launch has a lease already
 */
export function takeLaunchLease(target: string, launchId: string): Lease | undefined {
  const path = leasePath(target, launchId);
  const lease = takeLease(path, { trustedForMs: TRUSTED_MS, beatEveryMs: BEAT_EVERY_MS });
  if (lease !== undefined) followOwner(path);
  return lease;
}

/** Whether a launch is seen to need the file. In doubt it is for {@linkcode livingLaunches} to find out. */
export function isHeld(target: string): boolean {
  return listLeases(target).some((launchId) => isLeaseHeld(leasePath(target, launchId)));
}

function listLeases(target: string): readonly string[] {
  const names = listDirectoryIfAny(recordDirectory(target)) ?? [];
  return names.filter((name) => name.endsWith(LEASE_SUFFIX)).map((name) => name.slice(0, -LEASE_SUFFIX.length));
}

/** Ids of the launches that need the file and live; what is left of others is removed. The record must be locked. */
export function livingLaunches(target: string, onStep?: OnStep): readonly string[] {
  return listLeases(target).filter((launchId) => {
    const path = leasePath(target, launchId);
    if (isLeaseAlive(path, { isMakingLocked: true })) return true;
    onStep?.("remove a dead lease");
    removeFile(path);
    return false;
  });
}

function leasePath(target: string, launchId: string): string {
  return join(recordDirectory(target), `${launchId}${LEASE_SUFFIX}`);
}

/** @param path of the target as it was asked for */
export function readEntry(path: string, target: string): FoundEntry {
  const bytes = readFileIfAny(join(recordDirectory(target), ENTRY_FILE));
  return bytes === undefined ? { state: "missing" } : parseEntry(new TextDecoder().decode(bytes), path, target);
}

/** Writes or replaces the entry; on return it is on disk. */
export function writeEntry(entry: PlacedEntry, onStep?: OnStep): void {
  const file = join(recordDirectory(entry.target), ENTRY_FILE);
  const temporary = `${file}.new`;
  // Left by somebody who died while writing it.
  removeFile(temporary);
  const { target, placedSha256, original } = entry;
  const written = {
    version: VERSION,
    placedSha256,
    temporary: basename(entry.temporary),
    original: original && { backup: basename(original.backup), sha256: original.sha256 },
    directories: parentsOf(target).flatMap((parent, level) => entry.directories.includes(parent) ? [level] : []),
  };
  writeNewFile(temporary, `${JSON.stringify(written, null, 2)}\n`, { mode: 0o600, onStep });
  followOwner(temporary);
  moveFile(temporary, file, onStep);
}

/** Forgets a placed file, after what was there before is back. */
export function removeEntry(target: string, onStep?: OnStep): void {
  onStep?.("remove the entry");
  removeFile(join(recordDirectory(target), ENTRY_FILE));
  syncDirectory(recordDirectory(target));
}

/** What lies beside a target by the names that {@linkcode PlacedEntry} gives to files of ours and of the user. */
export interface Beside {
  /** Of ours, and never the only copy of anything. */
  readonly temporaries: readonly string[];
  /** The user's, the last one that was moved there first. */
  readonly backups: readonly string[];
}

/** Where a file of ours is written before it takes its place, and where the user's goes meanwhile. */
export function namesBeside(target: string, mark: string): { readonly temporary: string; readonly backup: string } {
  const beside = join(dirname(target), `.${basename(target)}.${mark}`);
  return { temporary: `${beside}.new`, backup: `${beside}.original` };
}

function isNameBeside(target: string, name: string): boolean {
  const prefix = `.${basename(target)}.`;
  return name.startsWith(prefix) && /^[0-9a-f]{12}\.(new|original)$/.test(name.slice(prefix.length));
}

/** Looks for such files, also for those of launches whose records are gone. */
export function findBeside(target: string): Beside {
  const found = (listDirectoryIfAny(dirname(target)) ?? [])
    .filter((name) => isNameBeside(target, name))
    .map((name) => join(dirname(target), name))
    .filter((path) => kindOf(path) === "file");
  const backups = found.filter((path) => path.endsWith(".original"));
  return {
    temporaries: found.filter((path) => path.endsWith(".new")),
    // Moving a file changes this time of it, and no other.
    backups: backups.map((path) => ({ path, movedAt: changedAt(path) })).sort((a, b) => b.movedAt - a.movedAt)
      .map(({ path }) => path),
  };
}

/** From the directory of a file upwards. */
function parentsOf(target: string): readonly string[] {
  const parents: string[] = [];
  for (let parent = dirname(target); parent !== dirname(parent); parent = dirname(parent)) parents.push(parent);
  return parents;
}

function parseEntry(text: string, path: string, target: string): FoundEntry {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { state: "broken" };
    throw error;
  }
  if (!isRecord(value)) return { state: "broken" };
  const { version, placedSha256, temporary, original, directories } = value;
  if (typeof version === "number" && version > VERSION) return { state: "newer" };
  const parents = parentsOf(target);
  // Nothing but what we name so may be moved or removed, whatever somebody wrote here.
  const isName = (name: unknown): name is string => isText(name) && isNameBeside(target, name);
  const isWhole = version === VERSION && isText(placedSha256) && isName(temporary) && Array.isArray(directories) &&
    directories.every((level) => Number.isInteger(level) && parents[level] !== undefined);
  if (!isWhole) return { state: "broken" };
  const beside = (name: string) => join(dirname(target), name);
  const made = parents.filter((_, level) => directories.includes(level)).reverse();
  const entry = { path, target, placedSha256, temporary: beside(temporary), directories: made };
  if (original === undefined) return { state: "ok", entry };
  if (!isRecord(original) || !isName(original.backup) || !isText(original.sha256)) return { state: "broken" };
  return { state: "ok", entry: { ...entry, original: { backup: beside(original.backup), sha256: original.sha256 } } };
}

/** A text that says something. For records, which are read from files that others can write. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** A list of such texts, which may be empty. */
export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
