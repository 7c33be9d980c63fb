/**
 * Files as the scan needs them: walking directories that may hold anything, and reading without trusting sizes.
 *
 * Nothing here throws for what it merely passes by: what could not be looked at comes back as a Diagnostic. Without
 * node:fs, which takes as long to load as a warm scan.
 */
import type { Diagnostic, DurationMs, EpochMs } from "../core/model.ts";
import { dirname } from "./paths.ts";
import { guardedReason } from "./permissions.ts";

/** A regular file, and what tells whether it changed since. */
export interface FoundFile {
  /** Absolute; symbolic links in the directories above it are kept as they were named. */
  readonly path: string;
  /** Below the root, with `/` between its parts. */
  readonly relativePath: string;
  readonly size: number;
  readonly mtimeMs: EpochMs;
  readonly ctimeMs: EpochMs;
  /** Zero where the system has none. */
  readonly inode: number;
  /** Whether its content is compressed with zstd, by its name. */
  readonly compressed: boolean;
}

/** What was found below a directory. */
export interface Walk {
  readonly exists: boolean;
  readonly files: readonly FoundFile[];
  readonly problems: readonly Diagnostic[];
}

const SEPARATOR = Deno.build.os === "windows" ? "\\" : "/";

/**
 * Finds the files below a directory whose path passes `matches`. Links to files and directories are followed; a
 * directory that is reached twice is walked once, so that loops end. Pipes, sockets and devices are never opened.
 */
export function walkFiles(root: string, matches: (relativePath: string) => boolean): Walk {
  const files: FoundFile[] = [];
  const problems: Diagnostic[] = [];
  const links: [path: string, relativePath: string][] = [];
  /** Directories as they were walked, until a link asks where they really are. */
  const walked: string[] = [];
  let walkedReally: Set<string> | undefined;

  /** Whether a directory that a link leads to, or lies below one, is walked for the first time. */
  const isNew = (path: string): boolean => {
    walkedReally ??= new Set(walked.map((directory) => Deno.realPathSync(directory)));
    const real = Deno.realPathSync(path);
    if (walkedReally.has(real)) return false;
    walkedReally.add(real);
    return true;
  };
  const walkDirectory = (path: string, relativePath: string, isLinked: boolean): void => {
    let entries: Iterable<Deno.DirEntry>;
    try {
      // Only a link can lead to the same directory twice.
      if (isLinked && !isNew(path)) return;
      if (!isLinked) walked.push(path);
      entries = Deno.readDirSync(path);
    } catch (error) {
      if (!hasVanished(error)) problems.push({ path, message: `Cannot be read: ${reasonOf(error)}` });
      return;
    }
    // Joined to every name below: once here, rather than in pieces for each.
    const start = path + SEPARATOR;
    const relativeStart = relativePath === "" ? "" : `${relativePath}/`;
    for (const entry of entries) {
      const entryPath = start + entry.name;
      const entryRelative = relativeStart + entry.name;
      if (entry.isDirectory) {
        if (matches(entryRelative)) {
          problems.push({ path: entryPath, message: "Not a file: a directory with the name of a log." });
        }
        walkDirectory(entryPath, entryRelative, isLinked);
      } else if (entry.isSymlink || matches(entryRelative)) {
        if (entry.isSymlink) links.push([entryPath, entryRelative]);
        else addEntry(entryPath, entryRelative, false);
      }
    }
  };
  const addEntry = (path: string, relativePath: string, isLink: boolean): void => {
    let stats: Deno.FileInfo;
    try {
      stats = Deno.statSync(path);
    } catch (error) {
      // A file that vanished between listing and looking is no problem; a link that leads nowhere is one.
      if (!isLink && hasVanished(error)) return;
      if (matches(relativePath)) problems.push({ path, message: `Cannot be read: ${reasonOf(error)}` });
      return;
    }
    if (stats.isDirectory) walkDirectory(path, relativePath, true);
    else if (isLink && !matches(relativePath)) return;
    else if (!stats.isFile) {
      problems.push({ path, message: "Not a regular file: a pipe, socket or device is never opened." });
    } else {
      files.push({
        path,
        // The same text, as a part of the path: with a hundred thousand files a sixth of what they take.
        relativePath: SEPARATOR === "/" ? path.slice(root.length + 1) : relativePath,
        size: stats.size,
        mtimeMs: stats.mtime?.getTime() ?? 0,
        ctimeMs: stats.ctime?.getTime() ?? 0,
        inode: stats.ino ?? 0,
        compressed: path.endsWith(".zst"),
      });
    }
  };

  try {
    if (!Deno.statSync(root).isDirectory) return { exists: false, files, problems };
  } catch (error) {
    // Below a file there is nothing either.
    if (hasVanished(error) || error instanceof Deno.errors.NotADirectory) return { exists: false, files, problems };
    // A loop of links, or a directory above that may not be entered.
    return { exists: true, files, problems: [{ path: root, message: `Cannot be read: ${reasonOf(error)}` }] };
  }
  walkDirectory(root, "", false);
  // After all that needs no link to be found: it keeps its own name.
  for (let link = links.shift(); link !== undefined; link = links.shift()) addEntry(...link, true);
  return { exists: true, files, problems };
}

function hasVanished(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound;
}

/** The system's own words, without the number of the error and the call: `Not a directory (os error 20): readdir '/x'`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const guarded = guardedReason(error);
  if (guarded !== undefined) return guarded;
  const [reason = ""] = error.message.split(/ \(os error \d+\)/);
  return reason.charAt(0).toLowerCase() + reason.slice(1);
}

/** Undefined when there is no such file, or it cannot be read. */
export function readTextFileIfAny(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Error && ("code" in error || guardedReason(error) !== undefined)) return undefined;
    throw error;
  }
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

/** Whether there is something that is no regular file; links are followed. */
export function isOtherThanFile(path: string): boolean {
  try {
    return !Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

export type FileMark = Pick<FoundFile, "inode" | "size" | "mtimeMs" | "ctimeMs">;

/** Writes a file that nobody else can read. @returns false where it cannot be written */
export function tryWritePrivateFile(path: string, text: string): boolean {
  try {
    Deno.writeTextFileSync(path, text, { mode: 0o600 });
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
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = file.readSync(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  });
}
