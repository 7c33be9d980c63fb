/**
 * Files that lie in the user's tree only while launches run: put there, shared between launches, and taken away by the
 * last one out, or by whichever command of ours comes next when that one was killed.
 *
 * Launches need not have anything in common but the file: what is remembered of it lies beside it (overlay_record.ts), so
 * that those of another state directory, a container or another version take part. A launch is alive as long as its
 * lease says so (host/lease.ts).
 *
 * Knows nothing of agents, and never decides about a file that somebody else changed: that one is kept.
 */
import { basename, dirname, join } from "node:path";
import { AgentError } from "../core/errors.ts";
import {
  followLinks,
  kindOf,
  moveFile,
  type OnStep,
  reasonOf,
  removeFile,
  resolveRealPath,
} from "../host/atomic_file.ts";
import { makeDirectory } from "../host/files.ts";
import type { Lease } from "../host/lease.ts";
import { type FileLock, lockFile } from "../host/lock.ts";
import type { TransientFile } from "./launcher.ts";
import {
  checkTarget,
  contentAt,
  contentOf,
  describeChange,
  makeDirectories,
  placeTarget,
  removeDirectories,
  restoreByContent,
  type Restored,
  restoreTarget,
} from "./overlay_change.ts";
import {
  damagedPlacePath,
  type JournalFile,
  journalLockPath,
  listJournal,
  type OverlayPlace,
  removeJournalDirectoryIfEmpty,
  removePlace,
  writePlace,
} from "./overlay_journal.ts";
import { journalDirectory, recordDirectory } from "./overlay_paths.ts";
import {
  isHeld,
  livingLaunches,
  type OverlayEntry,
  readEntry,
  type RecordUse,
  removeEntry,
  takeLaunchLease,
  withRecord,
  writeEntry,
} from "./overlay_record.ts";
import { sha256 } from "./seal.ts";

export interface OverlayOptions {
  /** Absolute path of our own state. */
  readonly stateDirectory: string;
  /** Names the launch, and is new for each: letters, digits, `-` and `_`. */
  readonly launchId: string;
  /** Called right before each change on disk. @default none */
  readonly onStep?: OnStep;
}

/** The files of one launch, in their places. */
export interface Overlay {
  /**
   * Gives them up: what no other launch needs is taken away. Safe to call again, and never rejects.
   *
   * @returns sentences that the user should read, for instance that a file was changed meanwhile and kept
   */
  release(): Promise<readonly string[]>;
}

/** One thing that was found to be left by a launch that died. */
export interface RecoveryNote {
  /** As the launch named it; for `unreadable` the journal's own file. */
  readonly path: string;
  /**
   * `restored`: what was there before is back. `removed`: ours is gone. `kept`: somebody changed it since, so it is
   * theirs. `failed`: could not be repaired now. `unreadable`: the journal is damaged, and was put aside.
   */
  readonly outcome: "restored" | "removed" | "kept" | "failed" | "unreadable";
  /** Sentence for the user. */
  readonly message: string;
}

/** What one launch has in one place. */
interface Placed {
  readonly place: OverlayPlace;
  /** Absent when it failed before. */
  entry?: OverlayEntry;
  lease?: Lease;
}

/**
 * Puts files in their places until {@linkcode Overlay.release}, or until this process ends and somebody recovers.
 *
 * Launches that place the same content share it. While one lives, another that wants different content in the same
 * place is refused: an agent that runs keeps the version it was started with.
 *
 * @throws {AgentError} launch_failed, when one cannot be placed; then none is left behind
 */
