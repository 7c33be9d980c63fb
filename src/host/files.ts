/**
 * Single files and directories, as every command needs them: looking at them, reading them in pieces, and making private
 * ones. What may be missing is no error. Without node:fs, which takes as long to load as a warm scan.
 */
import type { DurationMs } from "../core/model.ts";
import { dirname } from "./paths.ts";
import { guardedReason } from "./permissions.ts";
import type { FoundFile } from "./walk_files.ts";

const SEPARATOR = Deno.build.os === "windows" ? "\\" : "/";

/**
 * Of a file that lies where we look for it. Undefined when there is no such file, or it cannot be read: a pipe is waited for
 * as long as nobody writes to it.
 *
 * @param mostBytes no more than these from its beginning are read @default all
 */
export function readTextFileIfAny(path: string, mostBytes?: number): string | undefined {
  return unlessMissing(() => Deno.statSync(path).isFifo ? undefined : readNamedFileIfAny(path, mostBytes));
}

/**
 * Of a file that somebody named for us to read, who means a pipe as well: `--csv <(zcat activity.csv.gz)`. It is read to its
 * end, or that of `mostBytes`. Undefined when there is none, or it cannot be read.
 *
 * @param mostBytes no more than these from its beginning are read @default all
 */
export function readNamedFileIfAny(path: string, mostBytes?: number): string | undefined {
  return unlessMissing(() =>
    mostBytes === undefined ? Deno.readTextFileSync(path) : new TextDecoder().decode(readStart(path, mostBytes))
  );
}

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && ("code" in error || guardedReason(error) !== undefined)) return undefined;
    throw error;
  }
}

/** Its bytes, which are the caller's, in memory that begins with them. Undefined as for {@linkcode readTextFileIfAny}. */
export function readBytesIfAny(path: string): Uint8Array<ArrayBuffer> | undefined {
  return unlessMissing(() => Deno.statSync(path).isFifo ? undefined : Deno.readFileSync(path));
}

/** Names of what is in a directory, in no order; none when it cannot be read. */
export function listNames(path: string): readonly string[] {
  try {
    return Array.from(Deno.readDirSync(path), ({ name }) => name);
  } catch (error) {
    if (error instanceof Error && ("code" in error || guardedReason(error) !== undefined)) return [];
    throw error;
  }
}

/** Undefined when there is no such regular file, it is larger, or it cannot be read. */
export function readTextOfSmallFile(path: string, mostBytes: number): string | undefined {
  const mark = fileMark(path);
  return mark !== undefined && mark.size <= mostBytes ? readTextFileIfAny(path) : undefined;
}

/**
 * Makes a directory, and what is missing above it, that nobody else can look into, whatever the umask. One that is there
 * stays as it is.
 */
export function makePrivateDirectory(path: string): void {
  try {
    // One that may not even be looked at is there, too: whoever uses it says so.
    if (Deno.statSync(path).isDirectory) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const parent = dirname(path);
    if (parent !== path) makePrivateDirectory(parent);
  }
  try {
    Deno.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Somebody else was quicker.
    if (error instanceof Deno.errors.AlreadyExists && Deno.statSync(path).isDirectory) return;
    throw error;
  }
  if (Deno.build.os !== "windows") Deno.chmodSync(path, 0o700);
}

