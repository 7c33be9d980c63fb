/**
 * Changing files so that a crash, a power cut or another process never meets a half-written one: one file replaced as
 * a whole, and the single durable steps of which longer changes are made (src/launch/placed/place_files.ts).
 *
 * Decides nothing about content, takes no lock, and repairs nothing.
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { AgentError } from "../core/errors.ts";
import { guardedReason } from "./permissions.ts";

/** Called with the name of a change right before it is made: where a test dies, to see whether that can be repaired. */
export type OnStep = (name: string) => void;

/** How a file is to be written. */
export interface WriteOptions {
  /** Permission bits of the result. @default those of the file that is there, else 0666 less the umask */
  readonly mode?: number;
  /** @default none */
  readonly onStep?: OnStep;
}

/** How a file that is not there yet is to be made. */
export interface NewFileOptions extends WriteOptions {
  /** Called when the file is there, before anything is in it. @default nothing is done */
  readonly onOpened?: () => void;
  /** Whose the file shall be, where the system allows it. @default the user's who runs this */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/**
 * Makes a file and waits until its content is on disk. That its name is too is for {@linkcode syncDirectory}.
 *
 * @throws {Error} EEXIST, when there is something of that name
 */
export function writeNewFile(path: string, content: string | Uint8Array, options: NewFileOptions = {}): void {
  const { mode, owner, onOpened, onStep } = options;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  onStep?.(`create ${basename(path)}`);
  // Nobody else may look into it before its permissions are settled.
  const file = openSync(path, "wx", mode === undefined ? 0o666 : 0o600);
  try {
    onOpened?.();
    onStep?.(`write ${basename(path)}`);
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    if (owner !== undefined) changeOwner(path, owner);
    // After the owner: changing that may take bits away.
    if (mode !== undefined) chmodSync(path, mode);
    onStep?.(`sync ${basename(path)}`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function changeOwner(path: string, owner: { readonly uid: number; readonly gid: number }): void {
  const { uid, gid } = statSync(path);
  if (uid === owner.uid && gid === owner.gid) return;
  try {
    chownSync(path, owner.uid, owner.gid);
  } catch (error) {
    // Only the superuser may give files away: then it becomes ours, as it does with most editors.
    if (!hasCode(error, "EPERM", "EACCES", "ENOSYS", "EINVAL")) throw error;
  }
}

/** Renames within a file system, over what has the new name, and waits until that is on disk. */
export function moveFile(from: string, to: string, onStep?: OnStep): void {
  onStep?.(`move ${basename(from)} to ${basename(to)}`);
  renameSync(from, to);
  onStep?.(`sync the folder of ${basename(to)}`);
  syncDirectory(dirname(to));
  if (dirname(from) !== dirname(to)) syncDirectory(dirname(from));
}

/** Waits until the names in a directory are on disk; where a system cannot do that, it returns at once. */
export function syncDirectory(path: string): void {
  let directory: number;
  try {
    directory = openSync(path, "r");
  } catch (error) {
    // Windows opens no directories; one that may be written but not read can be changed all the same.
    if (hasCode(error, "EISDIR", "EPERM", "EACCES", "EINVAL", "ENOENT")) return;
    throw error;
  }
  try {
    fsyncSync(directory);
  } catch (error) {
    if (!hasCode(error, "EINVAL", "EPERM", "EISDIR", "ENOTSUP", "EBADF")) throw error;
  } finally {
    closeSync(directory);
  }
}

/** @returns whether there was one */
export function removeFile(path: string): boolean {
  return unlessMissing(() => unlinkSync(path)) !== MISSING;
}

/** Removes a directory in which there is nothing. @returns whether it did */
export function removeEmptyDirectory(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    // ENOTDIR: a link to a directory took its place. EEXIST is how some systems say that it is not empty.
    if (hasCode(error, "ENOENT", "ENOTEMPTY", "EEXIST", "ENOTDIR", "EBUSY")) return false;
    throw error;
  }
}

/** @returns false when it was there */
export function makeOneDirectory(path: string, mode = 0o777): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST") && statSync(path).isDirectory()) return false;
    throw error;
  }
}

/** Undefined where there is nothing of that name; links are followed. */
export function readFileIfAny(path: string): Uint8Array | undefined {
  const bytes = unlessMissing(() => readFileSync(path));
  return bytes === MISSING ? undefined : bytes;
}

/**
 * As {@linkcode readFileIfAny}, of what may be replaced: a pipe would be waited for, and a device (a link to /dev/null)
 * be taken away from everybody.
 *
 * @throws {AgentError} failed, for what is no file
 */
export function readPlainFileIfAny(path: string): Uint8Array | undefined {
  checkIsFile(path, statIfAny(path));
  return readFileIfAny(path);
}

/** Refuses what is there and no file; nothing there is fine. @throws {AgentError} failed */
export function checkIsFile(path: string, stats: Stats | undefined): void {
  if (stats === undefined || stats.isFile()) return;
  throw new AgentError(
    "failed",
    `"${path}" is ${stats.isDirectory() ? "a directory" : "a device or pipe"}, and no file.`,
    {
      hint: "Move it away first. Nothing was changed.",
    },
  );
}

/** Names in a directory, sorted; undefined where there is none. */
export function listDirectoryIfAny(path: string): readonly string[] | undefined {
  const names = unlessMissing(() => readdirSync(path));
  return names === MISSING ? undefined : names.sort();
}

/** What is at a path itself: a link is not followed. */
export function kindOf(path: string): "file" | "directory" | "link" | "other" | "missing" {
  const stats = unlessMissing(() => lstatSync(path));
  if (stats === MISSING) return "missing";
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "link" : "other";
}

/** When a file was last written to, moved, or its owner changed, in milliseconds; 0 where there is none. */
export function changedAt(path: string): number {
  try {
    return statSync(path).ctimeMs;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return 0;
    throw error;
  }
}

/** Where a file really is, or would be. */
export interface ResolvedPath {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** Directories on the way to it that do not exist, outermost first. */
  readonly missingDirectories: readonly string[];
}

/**
 * Resolves the symbolic links in a path of which the last parts need not exist.
 *
 * @throws {AgentError} failed, for a link that leads nowhere: what it waits for may be a disk that is not mounted
 */
export function resolveRealPath(path: string): ResolvedPath {
  const real = unlessMissing(() => realPath(path));
  if (real !== MISSING) return { path: real, missingDirectories: [] };
  if (kindOf(path) === "link") {
    throw new AgentError("failed", `"${path}" is a symbolic link to "${readlinkSync(path)}", which does not exist.`, {
      hint: "Make what it leads to, or remove the link. Nothing was changed.",
    });
  }
  const parent = resolveRealPath(dirname(path));
  const parentIsMissing = kindOf(parent.path) === "missing";
  return {
    path: join(parent.path, basename(path)),
    missingDirectories: parentIsMissing ? [...parent.missingDirectories, parent.path] : [],
  };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!hasCode(error, "ELOOP")) throw error;
    throw new AgentError("failed", `"${path}" is a symbolic link that leads back to itself.`, {
      hint: "Remove the link. Nothing was changed.",
    });
  }
}