export async function placeFiles(files: readonly TransientFile[], options: OverlayOptions): Promise<Overlay> {
  const { stateDirectory, launchId } = options;
  if (!/^[\w-]+$/.test(launchId)) throw new TypeError(`not the id of a launch: ${launchId}`);
  const placed: Placed[] = [];
  const messages: string[] = [];
  try {
    const lock = await lockJournal(stateDirectory);
    try {
      for (const file of files) {
        try {
          await placeFile(file, options, placed, messages);
        } catch (error) {
          throw new AgentError("failed", `"${file.path}" could not be placed: ${reasonOf(error)}.`, { cause: error });
        }
      }
    } catch (error) {
      await releasePlaced(placed, options);
      throw error;
    } finally {
      lock.release();
    }
  } catch (error) {
    const message = error instanceof AgentError ? error.message : `Nothing could be placed: ${reasonOf(error)}.`;
    throw new AgentError("launch_failed", message, {
      cause: error,
      hint: error instanceof AgentError ? error.hint : undefined,
    });
  }

  let released: Promise<readonly string[]> | undefined;
  return {
    release: () => released ??= releaseAll(),
  };

  async function releaseAll(): Promise<readonly string[]> {
    let lock: FileLock | undefined;
    let said: readonly string[] = [];
    try {
      lock = await lockJournal(stateDirectory);
    } catch (error) {
      // Our own state is gone or full: what lies in the user's tree is taken away all the same.
      said = [`"${journalLockPath(stateDirectory)}": ${reasonOf(error)}. ${RECOVER_HINT}`];
    }
    try {
      const more = await releasePlaced(placed, options);
      return [...messages, ...said, ...more];
    } finally {
      lock?.release();
    }
  }
}

const RECOVER_HINT = `"opper-agent recover" tries again.`;

async function placeFile(
  file: TransientFile,
  options: OverlayOptions,
  placed: Placed[],
  messages: string[],
): Promise<void> {
  const { stateDirectory, launchId, onStep } = options;
  const { path } = file;
  const { path: target, missingDirectories } = resolveRealPath(path);
  checkTarget(path, target);
  const noted = notedPlaces(stateDirectory);
  const held = noted.flatMap((place) => place.directories).filter((directory) => isWithin(target, directory));
  const place = { path, target, directories: outermostFirst([...held, ...missingDirectories]) };
  const ours: Placed = { place };
  // Noted before anything is changed, so that a failure in the middle is undone as well.
  placed.push(ours);
  writePlace(stateDirectory, place, onStep);
  makeDirectories(place.directories, onStep);
  await withRecord(target, { make: true, onStep }, () => {
    let found = readEntry(path, target);
    if (found.state === "newer") {
      throw new AgentError("failed", "a newer version of opper-agent has a file of its own there");
    }
    const others = livingLaunches(target, onStep);
    if (others.includes(launchId)) throw new AgentError("failed", `the launch "${launchId}" has placed it already`);
    if (others.length > 0 && found.state === "ok") {
      if (found.entry.placedSha256 !== sha256(file.content)) {
        throw new AgentError("failed", "a launch that still runs has another version there");
      }
      if (contentOf(found.entry) !== "ours") throw new AgentError("failed", "it was changed while another launch runs");
    } else {
      const note = describeRestored(path, restore(path, target, onStep));
      if (note !== undefined) messages.push(note.message);
      found = { state: "ok", entry: describeChange(file.content, place) };
    }
    onStep?.("take the lease");
    ours.lease = takeLaunchLease(target, launchId);
    ours.entry = found.entry;
    if (others.length > 0) {
      // Whoever of us is the last one out takes away what the first one made.
      const directories = outermostFirst([...place.directories, ...found.entry.directories]);
      writePlace(stateDirectory, { ...place, directories }, onStep);
    } else {
      writeEntry(found.entry, onStep);
      placeTarget(found.entry, file.content, onStep);
    }
    return { value: undefined, isDone: false };
  });
}

function notedPlaces(stateDirectory: string): readonly OverlayPlace[] {
  return listJournal(stateDirectory).files.flatMap((found) => found.state === "ok" ? found.place : []);
}

function outermostFirst(directories: readonly string[]): readonly string[] {
  return [...new Set(directories)].sort((a, b) => a.length - b.length);
}

function isWithin(target: string, directory: string): boolean {
  return target.startsWith(directory) && /^[/\\]/.test(target.slice(directory.length));
}

