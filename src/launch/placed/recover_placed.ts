/** Repairing what launches that died have left: see placed/place_files.ts for what that is. */
import { basename, dirname, join } from "node:path";
import {
  followLinks,
  kindOf,
  moveFile,
  type OnStep,
  reasonOf,
  removeFile,
  resolveRealPath,
} from "../../host/atomic_file.ts";
import { lockFile } from "../../host/lock.ts";
import { contentAt, removeDirectories } from "./change.ts";
import {
  damagedPlacePath,
  type JournalFile,
  journalLockPath,
  listJournal,
  type NotedPlace,
  removeJournalDirectoryIfEmpty,
} from "./journal.ts";
import { journalDirectory } from "./paths.ts";
import { isHeld, readEntry, withRecord } from "./record.ts";
import { describeRestored, finishPlace, type RecoveryNote, settle } from "./settle_place.ts";

/** Where recovery looks besides the journal. */
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
export async function recoverPlaced(
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

async function recoverPlace(place: NotedPlace, onStep: OnStep | undefined): Promise<readonly RecoveryNote[]> {
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

/** A damaged note says nothing that could be acted upon, but a person may still read something from it. */
function putAside(file: string, stateDirectory: string, onStep: OnStep | undefined): RecoveryNote {
  const aside = damagedPlacePath(stateDirectory);
  moveFile(file, aside, onStep);
  const message = `The record "${file}" of a placed file is damaged, and was moved to "${aside}".`;
  return { path: file, outcome: "unreadable", message };
}
