/**
 * Work that goes on in a process of its own after this one has ended, never twice at a time and not too often.
 *
 * The lock file's time says when the work was last begun, whether or not it came to anything.
 */
import type { DurationMs, EpochMs } from "../core/model.ts";
import { readFileStamp } from "./file_stamp.ts";
import { type FileLock, isFileLocked, tryLockFile } from "./lock.ts";
import type { OwnCommand } from "./own_command.ts";

/** `due`: it may be started. `running`: somebody is at it. `recent`: it was begun just now. */
export function stateOfWork(lockPath: string, now: EpochMs, everyMs: DurationMs): "due" | "running" | "recent" {
  if (isFileLocked(lockPath)) return "running";
  const begunAt = readFileStamp(lockPath)?.mtimeMs ?? -Infinity;
  return Math.abs(now - begunAt) < everyMs ? "recent" : "due";
}

/** To be called by the work itself. @returns undefined when another process is at it */
export function beginWork(lockPath: string, now: EpochMs): FileLock | undefined {
  const lock = tryLockFile(lockPath);
  if (lock !== undefined) Deno.utimeSync(lockPath, now / 1000, now / 1000);
  return lock;
}

/** Starts a program that outlives this one and has nothing to do with its terminal. */
export function startInBackground({ command, args }: OwnCommand): void {
  new Deno.Command(command, { args: [...args], stdin: "null", stdout: "null", stderr: "null", detached: true })
    .spawn().unref();
}
