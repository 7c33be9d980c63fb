/**
 * Files that lie in the user's tree only while launches run: put there, shared between launches, and taken away by the
 * last one out, or by whichever command of ours comes next when that one was killed.
 *
 * Launches need not have anything in common but the file: what is remembered of it lies beside it (placed/record.ts), so
 * that those of another state directory, a container or another version take part. A launch is alive as long as its
 * lease says so (host/lease.ts).
 *
 * Knows nothing of agents, and never decides about a file that somebody else changed: that one is kept.
 */
import { AgentError } from "../../core/errors.ts";
import { type OnStep, reasonOf, resolveRealPath } from "../../host/atomic_file.ts";
import { makePrivateDirectory } from "../../host/files.ts";
import type { Lease } from "../../host/lease.ts";
import { type FileLock, lockFile } from "../../host/lock.ts";
import type { TransientFile } from "../../agents/launcher.ts";
import { checkTarget, contentOf, describeChange, makeDirectories, placeTarget, restoreTarget } from "./change.ts";
import { journalLockPath, listJournal, type NotedPlace, removeJournalDirectoryIfEmpty, writePlace } from "./journal.ts";
import { journalDirectory } from "./paths.ts";
import { livingLaunches, type PlacedEntry, readEntry, takeLaunchLease, withRecord, writeEntry } from "./record.ts";
import { sha256 } from "./seal.ts";
import { describeRestored, finishPlace, outermostFirst, restore, settle } from "./settle_place.ts";

/** Which launch places files, and where it takes note of them. */
export interface PlacingOptions {
  /** Absolute path of our own state. */
  readonly stateDirectory: string;
  /** Names the launch, and is new for each: letters, digits, `-` and `_`. */
  readonly launchId: string;
  /** Called right before each change on disk. @default none */
  readonly onStep?: OnStep;
}

/** The files of one launch, in their places. */
export interface PlacedFiles {
  /**
   * Gives them up: what no other launch needs is taken away. Safe to call again, and never rejects.
   *
   * @returns sentences that the user should read, for instance that a file was changed meanwhile and kept
   */
  release(): Promise<readonly string[]>;
}

/** What one launch has in one place. */
interface Placed {
  readonly place: NotedPlace;
  /** Absent when it failed before. */
  entry?: PlacedEntry;
  lease?: Lease;
}

/**
 * Puts files in their places until {@linkcode PlacedFiles.release}, or until this process ends and somebody recovers.
 *
 * Launches that place the same content share it. While one lives, another that wants different content in the same
 * place is refused: an agent that runs keeps the version it was started with.
 *
 * @throws {AgentError} launch_failed, when one cannot be placed; then none is left behind
 */
export async function placeFiles(files: readonly TransientFile[], options: PlacingOptions): Promise<PlacedFiles> {
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
  options: PlacingOptions,
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

function notedPlaces(stateDirectory: string): readonly NotedPlace[] {
  return listJournal(stateDirectory).files.flatMap((found) => found.state === "ok" ? found.place : []);
}

function isWithin(target: string, directory: string): boolean {
  return target.startsWith(directory) && /^[/\\]/.test(target.slice(directory.length));
}

/** Last first. What fails stays, for the next command to try again. */
async function releasePlaced(placed: readonly Placed[], { stateDirectory, onStep }: PlacingOptions): Promise<string[]> {
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

function lockJournal(stateDirectory: string): Promise<FileLock> {
  makePrivateDirectory(stateDirectory);
  return lockFile(journalLockPath(stateDirectory));
}
