/**
 * Files of ours that hold no secret and that nobody waits for: what a launch keeps for itself. Made for their owner alone;
 * a crash may leave them half written, and whoever reads them knows that.
 */
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { writeNewFile } from "./atomic_file.ts";

/** Makes a directory, and what is missing above it. @throws {Error} the system's, when it cannot be made */
export function makeOwnDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** One that is new, whatever the umask. @throws {Error} the system's, when there is one, or it cannot be written */
export function writeOwnFile(path: string, content: string): void {
  writeNewFile(path, content, { mode: 0o600 });
}

/** In one write, so that those of several processes never mix. @throws {Error} the system's, when it cannot be written */
export function appendToOwnFile(path: string, text: string): void {
  makeOwnDirectory(dirname(path));
  // Made private, and not only made so afterwards: whoever is killed in between leaves it as it was made.
  const file = openSync(path, "a", 0o600);
  try {
    // Under an odd umask it could not be opened again.
    chmodSync(path, 0o600);
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}

/** @throws {Error} the system's, when there is one that cannot be removed */
export function removeOwnFile(path: string): void {
  rmSync(path, { force: true });
}

/** Names in a directory, in the order of the system; none where it cannot be looked into. */
export function listOwnDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error) return [];
    throw error;
  }
}
