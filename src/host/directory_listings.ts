/**
 * What directories held when they were last listed, so that one that has not changed since need not be listed again. A
 * directory changes whenever a name in it comes, goes or becomes another's, where the file system keeps such times
 * (keeps_directory_times.ts). What its files hold changes nothing of it: those are looked at as ever.
 */
import type { DurationMs, EpochMs } from "../core/model.ts";

/** A directory as it was before it was listed, and the names in it that a walk wants, see {@linkcode joinNames}. */
export type Listing = readonly [inode: number, mtimeMs: EpochMs, ctimeMs: EpochMs, names: string];

/** By path. */
export type Listings = Readonly<Record<string, Listing>>;

/** A name in a directory. */
export interface ListedName {
  readonly name: string;
  readonly isDirectory: boolean;
}

/**
 * Deno tells when something changed, by the disk's clock, in whole seconds, as some disks do in twos; and the system's
 * clock for files stands still for some milliseconds.
 */
const TIME_GRAIN_MS: DurationMs = 2_020;

/** How a directory is before it is listed. Undefined where nothing is to be kept of it. */
export type Look = readonly [inode: number, mtimeMs: EpochMs, ctimeMs: EpochMs] | undefined;

/** @param device See {@linkcode DirectoryListings} */
function lookAtDirectory(path: string, device: number): Look {
  let stats: Deno.FileInfo;
  try {
    stats = Deno.statSync(path);
  } catch (error) {
    // Who lists it says what is wrong.
    if (error instanceof Error) return undefined;
    throw error;
  }
  const { dev, ino, mtime, ctime } = stats;
  if (dev !== device || !ino || mtime === null || ctime === null) return undefined;
  return [ino, mtime.getTime(), ctime.getTime()];
}

/** What is known of the directories of one walk, and what it found. */
export class DirectoryListings {
  readonly #device: number;
  readonly #at: EpochMs;
  readonly #known: Listings;
  readonly #kept: Record<string, Listing> = {};
  #learned = 0;
  #isWhole = true;

  /**
   * @param device Number of the file system whose times are known to be kept: what lies on others is listed
   * @param at The clock's time before anything was looked at: what changed within the grain of its times before that may
   * change again without their showing it
   */
  constructor(device: number, at: EpochMs, known: Listings = {}) {
    this.#device = device;
    this.#at = at;
    this.#known = known;
  }

  /** How many of what is kept was not known. */
  get learned(): number {
    return this.#learned;
  }

  get kept(): Listings {
    return this.#kept;
  }

  /** Whether all that was walked is kept. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Something was walked of which nothing is to be kept. */
  leaveOut(): void {
    this.#isWhole = false;
  }

  look(path: string): Look {
    return lookAtDirectory(path, this.#device);
  }

  /** The names in it, where it is as it was. */
  namesIn(path: string, look: NonNullable<Look>): readonly ListedName[] | undefined {
    if (!Object.hasOwn(this.#known, path)) return undefined;
    const known = this.#known[path]!;
    if (known[0] !== look[0] || known[1] !== look[1] || known[2] !== look[2]) return undefined;
    this.#kept[path] = known;
    return splitNames(known[3]);
  }

  /** @param look How it was before it was listed */
  keep(path: string, look: NonNullable<Look>, names: readonly ListedName[]): void {
    if (Math.max(look[1], look[2]) >= this.#at - TIME_GRAIN_MS) return this.leaveOut();
    this.#kept[path] = [...look, joinNames(names)];
    this.#learned++;
  }
}

/** As one text: no name has a slash in it. Directories have one behind them. */
function joinNames(names: readonly ListedName[]): string {
  return names.map(({ name, isDirectory }) => isDirectory ? `${name}//` : `${name}/`).join("");
}

function splitNames(names: string): readonly ListedName[] {
  const listed: ListedName[] = [];
  for (let from = 0; from < names.length;) {
    const end = names.indexOf("/", from);
    const isDirectory = names.charCodeAt(end + 1) === SLASH;
    listed.push({ name: names.slice(from, end), isDirectory });
    from = end + (isDirectory ? 2 : 1);
  }
  return listed;
}

const SLASH = 0x2f;