/** Last first. What fails stays, for the next command to try again. */
async function releasePlaced(placed: readonly Placed[], { stateDirectory, onStep }: OverlayOptions): Promise<string[]> {
  const messages: string[] = [];
  for (const ours of placed.toReversed()) {
    const { place, entry } = ours;
    try {
      const settled = await withRecord(place.target, { make: false, onStep }, () => {
        releaseLease(ours, onStep);
        return settle(place, onStep);
      });
      // Without a record, as when somebody threw it away, what we remember serves.
      const restored = settled === undefined ? entry && restoreTarget(entry, onStep) : settled.value;
      if (restored?.outcome === "kept") messages.push(restored.message);
      finishPlace(place, entry?.directories ?? [], stateDirectory, onStep);
    } catch (error) {
      messages.push(`"${place.path}" could not be put back: ${reasonOf(error)}. ${RECOVER_HINT}`);
    } finally {
      releaseLease(ours);
    }
  }
  try {
    removeJournalDirectoryIfEmpty(stateDirectory, onStep);
  } catch (error) {
    messages.push(`"${journalDirectory(stateDirectory)}" could not be cleaned up: ${reasonOf(error)}.`);
  }
  return messages;
}

function releaseLease(ours: Placed, onStep?: OnStep): void {
  const { lease } = ours;
  if (lease === undefined) return;
  onStep?.("remove the lease");
  ours.lease = undefined;
  lease.release();
}

/** Takes away what no living launch needs. The lock of the record must be held. */
function settle({ path, target }: OverlayPlace, onStep: OnStep | undefined): RecordUse<Restored | undefined> {
  if (livingLaunches(target, onStep).length > 0) return { value: undefined, isDone: false };
  return { value: restore(path, target, onStep), isDone: true };
}

/** @throws {AgentError} failed, for what a newer version of ours has left */
function restore(path: string, target: string, onStep: OnStep | undefined): Restored {
  const found = readEntry(path, target);
  if (found.state === "newer") {
    throw new AgentError(
      "failed",
      'a newer version of opper-agent left it, and only "recover" of that one can read it',
    );
  }
  const restored = found.state === "ok" ? restoreTarget(found.entry, onStep) : restoreByContent(path, target, onStep);
  removeEntry(target, onStep);
  return restored;
}

/** When the record is gone: the directories that were made for it go, and then nothing has to be known any more. */
function finishPlace(
  place: OverlayPlace,
  more: readonly string[],
  stateDirectory: string,
  onStep: OnStep | undefined,
): void {
  if (kindOf(recordDirectory(place.target)) !== "missing") return;
  removeDirectories(outermostFirst([...place.directories, ...more]), onStep);
  removePlace(stateDirectory, place.target, onStep);
}

export interface RecoveryOptions {
  /** Absolute paths that launches place files at, whichever state directory they have. @default none */
  readonly places?: readonly string[];
  /** Called right before each change on disk. @default none */
  readonly onStep?: OnStep;
}

/**
 * Repairs what launches that died have left: in the places that this state directory knows, and in those that are named.
 * What it cannot repair is in the notes, and stays for the next time. Makes nothing where there is nothing.
 *
 * @throws {AgentError} failed, when another process holds the journal for too long
 */
export async function recoverOverlays(
  stateDirectory: string,
  { places = [], onStep }: RecoveryOptions = {},
): Promise<readonly RecoveryNote[]> {
  const notes: RecoveryNote[] = [];
  const hasJournal = kindOf(journalDirectory(stateDirectory)) !== "missing";
  // Without a journal there may be no state directory, or one that cannot be written: the user's tree matters more.
  const lock = hasJournal ? await lockFile(journalLockPath(stateDirectory)) : undefined;
  try {
    const { files, unfinished } = listJournal(stateDirectory);
    const seen = new Set<string>();
    for (const found of files) {
      if (found.state === "ok") seen.add(found.place.target);
      notes.push(...await recoverNoted(found, stateDirectory, onStep));
    }
    for (const path of places) {
      const target = targetOf(path);
      if (target === undefined || seen.has(target)) continue;
      notes.push(...await recoverPlace({ path, target, directories: [] }, onStep));
    }
    for (const path of unfinished) {
      onStep?.("remove an unfinished note");
      removeFile(path);
    }
    if (hasJournal) removeJournalDirectoryIfEmpty(stateDirectory, onStep);
  } catch (error) {
    const path = journalDirectory(stateDirectory);
    notes.push({ path, outcome: "failed", message: `"${path}" could not be cleaned up: ${reasonOf(error)}.` });
  } finally {
    lock?.release();
  }
  return notes;
}

