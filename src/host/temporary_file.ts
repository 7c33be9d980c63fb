/**
 * The file beside another one in which its next content is written, until it takes the other's name. It may hold a key, and
 * a writer that is killed leaves it: it is held locked while it is written, so that whoever writes to the same file next
 * can tell, and removes it.
 */
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { hasCode, removeFile } from "./atomic_file.ts";
import { lockOpenFile } from "./lock_open_file.ts";
import type { DurationMs, EpochMs } from "../core/model.ts";

/** One that is younger may be about to be locked. It is waited for: a writer that was killed right now leaves one, too. */
const YOUNG_MS: DurationMs = 50;
/** The same where files cannot be locked: no disk is waited for longer. */
const YOUNG_WITHOUT_LOCKS_MS: DurationMs = 60_000;

interface Clock {
  now(): EpochMs;
  /** Does nothing meanwhile. */
  wait(duration: DurationMs): void;
}

const MACHINE_CLOCK: Clock = {
  now: () => Date.now(),
  wait: (duration) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, duration),
};

/** A new name beside a file, which is absolute and no link. */
export function nameTemporaryFile(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.new`);
}

/** Holds one that was just made, until it is disposed of or the process ends. Never fails: it guards only from others. */
export function holdTemporaryFile(path: string): Disposable {
  let file: Deno.FsFile | undefined;
  try {
    file = Deno.openSync(path, { write: true });
    lockOpenFile(file, path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  return { [Symbol.dispose]: () => file?.close() };
}

/**
 * Removes what writers of a file left that were killed. What cannot be looked at or removed stays.
 *
 * @param target absolute, and no link
 * @param clock @default the machine's
 */
export function removeAbandonedFiles(target: string, { now, wait }: Clock = MACHINE_CLOCK): void {
  const start = `.${basename(target)}.`;
  let names: readonly string[];
  try {
    names = readdirSync(dirname(target));
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EACCES", "EPERM")) return;
    throw error;
  }
  for (const name of names) {
    if (!name.startsWith(start) || !/^[0-9a-f]{12}\.new$/.test(name.slice(start.length))) continue;
    const path = join(dirname(target), name);
    try {
      let left = untilAbandoned(path, now());
      if (left !== undefined && left > 0 && left <= YOUNG_MS) {
        // A clock of whole milliseconds may be one behind.
        wait(left + 1);
        left = untilAbandoned(path, now());
      }
      if (left === 0) removeFile(path);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
}

/** @returns how long until one that nobody holds counts as left behind; undefined for one that is held */
function untilAbandoned(path: string, now: number): DurationMs | undefined {
  using file = Deno.openSync(path, { write: true });
  const lock = lockOpenFile(file, path);
  if (lock === "held") return undefined;
  const age = Math.abs(now - (file.statSync().mtime?.getTime() ?? now));
  return Math.max(0, (lock === "none" ? YOUNG_WITHOUT_LOCKS_MS : YOUNG_MS) - age);
}
