/**
 * Work that goes on in a process of its own after this one has ended, never twice at a time and not too often.
 *
 * The lock file's time says when the work was last begun, whether or not it came to anything.
 */
import { AgentError } from "../core/errors.ts";
import type { DurationMs, EpochMs } from "../core/model.ts";
import { readFileStamp } from "./file_stamp.ts";
import { type FileLock, isFileLocked, tryLockFile } from "./lock.ts";
import type { OwnCommand } from "./own_command.ts";

/** How locks are asked for; tests give some that fail. */
export interface Locks {
  isFileLocked(path: string): boolean;
  tryLockFile(path: string): FileLock | undefined;
}

const LOCKS: Locks = { isFileLocked, tryLockFile };

/**
 * `due`: it may be started. `running`: somebody is at it. `recent`: it was begun just now.
 *
 * Where the file cannot be locked (a network drive without locks), the time alone tells: work of which two do the same at
 * once must do no harm.
 *
 * @throws {AgentError} failed, when there can be no such file
 */
export function stateOfWork(
  lockPath: string,
  now: EpochMs,
  everyMs: DurationMs,
  locks: Locks = LOCKS,
): "due" | "running" | "recent" {
  const begunAt = readFileStamp(lockPath)?.mtimeMs;
  try {
    if (locks.isFileLocked(lockPath)) return "running";
  } catch (error) {
    if (!(error instanceof AgentError) || begunAt === undefined) throw error;
  }
  return begunAt !== undefined && Math.abs(now - begunAt) < everyMs ? "recent" : "due";
}

/**
 * To be called by the work itself.
 *
 * @returns undefined when another process is at it
 * @throws {AgentError} failed, when the file cannot be written
 */
export function beginWork(lockPath: string, now: EpochMs, locks: Locks = LOCKS): FileLock | undefined {
  const setTime = () => Deno.utimeSync(lockPath, now / 1000, now / 1000);
  try {
    const lock = locks.tryLockFile(lockPath);
    if (lock !== undefined) setTime();
    return lock;
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    try {
      setTime();
    } catch (cause) {
      // It is not the lock that is missing: there is no file.
      if (cause instanceof Error) throw error;
      throw cause;
    }
    return { release() {} };
  }
}

/** Starts a program that outlives this one and has nothing to do with its terminal. */
export function startInBackground({ command, args }: OwnCommand): void {
  new Deno.Command(command, { args: [...args], stdin: "null", stdout: "null", stderr: "null", detached: true })
    .spawn().unref();
}