/** Undefined for what cannot be a place of ours. A link that leads nowhere can: its file may have been moved aside. */
function targetOf(path: string): string | undefined {
  try {
    const target = followLinks(path);
    return join(resolveRealPath(dirname(target)).path, basename(target));
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

async function recoverNoted(
  found: JournalFile,
  stateDirectory: string,
  onStep: OnStep | undefined,
): Promise<readonly RecoveryNote[]> {
  const { file } = found;
  if (found.state === "newer") {
    const message = `"${file}" was left by a newer version of opper-agent: only "recover" of that one can read it.`;
    return [{ path: file, outcome: "failed", message }];
  }
  if (found.state === "broken") {
    try {
      return [putAside(file, stateDirectory, onStep)];
    } catch (error) {
      return [{ path: file, outcome: "failed", message: `"${file}" could not be put aside: ${reasonOf(error)}.` }];
    }
  }
  const { place } = found;
  const notes = await recoverPlace(place, onStep);
  try {
    if (notes.every(({ outcome }) => outcome !== "failed")) finishPlace(place, [], stateDirectory, onStep);
    return notes;
  } catch (error) {
    const message = `"${place.path}" could not be cleaned up: ${reasonOf(error)}.`;
    return [...notes, { path: place.path, outcome: "failed", message }];
  }
}

async function recoverPlace(place: OverlayPlace, onStep: OnStep | undefined): Promise<readonly RecoveryNote[]> {
  const { path, target } = place;
  try {
    // As nearly always: what a living launch shares its file with, the last one out finds.
    if (isHeld(target)) return [];
    let directories: readonly string[] = [];
    // Ours without a record: a copy that came by another way, such as a backup of the home.
    const make = contentAt(target) === "sealed";
    const settled = await withRecord(target, { make, onStep }, () => {
      const found = readEntry(path, target);
      if (found.state === "ok") directories = found.entry.directories;
      return settle(place, onStep);
    });
    if (settled?.value === undefined) return [];
    removeDirectories(directories, onStep);
    const note = describeRestored(path, settled.value);
    return note === undefined ? [] : [note];
  } catch (error) {
    return [{ path, outcome: "failed", message: `"${path}" could not be put back: ${reasonOf(error)}.` }];
  }
}

function describeRestored(path: string, restored: Restored): RecoveryNote | undefined {
  switch (restored.outcome) {
    case "untouched":
      return undefined;
    case "restored":
      return { path, outcome: "restored", message: `"${path}" is back as it was before a launch that was killed.` };
    case "removed":
      return { path, outcome: "removed", message: `What a launch that was killed had left at "${path}" is gone.` };
    case "kept":
      return { path, outcome: "kept", message: restored.message };
  }
}

/** A damaged note says nothing that could be acted upon, but a person may still read something from it. */
function putAside(file: string, stateDirectory: string, onStep: OnStep | undefined): RecoveryNote {
  const aside = damagedPlacePath(stateDirectory);
  moveFile(file, aside, onStep);
  const message = `The record "${file}" of a placed file is damaged, and was moved to "${aside}".`;
  return { path: file, outcome: "unreadable", message };
}

function lockJournal(stateDirectory: string): Promise<FileLock> {
  makeDirectory(stateDirectory);
  return lockFile(journalLockPath(stateDirectory));
}
