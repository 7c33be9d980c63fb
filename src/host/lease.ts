/**
 * Files that are there while a process lives, and say which: it holds its lease locked, and notes in it who it is. Others
 * may see the lock, or not: where a file system is shared between machines, or has no locks at all, nobody sees it.
 *
 * So a lease is judged by what is certain, in this order: its lock is held; its process can be looked at; the lock is
 * free on a system where it would be seen; its machine was started anew since. Where nothing is certain, it counts as
 * alive until it has given no sign of life for as long as its holder asked for (docs/adr/0011-leases.md).
 */
import type { DurationMs, EpochMs } from "../core/model.ts";
import { readFileStamp } from "./file_stamp.ts";
import { lockOpenFile } from "./lock_open_file.ts";
import { dirname, join } from "./paths.ts";
import { type ProcessIdentity, type ProcessSight, processSight } from "./process_identity.ts";

export interface Lease {
  /** Removes the file, and with it the sign that this process lives. Call once. */
  release(): void;
}

/** How a holder is known to live where its process cannot be seen. */
export interface LeaseOptions {
  /** How long the holder counts as alive where nobody can look at it. */
  readonly trustedForMs: DurationMs;
  /** How often it gives a sign of life. @default never */
  readonly beatEveryMs?: DurationMs;
  /** @default this machine */
  readonly sight?: ProcessSight;
}

interface Holder extends ProcessIdentity {
  readonly trustedForMs: DurationMs;
  /** Whether its file system has locks that keep others out. */
  readonly isLocked: boolean;
  /** Of the file, as the holder's kernel names it: the same name, the same locks. */
  readonly file: string;
}

/**
 * How long a file without content counts where it may be about to be written: the next that its maker does. Shorter
 * than anybody waits for a lock, so that one who was killed in between is waited for once.
 */
const UNWRITTEN_MS: DurationMs = 5_000;

/**
 * Makes a lease, for as long as this process lives.
 *
 * @returns undefined when there is a file of that name
 * @throws {Error} the system's, when it cannot be made
 */
