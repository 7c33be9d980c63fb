/**
 * Putting one file in place and taking it away again, in steps of which each is one change on disk, so that whoever
 * dies between two of them leaves something that {@linkcode restoreTarget} makes whole. How far a change got is read
 * from the files alone, never from a flag that could lag behind them.
 *
 * What was there before is moved aside within its own directory, not copied: so its bytes, mode, times, owner and hard
 * links come back as they were, and it is not lost when somebody throws our state directory away.
 *
 * Takes no lock and writes no journal: the caller does both before it calls (placed/place_files.ts).
 */
import { randomBytes } from "node:crypto";
import { basename, dirname } from "node:path";
import { AgentError } from "../../core/errors.ts";
import {
  kindOf,
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
import { findBeside, namesBeside, type PlacedEntry } from "./record.ts";
import { isSealed, sha256 } from "./seal.ts";

/**
 * Looks at the place for a file, and says what will be changed there. Changes nothing.
 *
 * @param place where, and which directories are there for us alone
 * @throws {AgentError} failed, when there is something that is not a file
 */
export function describeChange(
  content: string,
  place: Pick<PlacedEntry, "path" | "target" | "directories">,
): PlacedEntry {
  const { path, target, directories } = place;
  checkTarget(path, target);
  const before = readFileIfAny(target);
  // Names that no agent takes for an extension, and that no other launch has in use.
  const { temporary, backup } = namesBeside(target, randomBytes(6).toString("hex"));
  const original = before && { backup, sha256: sha256(before) };
  return { path, target, placedSha256: sha256(content), temporary, original, directories };
}

/** @throws {AgentError} failed, when there is something that is not a file */
export function checkTarget(path: string, target: string): void {
  const kind = kindOf(target);
  if (kind !== "file" && kind !== "missing") throw new AgentError("failed", `"${path}" is not a file.`);
}

/** Outermost first. */
export function makeDirectories(directories: readonly string[], onStep?: OnStep): void {
  for (const directory of directories) {
    onStep?.(`make the folder ${basename(directory)}`);
    if (makeOneDirectory(directory)) followOwner(directory);
  }
}

/** Innermost first; one in which something lies is somebody's by now. */
export function removeDirectories(directories: readonly string[], onStep?: OnStep): void {
  for (const directory of directories.toReversed()) {
    onStep?.(`remove the folder ${basename(directory)}`);
    if (removeEmptyDirectory(directory)) syncDirectory(dirname(directory));
  }
}

/** Carries out what {@linkcode describeChange} said. The record's entry must be on disk. */
export function placeTarget(entry: PlacedEntry, content: string, onStep?: OnStep): void {
  // 1. Our content, under a name that nobody looks for.
  writeNewFile(entry.temporary, content, { mode: 0o600, onStep });
  followOwner(entry.temporary);
  // 2. What is there goes aside.
  if (entry.original !== undefined) moveFile(entry.target, entry.original.backup, onStep);
  // 3. Ours takes its name; with that the temporary one is gone, which says that it happened.
  moveFile(entry.temporary, entry.target, onStep);
}

/** What became of a file: the name, and for `kept` a sentence for the user. */
export type Restored =
  /** What was there before is there again. */
  | { readonly outcome: "restored" }
  /** Nothing was there before, and nothing is. */
  | { readonly outcome: "removed" }
  /** There was nothing to do. */
  | { readonly outcome: "untouched" }
  /** Somebody else changed it: it is theirs. */
  | { readonly outcome: "kept"; readonly message: string };

/**
 * Takes our file away, however far putting it there or taking it away had got, and brings back what was there before.
 * What is no longer ours is left alone. Doing it again changes nothing.
 */
export function restoreTarget(entry: PlacedEntry, onStep?: OnStep): Restored {
  const { path, target, temporary, original } = entry;
  const now = contentOf(entry);
  const backup = original !== undefined && kindOf(original.backup) === "file" ? original.backup : undefined;

  if (kindOf(temporary) !== "missing") {
    // Step 3 never happened. With a backup, step 2 did: then nothing has the name, unless somebody was quick to take it.
    const restored = backup !== undefined && now === "missing";
    if (restored) moveFile(backup, target, onStep);
    // Last, as all of the above hangs on it.
    onStep?.(`remove ${basename(temporary)}`);
    removeFile(temporary);
    syncDirectory(dirname(temporary));
    if (restored) return { outcome: "restored" };
    if (backup === undefined) return { outcome: "removed" };
    return { outcome: "kept", message: `"${path}" was created again meanwhile, and was kept. ${whereIs(backup)}` };
  }

  if (backup !== undefined) {
    if (now === "ours") {
      moveFile(backup, target, onStep);
      return { outcome: "restored" };
    }
    const what = now === "missing" ? "deleted meanwhile, and stays so." : "changed meanwhile, and was kept.";
    return { outcome: "kept", message: `"${path}" was ${what} ${whereIs(backup)}` };
  }

  if (now === "ours" && original?.sha256 !== entry.placedSha256) {
    onStep?.(`remove ${basename(target)}`);
    removeFile(target);
    syncDirectory(dirname(target));
    if (original === undefined) return { outcome: "removed" };
    const message = `The former content of "${path}" is lost: "${original.backup}" is gone.`;
    return { outcome: "kept", message };
  }
  if (now === "other" && original === undefined) {
    return { outcome: "kept", message: `"${path}" was changed meanwhile, and was kept.` };
  }
  // Nothing was begun, or all is done already, or somebody deleted what had nothing to come back.
  return { outcome: "untouched" };
}

/**
 * The same where nothing tells what was done: the entry is lost. What is ours is known by its content, and what the user
 * had there by its name.
 */
export function restoreByContent(path: string, target: string, onStep?: OnStep): Restored {
  const { temporaries, backups: [backup] } = findBeside(target);
  const now = contentAt(target);
  const isFree = now === "missing" || now === "sealed";
  // Without a temporary file and ours, nothing says that the backup is not one that was left on purpose.
  const wasBegun = now === "sealed" || temporaries.length > 0;
  if (backup !== undefined && isFree && wasBegun) moveFile(backup, target, onStep);
  else if (now === "sealed") {
    onStep?.(`remove ${basename(target)}`);
    removeFile(target);
    syncDirectory(dirname(target));
  }
  for (const temporary of temporaries) {
    onStep?.(`remove ${basename(temporary)}`);
    removeFile(temporary);
  }
  if (backup === undefined) return { outcome: now === "sealed" ? "removed" : "untouched" };
  if (isFree && wasBegun) return { outcome: "restored" };
  return wasBegun
    ? { outcome: "kept", message: `"${path}" was created again meanwhile, and was kept. ${whereIs(backup)}` }
    : { outcome: "untouched" };
}

/** Whether what we placed is what has the name. */
export function contentOf(entry: PlacedEntry): "ours" | "other" | "missing" {
  const now = contentAt(entry.target);
  if (now === "missing") return "missing";
  return now === "sealed" || now === entry.placedSha256 ? "ours" : "other";
}

/** `sealed`: ours, of whichever version; else the SHA-256 of a file, in hex. */
export function contentAt(target: string): string {
  const kind = kindOf(target);
  if (kind === "missing") return "missing";
  if (kind !== "file") return "other";
  const bytes = readFileIfAny(target);
  if (bytes === undefined) return "missing";
  return isSealed(bytes) ? "sealed" : sha256(bytes);
}

function whereIs(backup: string): string {
  return `Its former content is in "${backup}".`;
}
