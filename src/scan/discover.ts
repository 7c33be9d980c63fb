/** Finds every log of every source: roots, overrides, extra roots; each file once. */
import { resolve } from "../host/paths.ts";
import type { Diagnostic, DurationMs, EpochMs } from "../core/model.ts";
import { type FoundFile, walkFiles } from "../host/files.ts";
import type { LogPlaces, SourceEnvironment } from "./source.ts";

/** A directory that was looked at. */
export interface Root {
  readonly source: string;
  readonly path: string;
  readonly exists: boolean;
  readonly files: number;
  readonly bytes: number;
}

/** A directory that the user named for a source. */
export interface ExtraRoot {
  readonly source: string;
  readonly path: string;
}

export interface Discovery {
  readonly files: readonly { readonly source: LogPlaces; readonly file: FoundFile }[];
  readonly roots: readonly Root[];
  /** Directories and files that could not be looked at. */
  readonly problems: readonly Diagnostic[];
}

/** @param at The clock's time before anything was looked at. @default all that is found was written long before */
export function discoverLogs(
  sources: readonly LogPlaces[],
  environment: SourceEnvironment,
  extraRoots: readonly ExtraRoot[],
  at: EpochMs = Infinity,
): Discovery {
  const files: { source: LogPlaces; file: FoundFile }[] = [];
  const roots: Root[] = [];
  const problems: Diagnostic[] = [];
  const isFirst = makeIsFirst();
  for (const source of sources) {
    const paths = [
      ...source.roots(environment),
      ...extraRoots.filter((extra) => extra.source === source.id).map(({ path }) => resolve(environment.cwd, path)),
    ];
    for (const path of new Set(paths)) {
      const walk = walkFiles(path, (relativePath) => source.matches(relativePath));
      let count = 0;
      let bytes = 0;
      for (const file of walk.files) {
        // Roots may lie within each other or be links to one another; the first one keeps the file.
        if (!isFirst(file)) continue;
        files.push({ source, file: isSettled(file, at) ? file : { ...file, ctimeMs: -at } });
        count++;
        bytes += file.size;
      }
      roots.push({ source: source.id, path, exists: walk.exists, files: count, bytes });
      problems.push(...walk.problems);
    }
  }
  return { files: withoutCompressedCopies(files), roots, problems };
}

/** Deno tells when a file changed, by the disk's clock, in whole seconds, as some disks do in twos. */
const TIME_GRAIN_MS: DurationMs = 2_000;
/** The system's clock for files stands still for some milliseconds. */
const CLOCK_GRAIN_MS: DurationMs = 20;
/** The clock of a disk elsewhere may be ahead, and that of this machine have been. */
const CLOCK_AHEAD_MS: DurationMs = 24 * 3_600_000;

/**
 * Whether a file that changes from now on will have another time. One that was written within the grain of its times
 * before it is read may be written again with the same size and the same times (what git calls racily clean): its time of
 * change is then one that no other scan finds, so that it is read again.
 */
function isSettled({ ctimeMs, mtimeMs }: FoundFile, at: EpochMs): boolean {
  const changedAt = ctimeMs === 0 ? mtimeMs : ctimeMs;
  return changedAt < at - TIME_GRAIN_MS - CLOCK_GRAIN_MS || changedAt > at + CLOCK_AHEAD_MS;
}

/**
 * Tells whether a file is met for the first time, whatever its name. Inodes are unique on one disk only: files that
 * share one are the same when size and time agree, too. Where the system has no inodes, paths tell.
 */
export function makeIsFirst(): (file: FoundFile) => boolean {
  const seen = new Map<number | string, FoundFile[]>();
  return (file) => {
    const { path, inode, size, mtimeMs } = file;
    const key = inode === 0 ? path : inode;
    const alike = seen.get(key);
    if (alike === undefined) seen.set(key, [file]);
    else if (inode === 0 || alike.some((other) => other.size === size && other.mtimeMs === mtimeMs)) return false;
    else alike.push(file);
    return true;
  };
}

/** While a log is being compressed both forms exist: the plain one is the one in use. */
function withoutCompressedCopies<T extends { readonly file: FoundFile }>(files: readonly T[]): readonly T[] {
  if (!files.some(({ file }) => file.compressed)) return files;
  const plain = new Set(files.map(({ file }) => file.path));
  return files.filter(({ file }) => !(file.path.endsWith(".zst") && plain.has(file.path.slice(0, -".zst".length))));
}
