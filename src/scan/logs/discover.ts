/**
 * Finds every log of every source: roots, overrides, extra roots; each file once, as a log of the tool whose records it
 * holds.
 */
import type { ExtraRoot } from "../../core/extra_root.ts";
import { folderKey } from "../../core/folder.ts";
import type { Diagnostic, EpochMs } from "../../core/model.ts";
import type { DirectoryListings } from "../../host/directory_listings.ts";
import type { FileFigures } from "../../host/file_figures.ts";
import { type FoundFile, walkFiles } from "../../host/walk_files.ts";
import { type FoundDatabase, gatherLogs, hasLinesAlone } from "./gather_logs.ts";
import { findOwner } from "./log_owner.ts";
import type { FoundLog } from "./log_reader.ts";
import { isSettled } from "./is_settled.ts";
import { listPlaces, type LogPlace, nameWalk } from "./list_places.ts";
import type { LoggedAgent } from "../../agents/agent.ts";
import { matchesAny } from "../../agents/log_store.ts";
import type { Machine } from "../../core/machine.ts";

/** A directory that was looked at. */
export interface Root {
  readonly source: string;
  readonly path: string;
  readonly exists: boolean;
  readonly files: number;
  readonly bytes: number;
}

/** All logs that there are, and where was looked for them. */
export interface Discovery {
  readonly files: readonly { readonly source: LoggedAgent; readonly file: FoundLog }[];
  /** Databases whose logs are still to be asked for, see tables/list_parts.ts. @default none */
  readonly databases?: readonly FoundDatabase[];
  readonly roots: readonly Root[];
  /** Directories and files that could not be looked at. */
  readonly problems: readonly Diagnostic[];
  /**
   * Whether every file is a log by its own name, as which it was met once: then it is so for as long as the same directories
   * hold the same names, whatever the files hold. @default false
   */
  readonly isPlain?: boolean;
  /**
   * The files as the index keeps them (index/tables/stamp.ts), for who would make an object of each to find out the same.
   *
   * @default it is made of them
   */
  readonly list?: { readonly names: string; readonly figures: FileFigures };
  /** The one of {@linkcode files} that has a path. @default they are looked through */
  find?(path: string): Discovery["files"][number] | undefined;
}

/** A file where a source's logs are. */
interface Claim {
  readonly source: LoggedAgent;
  readonly file: FoundFile;
  /** Place of the root among all. */
  readonly root: number;
}

/** A file, and all tools that may have written it. */
interface ClaimedFile extends Claim {
  /** Of other tools, one each. */
  rivals?: Claim[];
}

/** What is known of directories that were listed before, by a name for each walk. */
export interface KnownListings {
  of(walk: string): DirectoryListings | undefined;
}

/** How logs are looked for. */
export interface DiscoverOptions {
  /** The clock's time before anything was looked at. @default all that is found was written long before */
  readonly at?: EpochMs;
  readonly listings?: KnownListings;
  /** Called for each file that may be a log, while others are still looked for. */
  readonly onFound?: (file: FoundFile) => void;
  /** Where to look. @default {@linkcode listPlaces} */
  readonly places?: readonly LogPlace[];
}

/** @param extraRoots With those of agents */
export function discoverLogs(
  sources: readonly LoggedAgent[],
  machine: Machine,
  extraRoots: readonly ExtraRoot[],
  { at = Infinity, listings, onFound, places = listPlaces(sources, machine, extraRoots) }: DiscoverOptions = {},
): Discovery {
  const claimed: ClaimedFile[] = [];
  const problems: Diagnostic[] = [];
  let isPlain = true;
  const findSame = makeFindSame<ClaimedFile>(hasOverlap(places.map(({ path }) => path)));
  const found = places.map((place, root) => {
    const { source, path } = place;
    if (!place.isPossible) return { exists: false, files: 0, bytes: 0 };
    const known = listings?.of(nameWalk(place));
    const walk = walkFiles(path, (relativePath) => matchesAny(source.logs, relativePath), known, {
      skips: source.logs.skips,
      // A database is named by its own path.
      takesFile: source.logs.stores[0].form === "tables",
    });
    for (const walked of walk.files) {
      onFound?.(walked);
      const file = isSettled(walked.ctimeMs, walked.mtimeMs, at) ? walked : { ...walked, ctimeMs: -at };
      const claim: ClaimedFile = { source, file, root };
      // Roots may lie within each other or be links to one another: of one tool the first keeps the file.
      const first = findSame(file, claim);
      if (first !== undefined) isPlain = false;
      if (first === undefined) claimed.push(claim);
      else if (first.source !== source && !first.rivals?.some((rival) => rival.source === source)) {
        (first.rivals ??= []).push(claim);
      }
    }
    problems.push(...walk.problems);
    return { exists: walk.exists, files: 0, bytes: 0 };
  });
  const settled = withoutCompressedCopies(claimed.map((claim) => {
    const settled = settleClaim(claim, places[claim.root]!.isOwn ? sources : []);
    if (settled !== claim || claim.file.compressed) isPlain = false;
    return settled;
  }));
  for (const { file, root } of settled) {
    found[root]!.files++;
    found[root]!.bytes += file.size;
  }
  // Mostly each file is a log.
  const others = sources.every(hasLinesAlone) ? [] : settled.filter(({ source }) => !hasLinesAlone(source));
  const gathered = others.length === 0 ? undefined : gatherLogs(others);
  return {
    files: gathered === undefined
      ? settled
      : [...settled.filter(({ source }) => hasLinesAlone(source)), ...gathered.logs],
    ...(gathered === undefined || gathered.databases.length === 0 ? {} : { databases: gathered.databases }),
    roots: places.map(({ source, path }, root) => ({ source: source.id, path, ...found[root]! })),
    problems: withoutRepeats(problems),
    isPlain: isPlain && gathered === undefined && problems.length === 0,
  };
}