/** Makes an empty file that nobody else can read, unless there is one by that name; whatever the umask. */
export function makePrivateFileIfMissing(path: string): void {
  try {
    Deno.openSync(path, { createNew: true, write: true, mode: 0o600 }).close();
    if (Deno.build.os !== "windows") Deno.chmodSync(path, 0o600);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Removes a file, if there is one. @throws {Error} the system's, when it cannot be removed */
export function removeFileIfAny(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Gives a file another name. @throws {Error} the system's, when it cannot have it */
export function renameFile(from: string, to: string): void {
  Deno.renameSync(from, to);
}

/** Has nobody else read a file that is there, whoever could until now. @throws {Error} the system's */
export function makeFilePrivate(path: string): void {
  if (Deno.build.os !== "windows" && ((Deno.statSync(path).mode ?? 0) & 0o077) !== 0) Deno.chmodSync(path, 0o600);
}

/** @returns false where it cannot be removed, such as a file that another process holds on Windows */
export function tryRemoveFile(path: string): boolean {
  try {
    removeFileIfAny(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

/** The files of a directory, and how long ago they were last written. None where it cannot be looked into. */
export function listFileAges(directory: string): readonly { readonly name: string; readonly ageMs: DurationMs }[] {
  const now = Date.now();
  try {
    return [...Deno.readDirSync(directory)].filter(({ isFile }) => isFile).map(({ name }) => ({
      name,
      ageMs: now - (Deno.statSync(directory + SEPARATOR + name).mtime?.getTime() ?? now),
    }));
  } catch (error) {
    // Also a file that went away meanwhile: whoever asks is tidying up, and does it the next time.
    if (error instanceof Error && "code" in error) return [];
    throw error;
  }
}

/** Whether there is anything by that name, or something that cannot be looked at. */
export function fileExists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

/** Whether there is something that can be looked at; links are followed. */
export function isThere(path: string): boolean {
  return fileStamp(path) !== null;
}

/** In bytes; undefined where there is no such file. */
export function fileSize(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Changes whenever the file does; null when there is none that can be looked at. */
export function fileStamp(path: string): readonly [mtimeMs: number, size: number] | null {
  try {
    const { mtime, size } = Deno.statSync(path);
    return [mtime?.getTime() ?? 0, size];
  } catch {
    return null;
  }
}

/** What tells whether a regular file changed. */
export type FileMark = Pick<FoundFile, "inode" | "size" | "mtimeMs" | "ctimeMs">;

/** Changes whenever a regular file does, as far as the system says so; undefined where there is none to be looked at. */
export function fileMark(path: string): FileMark | undefined {
  try {
    const { isFile, ino, size, mtime, ctime } = Deno.statSync(path);
    return isFile
      ? { inode: ino ?? 0, size, mtimeMs: mtime?.getTime() ?? 0, ctimeMs: ctime?.getTime() ?? 0 }
      : undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

/** Number of the file system that a file or directory is on; undefined where that cannot be told. */
export function deviceOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).dev || undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Whether there is something that is no regular file; links are followed. */
export function isOtherThanFile(path: string): boolean {
  try {
    return !Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

/** Writes a file that nobody else can read. @returns false where it cannot be written */
export function tryWritePrivateFile(path: string, content: string | Uint8Array): boolean {
  try {
    if (typeof content === "string") Deno.writeTextFileSync(path, content, { mode: 0o600 });
    else Deno.writeFileSync(path, content, { mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

/** An open file, read in pieces into the caller's buffer. */
export interface ByteSource {
  /** @returns how many bytes were put at the start of `buffer`; 0 at the end */
  read(buffer: Uint8Array): number;
  close(): void;
}

/** @throws {Error} when it cannot be opened */
export function openFile(path: string, offset: number): ByteSource {
  const file = Deno.openSync(path);
  try {
    if (offset > 0) file.seekSync(offset, Deno.SeekMode.Start);
  } catch (error) {
    file.close();
    throw error;
  }
  return { read: (buffer) => file.readSync(buffer) ?? 0, close: () => file.close() };
}

/**
 * Reads pieces of one length at several offsets; what lies behind the end is missing from them.
 *
 * @throws {Error} when the file cannot be opened
 */
export function readPieces(path: string, offsets: readonly number[], length: number): readonly Uint8Array[] {
  using file = Deno.openSync(path);
  return offsets.map((offset) => {
    file.seekSync(offset, Deno.SeekMode.Start);
    return readOn(file, length);
  });
}

/** Nothing is looked for in it, so that it may be a pipe. */
function readStart(path: string, length: number): Uint8Array {
  using file = Deno.openSync(path);
  return readOn(file, length);
}

function readOn(file: Deno.FsFile, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