/** The path behind the links at a path, the last of which may lead to nothing yet. @throws {Error} the system's, for a loop of links */
export function followLinks(path: string): string {
  let current = resolve(path);
  // As many as Linux follows; more are taken for a loop there too.
  for (let links = 0; links < 40; links++) {
    if (kindOf(current) !== "link") return current;
    current = resolve(realpathSync(dirname(current)), readlinkSync(current));
  }
  throw new Error("too many symbolic links");
}

/** Undefined where there is nothing; links are followed. */
export function statIfAny(path: string): Stats | undefined {
  const stats = unlessMissing(() => statSync(path));
  return stats === MISSING ? undefined : stats;
}

const MISSING = Symbol("missing");

function unlessMissing<T>(body: () => T): T | typeof MISSING {
  try {
    return body();
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return MISSING;
    throw error;
  }
}

/** Whether an error is the system's, with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);
}

/** The system's own words for what went wrong, without the call and the path: "permission denied". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const guarded = guardedReason(error);
  if (guarded !== undefined) return guarded;
  const ofDeno = /^(.+?) \(os error \d+\)/.exec(error.message)?.[1];
  if (ofDeno !== undefined) return ofDeno.charAt(0).toLowerCase() + ofDeno.slice(1);
  return /^E[A-Z0-9]+: ([^,]+)/.exec(error.message)?.[1] ?? error.message.replace(/\.$/, "");
}