/**
 * A file is of the tool whose records it holds. Only its beginning tells, and it is read where more than one tool may have
 * written it: two are looked for there, or it lies among one's logs under a name that another gives.
 *
 * @param sources Which may be there without being looked for: of a directory that somebody named for a tool, none
 */
function settleClaim(claim: ClaimedFile, sources: readonly LoggedAgent[]): Claim {
  const { file, source, rivals } = claim;
  const name = nameOf(file);
  const named = source.logs.isOwnName(name) ? source : sources.find((other) => mayLieHere(other, file, name)) ?? source;
  if (rivals === undefined && named === source) return claim;
  const claims: readonly Claim[] = [claim, ...rivals ?? []];
  const claimants = new Set([...claims.map(({ source }) => source), named]);
  const owner = findOwner(file.path, file.size, [...claimants]);
  if (owner === undefined) return claims.find(({ source, file }) => source.logs.isOwnName(nameOf(file))) ?? claim;
  return claims.find(({ source }) => source === owner) ?? { ...claim, source: owner };
}

/** Whether a file among another tool's logs has the name and place that one of its own might have. */
function mayLieHere({ logs }: LoggedAgent, { relativePath }: FoundFile, name: string): boolean {
  return logs.isOwnName(name) && (relativePath === name || matchesAny(logs, relativePath));
}

function nameOf({ relativePath }: FoundFile): string {
  return relativePath.slice(relativePath.lastIndexOf("/") + 1);
}

/** Whether a path may be met below two of these directories without any link. Of forty each two would take milliseconds. */
function hasOverlap(paths: readonly string[]): boolean {
  const keys = paths.map(folderKey);
  const known = new Set(keys);
  return known.size < keys.length || keys.some((key) => {
    for (let end = lastSeparator(key, key.length - 1); end >= 0; end = lastSeparator(key, end - 1)) {
      // The root of a disk ends with its separator.
      if (end < key.length - 1 && (known.has(key.slice(0, end)) || known.has(key.slice(0, end + 1)))) return true;
      if (end === 0) return false;
    }
    return false;
  });
}

function lastSeparator(path: string, from: number): number {
  return Math.max(path.lastIndexOf("/", from), path.lastIndexOf("\\", from));
}

/**
 * Finds what was given with a file when it was met before, whatever its name was; undefined for the first time. Inodes are
 * unique on one disk only: files that share one are the same when size and time agree, too, or the path. Where the system
 * has no inodes, paths tell.
 *
 * @param byPath Also by its path where it has another inode, as a file that is replaced meanwhile
 */
export function makeFindSame<T>(byPath: boolean): (file: FoundFile, value: T) => T | undefined {
  const seen = new Map<number | string, { readonly file: FoundFile; readonly value: T }[]>();
  const paths = byPath ? new Map<string, T>() : undefined;
  return (file, value) => {
    const { path, inode, size, mtimeMs } = file;
    const known = paths?.get(path);
    if (known !== undefined) return known;
    const key = inode === 0 ? path : inode;
    const alike = seen.get(key);
    const same = inode === 0
      ? alike?.[0]
      : alike?.find(({ file }) => file.path === path || (file.size === size && file.mtimeMs === mtimeMs));
    if (same !== undefined) return same.value;
    paths?.set(path, value);
    if (alike === undefined) seen.set(key, [{ file, value }]);
    else alike.push({ file, value });
    return undefined;
  };
}

/** Two tools' directories may be one. */
function withoutRepeats(problems: readonly Diagnostic[]): Diagnostic[] {
  const said = new Set<string>();
  return problems.filter(({ path, message }) => said.size < said.add(`${path}\0${message}`).size);
}

/** While a log is being compressed both forms exist: the plain one is the one in use. */
function withoutCompressedCopies<T extends { readonly file: FoundFile }>(files: readonly T[]): readonly T[] {
  if (!files.some(({ file }) => file.compressed)) return files;
  const plain = new Set(files.map(({ file }) => file.path));
  return files.filter(({ file }) => !(file.path.endsWith(".zst") && plain.has(file.path.slice(0, -".zst".length))));
}
