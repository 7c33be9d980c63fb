/**
 * Putting one file in place and taking it away again, in steps of which each is one change on disk, so that whoever
 * dies between two of them leaves something that {@linkcode restoreTarget} makes whole. How far a change got is read
 * from the files alone, never from a flag that could lag behind them.
 *
 * What was there before is moved aside within its own directory, not copied: so its bytes, mode, times, owner and hard
 * links come back as they were, and it is not lost when somebody throws our state directory away.
 *
 * Takes no lock and writes no journal: the caller does both before it calls (overlay.ts).
 */
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { AgentError } from "../core/errors.ts";
import {
  kindOf,
  makeOneDirectory,
  moveFile,
  type OnStep,
  readFileIfAny,
  removeEmptyDirectory,
  removeFile,
  resolveRealPath,
  syncDirectory,
  writeNewFile,
} from "../host/atomic_file.ts";
import { type OverlayEntry, sha256 } from "./overlay_journal.ts";

/**
 * Looks at the place for a file, and says what will be changed there. Changes nothing.
 *
 * @param directories those that other entries hold already: one above this file stays until both are done
 * @throws {AgentError} failed, when there is something that is not a file, or a link that leads nowhere
 */
export function describeChange(
  file: { readonly path: string; readonly content: string },
  launchId: string,
  directories: readonly string[],
): OverlayEntry {
  const { path: target, missingDirectories } = resolveRealPath(file.path);
  const kind = kindOf(target);
  if (kind !== "file" && kind !== "missing") throw new AgentError("failed", `"${file.path}" is not a file.`);
  const before = readFileIfAny(target);
  // Names that no agent takes for an extension, and that no other launch has in use.
  const beside = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}`);
  const held = directories.filter((directory) => isWithin(target, directory));
  return {
    path: file.path,
    target,
    placedSha256: sha256(file.content),
    temporary: `${beside}.new`,
    original: before && { backup: `${beside}.original`, sha256: sha256(before) },
    directories: [...held.sort((a, b) => a.length - b.length), ...missingDirectories],
    leases: [launchId],
  };
}

function isWithin(path: string, directory: string): boolean {
  for (let parent = dirname(path); parent !== dirname(parent); parent = dirname(parent)) {
    if (parent === directory) return true;
  }
  return false;
}

/** Carries out what {@linkcode describeChange} said. The journal's entry must be on disk. */
export function placeTarget(entry: OverlayEntry, content: string, onStep?: OnStep): void {
  // 1. The directories.
  for (const directory of entry.directories) {
    onStep?.(`make the folder ${basename(directory)}`);
    makeOneDirectory(directory);
  }
  // 2. Our content, under a name that nobody looks for.
  writeNewFile(entry.temporary, content, { mode: 0o600, onStep });
  // 3. What is there goes aside.
  if (entry.original !== undefined) moveFile(entry.target, entry.original.backup, onStep);
  // 4. Ours takes its name; with that the temporary one is gone, which says that it happened.
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
export function restoreTarget(entry: OverlayEntry, onStep?: OnStep): Restored {
  const restored = restoreFile(entry, onStep);
  // Innermost first; one in which something lies is somebody's by now.
  for (const directory of entry.directories.toReversed()) {
    onStep?.(`remove the folder ${basename(directory)}`);
    if (!removeEmptyDirectory(directory)) continue;
    syncDirectory(dirname(directory));
  }
  return restored;
}

function restoreFile(entry: OverlayEntry, onStep: OnStep | undefined): Restored {
  const { path, target, temporary, original } = entry;
  const now = contentOf(entry);
  const backup = original !== undefined && kindOf(original.backup) === "file" ? original.backup : undefined;

  if (kindOf(temporary) !== "missing") {
    // Step 4 never happened. With a backup, step 3 did: then nothing has the name, unless somebody was quick to take it.
    const restored = backup !== undefined && now === "missing";
    if (restored) moveFile(backup, target, onStep);
    // Last, as all of the above hangs on it.
    onStep?.(`remove ${basename(temporary)}`);
    removeFile(temporary);
    syncDirectory(dirname(temporary));
    if (restored) return { outcome: "restored" };
    if (backup === undefined) return { outcome: "removed" };
    return { outcome: "kept", message: `"${path}" was made anew meanwhile, and was kept. ${whereIs(backup)}` };
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
    const message = `What "${path}" held before is lost: "${original.backup}" is gone.`;
    return { outcome: "kept", message };
  }
  if (now === "other" && original === undefined) {
    return { outcome: "kept", message: `"${path}" was changed meanwhile, and was kept.` };
  }
  // Nothing was begun, or all is done already, or somebody deleted what had nothing to come back.
  return { outcome: "untouched" };
}

/** Whether what we placed is what has the name. */
export function contentOf(entry: OverlayEntry): "ours" | "other" | "missing" {
  const kind = kindOf(entry.target);
  if (kind === "missing") return "missing";
  if (kind !== "file") return "other";
  const bytes = readFileIfAny(entry.target);
  if (bytes === undefined) return "missing";
  return sha256(bytes) === entry.placedSha256 ? "ours" : "other";
}

function whereIs(backup: string): string {
  return `What was there before is in "${backup}".`;
}
