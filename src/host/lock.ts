/**
 * Exclusive advisory locks on files. The system lets go of a lock when the process that holds it ends, however it ends.
 * Where there are no locks, as on some network drives, a file beside it that says who made it does instead (lease.ts).
 *
 * Guards only against others that ask: nobody is kept from reading or writing the file.
 */
import { readFileStamp } from "./file_stamp.ts";
import { isLeaseAlive, takeOverLease } from "./lease.ts";
import { lockOpenFile } from "./lock_open_file.ts";
import type { DurationMs } from "../core/model.ts";
import { AgentError } from "../core/errors.ts";
import { makePrivateFileIfMissing } from "./files.ts";

/** Beside a file without locks, as long as it is held. */
const HELD_SUFFIX = ".held";
/** How long whoever holds such a file counts as alive where that cannot be seen. */
const TRUSTED_MS: DurationMs = 60_000;
/** A holder that is younger is not looked at: nearly all hold a lock for less, and looking takes a program's start. */
const YOUNG_MS: DurationMs = 50;

/** A lock that this process holds. */
export interface FileLock {
  /** Lets go; the file stays. Call once. */
  release(): void;
}

/**
 * Takes the lock on a file, which is made when it is missing.
 *
 * @returns undefined when another process, or another lock of this one, holds it
 * @throws {AgentError} failed, when the file cannot be written
 */
export function tryLockFile(path: string): FileLock | undefined {
  while (true) {
    const file = orLockError(path, () => {
      makePrivateFileIfMissing(path);
      // As in openIfAny.
      return Deno.openSync(path, { create: true, read: true, write: true, mode: 0o600 });
    });
    let locked = false;
    try {
      const lock = lockOpenFile(file, path);
      if (lock === "held") return undefined;
      if (lock === "none") return tryHoldFile(`${path}${HELD_SUFFIX}`);
      locked = isStillAt(file, path);
      if (locked) return { release: () => file.close() };
      // It was removed by the one that held it, before we got it: nobody else will ever open this one.
    } finally {
      if (!locked) file.close();
    }
  }
}

/**
 * Makes a file that is there as long as it is held, which needs no locks of the file system: only that no two can make
 * the same one. The file of one that died is taken over.
 *
 * @returns undefined when another one holds it
 * @throws {AgentError} failed, when it cannot be made
 */
export function tryHoldFile(path: string): FileLock | undefined {
  const heldSince = readFileStamp(path)?.mtimeMs;
  if (heldSince !== undefined && Math.abs(Date.now() - heldSince) < YOUNG_MS) return undefined;
  return orLockError(path, () => takeOverLease(path, { trustedForMs: TRUSTED_MS }));
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

/** How a lock is waited for. */
export interface LockOptions {
  /** How long to wait for whoever holds it. @default 10000 */
  readonly timeoutMs?: DurationMs;
  /** @default {@linkcode tryLockFile} */
  readonly tryLock?: (path: string) => FileLock | undefined;
}

/**
 * Takes the lock on a file as soon as it is free.
 *
 * @throws {AgentError} failed, when it does not become free in time
 */
export async function lockFile(path: string, options: LockOptions = {}): Promise<FileLock> {
  const { timeoutMs = 10_000, tryLock = tryLockFile } = options;
  const giveUpAt = performance.now() + timeoutMs;
  for (let waitMs = 2;; waitMs = Math.min(waitMs * 2, 50)) {
    const lock = tryLock(path);
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
    const lock = lockOpenFile(file, path);
    return lock === "none" ? orLockError(path, () => isLeaseAlive(`${path}${HELD_SUFFIX}`)) : lock === "held";
  } finally {
    file.close();
  }
}

/** For both: to be opened for writing alone, a pipe of that name would wait for somebody to read it. */
function openIfAny(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path, { read: true, write: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