export function takeLease(path: string, options: LeaseOptions): Lease | undefined {
  // Before there is a file that says nothing: it takes a program's start.
  const self = (options.sight ?? processSight).identifySelf();
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { createNew: true, read: true, write: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return undefined;
    throw error;
  }
  let timer: ReturnType<typeof setInterval> | undefined;
  const release = () => {
    clearInterval(timer);
    // First its name, so that nobody finds one that is free and about to go. Windows removes no file that is open.
    if (Deno.build.os === "windows") file.close();
    removeIfAny(path);
    if (Deno.build.os !== "windows") file.close();
  };
  try {
    const isLocked = lockOpenFile(file, path) === "ours";
    const { dev, ino } = file.statSync();
    const holder: Holder = {
      ...self,
      trustedForMs: options.trustedForMs,
      isLocked,
      file: `${dev}:${ino}`,
    };
    const bytes = new TextEncoder().encode(`${JSON.stringify({ version: 1, ...holder })}\n`);
    writeAll(file, bytes);
    if (options.beatEveryMs !== undefined) {
      // Written and not only touched: so the time is that of the file system's own clock.
      timer = setInterval(() => {
        try {
          file.seekSync(0, Deno.SeekMode.Start);
          writeAll(file, bytes);
        } catch (error) {
          // A disk that is away for a while: the next beat may reach it.
          if (!(error instanceof Error)) throw error;
        }
      }, options.beatEveryMs);
      Deno.unrefTimer(timer as unknown as number);
    }
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}

/** How to judge a lease. */
export interface JudgeOptions {
  /** @default this machine */
  readonly sight?: ProcessSight;
  /**
   * Whether leases are made under a lock that the one who asks holds: then nobody is just about to write one, and what
   * says nothing is of somebody who was killed while making it. @default false
   */
  readonly isMakingLocked?: boolean;
}

/** Whether the process that made a lease still lives, as far as can be told: in doubt it does. */
export function isLeaseAlive(path: string, { sight = processSight, isMakingLocked }: JudgeOptions = {}): boolean {
  const file = openIfAny(path);
  if (file === undefined) return false;
  if (file === "hidden") return isRecent(path, undefined);
  try {
    const lock = lockOpenFile(file, path);
    if (lock === "held") return true;
    const { dev, ino } = file.statSync();
    const holder = parseHolder(Deno.readTextFileSync(path));
    return holder === undefined
      ? !isMakingLocked && isRecent(path, UNWRITTEN_MS)
      : judge(holder, lock === "ours" && holder.isLocked && holder.file === `${dev}:${ino}`, sight) ??
        isRecent(path, holder.trustedForMs);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  } finally {
    file.close();
  }
}

/** Whether somebody is seen to hold it. Costs less than to judge it: nothing is asked of the system. */
export function isLeaseHeld(path: string): boolean {
  const file = openIfAny(path);
  if (file === undefined || file === "hidden") return false;
  try {
    return lockOpenFile(file, path) === "held";
  } finally {
    file.close();
  }
}

/**
 * @param isFree whether its lock would be seen on the kernel of its holder, and is not held
 * @returns undefined when it cannot be known
 */
function judge(holder: Holder, isFree: boolean, sight: ProcessSight): boolean | undefined {
  const self = sight.identifySelf();
  if (holder.boot === "" && self.boot === "") return isFree ? false : undefined;
  if (holder.boot !== "" && holder.boot === self.boot) {
    if (holder.namespace === self.namespace && holder.start !== "") return sight.startOf(holder.pid) === holder.start;
    return isFree ? false : undefined;
  }
  const isSameMachine = holder.machine !== "" && holder.machine === self.machine;
  return isSameMachine && holder.boot !== "" && self.boot !== "" ? false : undefined;
}

function parseHolder(text: string): Holder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { machine, boot, namespace, pid, start, trustedForMs, isLocked, file } = value as Record<string, unknown>;
  const isWhole = typeof machine === "string" && typeof boot === "string" && typeof namespace === "string" &&
    typeof pid === "number" && typeof start === "string" && typeof trustedForMs === "number" &&
    typeof isLocked === "boolean" && typeof file === "string";
  return isWhole ? { machine, boot, namespace, pid, start, trustedForMs, isLocked, file } : undefined;
}

/** How long a lease counts that only others may read: as long as any does. */
const HIDDEN_MS: DurationMs = 24 * 3_600_000;

function isRecent(path: string, trustedForMs: DurationMs = HIDDEN_MS): boolean {
  const beatAt = readFileStamp(path)?.mtimeMs;
  return beatAt !== undefined && clockOf(dirname(path)) - beatAt < trustedForMs;
}

/** What time it is for the file system of a directory: another machine may have made the times of its files. */
function clockOf(directory: string): EpochMs {
  const probe = join(directory, `.${crypto.randomUUID()}.clock`);
  try {
    using file = Deno.openSync(probe, { createNew: true, write: true });
    return file.statSync().mtime?.getTime() ?? Date.now();
  } catch (error) {
    if (error instanceof Error) return Date.now();
    throw error;
  } finally {
    removeIfAny(probe);
  }
}

function removeIfAny(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** `hidden`: there is one, and it is not ours to read. */
function openIfAny(path: string): Deno.FsFile | "hidden" | undefined {
  // Writing is what NFS wants of whoever asks for a lock.
  for (const write of [true, false]) {
    try {
      return Deno.openSync(path, { read: true, write });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      if (!(error instanceof Error)) throw error;
    }
  }
  return "hidden";
}

/**
 * Makes a lease over one whose holder is dead.
 *
 * @returns undefined when its holder lives, or another one was quicker
 */
export function takeOverLease(path: string, options: LeaseOptions): Lease | undefined {
  const taken = takeLease(path, options);
  if (taken !== undefined || isLeaseAlive(path, options)) return taken;
  // Moved and looked at again: in between another one may have taken it over.
  const aside = `${path}.${crypto.randomUUID()}.dead`;
  try {
    Deno.renameSync(path, aside);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (isLeaseAlive(aside, options) && readFileStamp(path) === undefined) {
    Deno.renameSync(aside, path);
    return undefined;
  }
  removeIfAny(aside);
  return takeLease(path, options);
}
