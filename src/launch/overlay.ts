/**
 * Files that lie in the user's tree only while launches run: put there, shared between launches, and taken away by the
 * last one out, or by whichever command of ours comes next when that one was killed.
 *
 * A launch is alive as long as it holds its lease file locked. Not its process id: that may by now be another process,
 * and means nothing in another container that shares the home. The system lets go of the lock whatever ends the process.
 *
 * Knows nothing of agents, and never decides about a file that somebody else changed: that one is kept.
 */
import { AgentError } from "../core/errors.ts";
import { kindOf, moveFile, type OnStep, reasonOf, removeFile } from "../host/atomic_file.ts";
import { makePrivateDirectory } from "../host/files.ts";
import { type FileLock, isFileLocked, lockFile, tryLockFile } from "../host/lock.ts";
import type { TransientFile } from "./launcher.ts";
import { contentOf, describeChange, placeTarget, type Restored, restoreTarget } from "./overlay_change.ts";
import {
  damagedEntryPath,
  findEntry,
  type JournalFile,
  journalLockPath,
  leasePath,
  listJournal,
  makeJournalDirectory,
  type OverlayEntry,
  removeEntry,
  removeJournalDirectoryIfEmpty,
  sha256,
  writeEntry,
} from "./overlay_journal.ts";
import { journalDirectory } from "./overlay_paths.ts";

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

/**
 * Puts files in their places until {@linkcode Overlay.release}, or until this process ends and somebody recovers.
 *
 * Launches that place the same content share it. While one lives, another that wants different content in the same
 * place is refused: an agent that runs keeps the version it was started with.
 *
 * @throws {AgentError} launch_failed, when one cannot be placed; then none is left behind
 */
