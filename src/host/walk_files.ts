/**
 * Walking directories that may hold anything, to find the files that may be logs.
 *
 * Nothing here throws for what it merely passes by: what could not be looked at comes back as a Diagnostic. Without
 * node:fs, which takes as long to load as a warm scan.
 */
import type { Diagnostic, EpochMs } from "../core/model.ts";
import type { DirectoryListings, ListedName } from "./directory_listings.ts";
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

/** What not every walk is like. */
export interface WalkOptions {
  /** Directories that are not looked into, by their path below the root. @default none */
  skips?(relativePath: string): boolean;
  /** Whether a root that is a file is found as such, whatever its name is. @default it does not exist */
  readonly takesFile?: boolean;
}

const SEPARATOR = Deno.build.os === "windows" ? "\\" : "/";

/**
 * Finds the files below a directory whose path passes `matches`. Links to files and directories are followed; a
 * directory that is reached twice is walked once, so that loops end. Pipes, sockets and devices are never opened.
 *
 * @param listings What earlier walks kept of directories. Nothing is kept of those that hold links or problems
 */
export function walkFiles(
  root: string,
  matches: (relativePath: string) => boolean,
  listings?: DirectoryListings,
  { skips = () => false, takesFile = false }: WalkOptions = {},
): Walk {
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
    const start = path + SEPARATOR;
    const relativeStart = relativePath === "" ? "" : `${relativePath}/`;
    const look = isLinked ? undefined : listings?.look(path);
    const known = look && listings!.namesIn(path, look);
    if (known !== undefined) {
      walked.push(path);
      for (const { name, isDirectory } of known) {
        if (isDirectory) walkDirectory(start + name, relativeStart + name, false);
        else addEntry(start + name, relativeStart + name, false);
      }
      return;
    }
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
    const names: ListedName[] = [];
    let isPlain = true;
    for (const entry of entries) {
      const entryPath = start + entry.name;
      const entryRelative = relativeStart + entry.name;
      if (entry.isDirectory) {
        if (skips(entryRelative)) continue;
        if (matches(entryRelative)) {
          problems.push({ path: entryPath, message: "Not a file: a directory with the name of a log." });
          isPlain = false;
        }
        names.push(entry);
        walkDirectory(entryPath, entryRelative, isLinked);
      } else if (entry.isSymlink || matches(entryRelative)) {
        if (entry.isSymlink) {
          links.push([entryPath, entryRelative]);
          isPlain = false;
        } else {
          names.push(entry);
          addEntry(entryPath, entryRelative, false);
        }
      }
    }
    if (look !== undefined && isPlain) listings!.keep(path, look, names);
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
    if (stats.isDirectory) {
      if (!skips(relativePath)) walkDirectory(path, relativePath, true);
    } else if (isLink && !matches(relativePath)) return;
    else if (!stats.isFile) {
      problems.push({ path, message: "Not a regular file: a pipe, socket or device is never opened." });
    } else {
      // The same text, as a part of the path: with a hundred thousand files a sixth of what they take.
      files.push(describeFile(path, SEPARATOR === "/" ? path.slice(root.length + 1) : relativePath, stats));
    }
  };

  try {
    const stats = Deno.statSync(root);
    if (takesFile && stats.isFile) {
      files.push(describeFile(root, root.slice(root.lastIndexOf(SEPARATOR) + 1), stats));
      return { exists: true, files, problems };
    }
    if (!stats.isDirectory) return { exists: false, files, problems };
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

function describeFile(path: string, relativePath: string, { size, mtime, ctime, ino }: Deno.FileInfo): FoundFile {
  return {
    path,
    relativePath,
    size,
    mtimeMs: mtime?.getTime() ?? 0,
    ctimeMs: ctime?.getTime() ?? 0,
    inode: ino ?? 0,
    compressed: path.endsWith(".zst"),
  };
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
