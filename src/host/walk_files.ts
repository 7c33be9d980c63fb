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
  options: WalkOptions = {},
): Walk {
  const { takesFile = false } = options;
  const walk = new Walking(root, matches, listings, options);
  const { files, problems } = walk;
  try {
    const stats = Deno.statSync(root);
    if (takesFile && stats.isFile) {
      listings?.leaveOut();
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
  walk.walkAll();
  return { exists: true, files, problems };
}

/** What a walk has found so far, and what is left to be looked at. */
class Walking {
  readonly files: FoundFile[] = [];
  readonly problems: Diagnostic[] = [];
  readonly #root: string;
  readonly #matches: (relativePath: string) => boolean;
  readonly #listings: DirectoryListings | undefined;
  readonly #skips: NonNullable<WalkOptions["skips"]>;
  readonly #links: [path: string, relativePath: string][] = [];
  /** Directories as they were walked, until a link asks where they really are. */
  readonly #walked: string[] = [];
  #walkedReally: Set<string> | undefined;

  constructor(
    root: string,
    matches: (relativePath: string) => boolean,
    listings: DirectoryListings | undefined,
    { skips = () => false }: WalkOptions,
  ) {
    this.#root = root;
    this.#matches = matches;
    this.#listings = listings;
    this.#skips = skips;
  }

  walkAll(): void {
    this.#walkDirectory(this.#root, "", false);
    // After all that needs no link to be found: it keeps its own name.
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) this.#addEntry(...link, true);
  }

  /** Whether a directory that a link leads to, or lies below one, is walked for the first time. */
  #isNew(path: string): boolean {
    this.#walkedReally ??= new Set(this.#walked.map((directory) => Deno.realPathSync(directory)));
    const real = Deno.realPathSync(path);
    if (this.#walkedReally.has(real)) return false;
    this.#walkedReally.add(real);
    return true;
  }

  #walkDirectory(path: string, relativePath: string, isLinked: boolean): void {
    const start = path + SEPARATOR;
    const relativeStart = relativePath === "" ? "" : `${relativePath}/`;
    const look = isLinked ? undefined : this.#listings?.look(path);
    const known = look && this.#listings!.namesIn(path, look);
    if (known !== undefined) {
      this.#walked.push(path);
      for (const { name, isDirectory } of known) {
        if (isDirectory) this.#walkDirectory(start + name, relativeStart + name, false);
        else this.#addEntry(start + name, relativeStart + name, false);
      }
      return;
    }
    let entries: Iterable<Deno.DirEntry>;
    try {
      // Only a link can lead to the same directory twice.
      if (isLinked && !this.#isNew(path)) return;
      if (!isLinked) this.#walked.push(path);
      entries = Deno.readDirSync(path);
    } catch (error) {
      if (!hasVanished(error)) this.problems.push({ path, message: `Cannot be read: ${reasonOf(error)}` });
      this.#listings?.leaveOut();
      return;
    }
    const names: ListedName[] = [];
    let isPlain = true;
    for (const entry of entries) {
      const entryPath = start + entry.name;
      const entryRelative = relativeStart + entry.name;
      if (entry.isDirectory) {
        if (this.#skips(entryRelative)) continue;
        if (this.#matches(entryRelative)) {
          this.problems.push({ path: entryPath, message: "Not a file: a directory with the name of a log." });
          isPlain = false;
        }
        names.push(entry);
        this.#walkDirectory(entryPath, entryRelative, isLinked);
      } else if (entry.isSymlink) {
        this.#links.push([entryPath, entryRelative]);
        isPlain = false;
      } else if (this.#matches(entryRelative)) {
        names.push(entry);
        this.#addEntry(entryPath, entryRelative, false);
      }
    }
    if (look !== undefined && isPlain) this.#listings!.keep(path, look, names);
    else this.#listings?.leaveOut();
  }

  #addEntry(path: string, relativePath: string, isLink: boolean): void {
    let stats: Deno.FileInfo;
    try {
      stats = Deno.statSync(path);
    } catch (error) {
      // A file that vanished between listing and looking is no problem; a link that leads nowhere is one.
      if (!isLink && hasVanished(error)) return;
      if (this.#matches(relativePath)) this.problems.push({ path, message: `Cannot be read: ${reasonOf(error)}` });
      return;
    }
    if (stats.isDirectory) {
      if (!this.#skips(relativePath)) this.#walkDirectory(path, relativePath, true);
    } else if (isLink && !this.#matches(relativePath)) return;
    else if (!stats.isFile) {
      this.problems.push({ path, message: "Not a regular file: a pipe, socket or device is never opened." });
    } else {
      // The same text, as a part of the path: with a hundred thousand files a sixth of what they take.
      this.files.push(
        describeFile(path, SEPARATOR === "/" ? path.slice(this.#root.length + 1) : relativePath, stats),
      );
    }
  }
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