export async function placeFiles(files: readonly TransientFile[], options: OverlayOptions): Promise<Overlay> {
  const { stateDirectory, launchId, onStep } = options;
  if (!/^[\w-]+$/.test(launchId)) throw new TypeError(`not the id of a launch: ${launchId}`);
  const entries: OverlayEntry[] = [];
  const messages: string[] = [];
  let lease: FileLock | undefined;
  try {
    const lock = await lockJournal(stateDirectory);
    try {
      // Under the lock, as the last one out removes it.
      makeJournalDirectory(stateDirectory, onStep);
      onStep?.("take the lease");
      lease = tryLockFile(leasePath(stateDirectory, launchId));
      if (lease === undefined) throw new AgentError("failed", `The launch "${launchId}" has placed files already.`);
      for (const file of files) {
        try {
          // Noted before it is changed, so that a failure in the middle is undone as well.
          placeFile(file, options, { noteEntry: (entry) => entries.push(entry), messages });
        } catch (error) {
          throw new AgentError("failed", `"${file.path}" could not be placed: ${reasonOf(error)}.`, { cause: error });
        }
      }
    } catch (error) {
      releaseEntries(entries, lease, options);
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
    let lock: FileLock;
    try {
      lock = await lockJournal(stateDirectory);
    } catch (error) {
      // The agent has run, and how it ended is what counts.
      return [...messages, `What was placed could not be taken away: ${reasonOf(error)}. ${RECOVER_HINT}`];
    }
    try {
      return [...messages, ...releaseEntries(entries, lease, options)];
    } finally {
      lock.release();
    }
  }
}

const RECOVER_HINT = `"opper-agent recover" tries again.`;

interface Placing {
  noteEntry(entry: OverlayEntry): void;
  /** Sentences for the user are added here. */
  readonly messages: string[];
}

function placeFile(file: TransientFile, options: OverlayOptions, { noteEntry, messages }: Placing): void {
  const { stateDirectory, launchId, onStep } = options;
  const { files } = listJournal(stateDirectory);
  const directories = new Set(files.flatMap((found) => found.state === "ok" ? found.entry.directories : []));
  const change = describeChange(file, launchId, [...directories]);
  const found = findEntry(stateDirectory, change.target);
  if (found?.state === "newer") {
    throw new AgentError("failed", "a newer version of opper-agent has a file of its own there");
  }
  if (found?.state === "broken") putAside(found.file, stateDirectory, onStep);
  if (found?.state === "ok") {
    const leases = livingLeases(found.entry, options);
    if (leases.length > 0) {
      if (found.entry.placedSha256 !== sha256(file.content)) {
        throw new AgentError("failed", "a launch that still runs has another version there");
      }
      if (contentOf(found.entry) !== "ours") {
        throw new AgentError("failed", "it was changed while another launch runs");
      }
      const shared = { ...found.entry, leases: [...new Set([...leases, launchId])] };
      noteEntry(shared);
      writeEntry(stateDirectory, shared, onStep);
      return;
    }
    const note = describeRestored(found.entry, repair(found.entry, options));
    if (note !== undefined) messages.push(note.message);
    // What was there before is there again.
    return placeFile(file, options, { noteEntry, messages });
  }
  noteEntry(change);
  writeEntry(stateDirectory, change, onStep);
  placeTarget(change, file.content, onStep);
}

/** Last first. What fails stays in the journal, for the next command to try again. */
function releaseEntries(
  entries: readonly OverlayEntry[],
  lease: FileLock | undefined,
  options: OverlayOptions,
): string[] {
  const { stateDirectory, launchId, onStep } = options;
  const messages: string[] = [];
  for (const noted of entries.toReversed()) {
    try {
      const found = findEntry(stateDirectory, noted.target);
      // Without a journal, as when somebody threw our state directory away, what we remember serves.
      const entry = found?.state === "ok" ? found.entry : noted;
      const others = livingLeases(entry, options).filter((id) => id !== launchId);
      if (others.length > 0) writeEntry(stateDirectory, { ...entry, leases: others }, onStep);
      else {
        const restored = repair(entry, options);
        if (restored.outcome === "kept") messages.push(restored.message);
      }
    } catch (error) {
      messages.push(`"${noted.path}" could not be put back: ${reasonOf(error)}. ${RECOVER_HINT}`);
    }
  }
  try {
    if (lease !== undefined) {
      onStep?.("remove the lease");
      removeFile(leasePath(stateDirectory, launchId));
    }
    removeJournalDirectoryIfEmpty(stateDirectory, onStep);
  } catch (error) {
    messages.push(`"${journalDirectory(stateDirectory)}" could not be cleaned up: ${reasonOf(error)}.`);
  } finally {
    lease?.release();
  }
  return messages;
}

/**
 * Repairs what launches that died have left. Costs one look at the disk when there is nothing. What it cannot repair is
 * in the notes, and stays for the next time.
 *
 * @param options.onStep called right before each change on disk; @default none
 * @throws {AgentError} failed, when another process holds the journal for too long
 */
export async function recoverOverlays(
  stateDirectory: string,
  { onStep }: { readonly onStep?: OnStep } = {},
): Promise<readonly RecoveryNote[]> {
  if (kindOf(journalDirectory(stateDirectory)) === "missing") return [];
  const notes: RecoveryNote[] = [];
  const lock = await lockFile(journalLockPath(stateDirectory));
  try {
    const { files, leases, unfinished } = listJournal(stateDirectory);
    for (const file of files) {
      const note = recoverEntry(file, { stateDirectory, onStep });
      if (note !== undefined) notes.push(note);
    }
    for (const path of unfinished) {
      onStep?.("remove an unfinished entry");
      removeFile(path);
    }
    for (const launchId of leases) {
      const path = leasePath(stateDirectory, launchId);
      if (isFileLocked(path)) continue;
      onStep?.("remove a dead lease");
      removeFile(path);
    }
    removeJournalDirectoryIfEmpty(stateDirectory, onStep);
  } catch (error) {
    const path = journalDirectory(stateDirectory);
    notes.push({ path, outcome: "failed", message: `"${path}" could not be cleaned up: ${reasonOf(error)}.` });
  } finally {
    lock.release();
  }
  return notes;
}

type JournalOptions = Pick<OverlayOptions, "stateDirectory" | "onStep">;

function recoverEntry(found: JournalFile, options: JournalOptions): RecoveryNote | undefined {
  const path = found.state === "ok" ? found.entry.path : found.file;
  try {
    switch (found.state) {
      case "ok":
        if (livingLeases(found.entry, options).length > 0) return undefined;
        return describeRestored(found.entry, repair(found.entry, options));
      case "broken":
        return putAside(found.file, options.stateDirectory, options.onStep);
      case "newer": {
        const message = `"${path}" was left by a newer version of opper-agent: only "recover" of that one can read it.`;
        return { path, outcome: "failed", message };
      }
    }
  } catch (error) {
    return { path, outcome: "failed", message: `"${path}" could not be put back: ${reasonOf(error)}.` };
  }
}

function repair(entry: OverlayEntry, { stateDirectory, onStep }: JournalOptions): Restored {
  const restored = restoreTarget(entry, onStep);
  removeEntry(stateDirectory, entry.target, onStep);
  return restored;
}

function describeRestored({ path }: OverlayEntry, restored: Restored): RecoveryNote | undefined {
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

/** A damaged entry says nothing that could be acted upon, but a person may still read something from it. */
function putAside(file: string, stateDirectory: string, onStep: OnStep | undefined): RecoveryNote {
  const aside = damagedEntryPath(stateDirectory);
  moveFile(file, aside, onStep);
  const message = `The record "${file}" of a placed file is damaged, and was moved to "${aside}".`;
  return { path: file, outcome: "unreadable", message };
}

function livingLeases(entry: OverlayEntry, { stateDirectory }: JournalOptions): string[] {
  return entry.leases.filter((launchId) => isFileLocked(leasePath(stateDirectory, launchId)));
}

function lockJournal(stateDirectory: string): Promise<FileLock> {
  makePrivateDirectory(stateDirectory);
  return lockFile(journalLockPath(stateDirectory));
}
