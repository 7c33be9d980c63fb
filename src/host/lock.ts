/**
 * Exclusive advisory locks on files. The system lets go of a lock when the process that holds it ends, however it ends:
 * so a lock also tells whether a process is still alive, where a process id may by now be somebody else's.
 *
 * Guards only against others that ask: nobody is kept from reading or writing the file.
 */
import type { DurationMs } from "../core/model.ts";
import { AgentError } from "../core/errors.ts";
import { makePrivateFileIfMissing } from "./files.ts";

export interface FileLock {
  /** Lets go; the file stays. Call once. */
  release(): void;
}

/**
 * Takes the lock on a file, which is made when it is missing.
 *
 * @returns undefined when another process, or another lock of this one, holds it
 * @throws {AgentError} failed, when the file cannot be written, or its file system knows no locks
 */
export function tryLockFile(path: string): FileLock | undefined {
  while (true) {
    const file = orLockError(path, () => {
      makePrivateFileIfMissing(path);
      return Deno.openSync(path, { create: true, write: true, mode: 0o600 });
    });
    let locked = false;
    try {
      if (!orLockError(path, () => file.tryLockSync(true))) return undefined;
      locked = isStillAt(file, path);
      if (locked) return { release: () => file.close() };
      // It was removed by the one that held it, before we got it: nobody else will ever open this one.
    } finally {
      if (!locked) file.close();
    }
  }
}

function orLockError<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new AgentError("failed", `"${path}" could not be locked: ${cause.message}.`, { cause });
  }
}

function isStillAt(file: Deno.FsFile, path: string): boolean {
  try {
    const [opened, found] = [file.statSync(), Deno.statSync(path)];
    return opened.ino === found.ino && opened.dev === found.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

export interface LockOptions {
  /** How long to wait for whoever holds it. @default 10000 */
  readonly timeoutMs?: DurationMs;
}

/**
 * Takes the lock on a file as soon as it is free.
 *
 * @throws {AgentError} failed, when it does not become free in time
 */
export async function lockFile(path: string, { timeoutMs = 10_000 }: LockOptions = {}): Promise<FileLock> {
  const giveUpAt = performance.now() + timeoutMs;
  for (let waitMs = 2;; waitMs = Math.min(waitMs * 2, 50)) {
    const lock = tryLockFile(path);
    if (lock !== undefined) return lock;
    const leftMs = giveUpAt - performance.now();
    if (leftMs <= 0) {
      throw new AgentError("failed", `"${path}" was held by another process for ${timeoutMs / 1000} seconds.`, {
        hint: "Wait until the other opper-agent is done, or end it.",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, leftMs)));
  }
}

/**
 * Whether somebody holds the lock on a file; false for a file that is missing.
 *
 * @throws {AgentError} failed, when that cannot be found out
 */
export function isFileLocked(path: string): boolean {
  const file = orLockError(path, () => openIfAny(path));
  if (file === undefined) return false;
  try {
    return !orLockError(path, () => file.tryLockSync(true));
  } finally {
    file.close();
  }
}

function openIfAny(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path, { write: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
