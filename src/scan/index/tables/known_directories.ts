/**
 * The listings of directories that the next scan need not make again, in a file beside the index. It belongs to no state
 * of the index: it says what directories held at a time that each of them names. A file that is old, broken or not there
 * costs listing them, and nothing else.
 *
 * It has two parts. The first alone is read by a scan for which nothing changed: which directories have to be as they were
 * for logs to be those that the index has by their names ({@linkcode KnownLogs}). The second has the names in each.
 */
import type { EpochMs } from "../../../core/model.ts";
import { deviceOf, fileMark, isOtherThanFile, readPieces, tryWritePrivateFile } from "../../../host/files.ts";
import { guardedReason } from "../../../host/permissions.ts";
import { DirectoryListings, type Listings } from "../../../host/directory_listings.ts";
import { sealRow } from "./seal_row.ts";

/** Raised with every change of the file. */
const VERSION = 2;

/** Of fewer the listing takes a millisecond or two: not worth trying out whether it may be spared. */
const FEW_DIRECTORIES = 50;

/** The logs that were found while directories were as they are said to be here. */
export interface KnownLogs {
  /** Of all names of logs, as stamp.ts gives it. */
  readonly names: string;
  /** In the order of the walks. Of what else was looked for nothing was there. */
  readonly walks: readonly KnownWalk[];
}

interface KnownWalk {
  /** Of who walked, and from where. */
  readonly name: string;
  readonly isOwn: boolean;
  /** How many logs it found. */
  readonly logs: number;
  readonly directories: readonly string[];
  /** Of each directory its inode and its times of change, one behind the other. */
  readonly figures: readonly number[];
}

/** The first part of the file. Each is JSON behind its seal. */
interface KnownState {
  readonly version: number;
  /** Of the file system that the index is on. */
  readonly device: number;
  /** Whether it keeps the times of directories. */
  readonly isKept: boolean;
  readonly logs?: KnownLogs;
}

/** The second one. */
interface KnownNames extends Pick<KnownState, "version" | "device"> {
  /** By walk. */
  readonly walks: Readonly<Record<string, Listings>>;
}

/** What a scan says of the logs that it found. */
export interface FoundWalks {
  readonly names: string;
  readonly walks: readonly Pick<KnownWalk, "name" | "isOwn" | "logs">[];
}

export class KnownDirectories {
  readonly #path: string;
  readonly #stateDirectory: string;
  readonly #at: EpochMs;
  readonly #state: KnownState | undefined;
  readonly #device: number | undefined;
  readonly #walks = new Map<string, DirectoryListings>();
  #names: KnownNames | undefined;

  /**
   * @param indexPath Of the index that it lies beside
   * @param at The clock's time before anything is looked at
   */
  constructor(indexPath: string, stateDirectory: string, at: EpochMs) {
    this.#path = `${indexPath}-directories`;
    this.#stateDirectory = stateDirectory;
    this.#at = at;
    this.#device = deviceOf(stateDirectory);
    this.#state = this.#own(readPart<KnownState>(this.#path, 0));
  }

  /** Of another disk it says nothing about this one. */
  #own<Part extends Pick<KnownState, "version" | "device">>(part: Part | undefined): Part | undefined {
    return part?.version === VERSION && part.device === this.#device ? part : undefined;
  }

  /** The device of the file system whose directories may be told by their times; undefined for none. */
  get device(): number | undefined {
    return this.#state?.isKept === false ? undefined : this.#device;
  }

  /** Undefined where the last scans found some that nothing can be said of. */
  get logs(): KnownLogs | undefined {
    return this.#state?.isKept ? this.#state.logs : undefined;
  }

  /** What is known of a walk. Undefined where directories have to be listed. @param name Of who walks, and from where */
  of(name: string): DirectoryListings | undefined {
    if (this.device === undefined) return undefined;
    if (this.#state !== undefined) {
      this.#names ??= this.#own(readPart<KnownNames>(this.#path, 1)) ??
        { version: VERSION, device: this.device, walks: {} };
    }
    const walks = this.#names?.walks ?? {};
    const listings = new DirectoryListings(this.device, this.#at, Object.hasOwn(walks, name) ? walks[name] : undefined);
    this.#walks.set(name, listings);
    return listings;
  }

  /**
   * Writes what the walks since have learned, for the next scan, if there is anything.
   *
   * @param findWalks The logs that were found, where they are such that {@linkcode KnownLogs} can say so
   */
  async save(findWalks: () => FoundWalks | undefined): Promise<void> {
    const walks = [...this.#walks];
    const learned = walks.reduce((sum, [, { learned }]) => sum + learned, 0);
    if (this.#device === undefined || walks.length === 0 || isOtherThanFile(this.#path)) return;
    const logs = this.#describe(findWalks());
    if (learned === 0 && logs?.names === this.#state?.logs?.names) return;
    const kept = walks.reduce((sum, [, { kept }]) => sum + Object.keys(kept).length, 0);
    if (kept < FEW_DIRECTORIES && this.#state === undefined) return;
    const isKept = this.#state?.isKept ??
      (await import("../../../host/keeps_directory_times.ts")).keepsDirectoryTimes(this.#stateDirectory);
    const file = { version: VERSION, device: this.#device };
    const parts: readonly [KnownState, KnownNames] = isKept
      ? [{ ...file, isKept, logs }, {
        ...file,
        walks: Object.fromEntries(walks.map(([name, { kept }]) => [name, kept])),
      }]
      : [{ ...file, isKept }, { ...file, walks: {} }];
    tryWritePrivateFile(this.#path, parts.map(sealPart).join(""));
  }

  #describe(found: FoundWalks | undefined): KnownLogs | undefined {
    if (found === undefined || [...this.#walks.values()].some(({ isWhole }) => !isWhole)) return undefined;
    return {
      names: found.names,
      walks: found.walks.map((walk) => {
        const kept = Object.entries(this.#walks.get(walk.name)?.kept ?? {});
        return {
          ...walk,
          directories: kept.map(([path]) => path),
          figures: kept.flatMap(([, [inode, mtimeMs, ctimeMs]]) => [inode, mtimeMs, ctimeMs]),
        };
      }),
    };
  }
}

const LINE_FEED = 0x0a;
/** Enough for the first part in most homes. */
const PIECE_BYTES = 1 << 16;

function sealPart(part: KnownState | KnownNames): string {
  const json = JSON.stringify(part);
  return `${sealRow([json])}\n${json}\n`;
}

/** @returns what was written there, of whichever version; undefined where that is not what is there */
function readPart<Part>(path: string, place: 0 | 1): Part | undefined {
  // Who opens a pipe waits for ever.
  const size = fileMark(path)?.size;
  if (size === undefined) return undefined;
  let lines = place === 0 ? readLines(path, PIECE_BYTES, 2) : [];
  if (lines.length < 2) lines = readLines(path, size, 2 * place + 2);
  const [seal, json] = lines.slice(2 * place);
  if (seal === undefined || json === undefined || seal !== String(sealRow([json]))) return undefined;
  return JSON.parse(json) as Part;
}

/** The first lines of a file that end within its first bytes. None where it cannot be read. */
function readLines(path: string, length: number, count: number): readonly string[] {
  const lines: string[] = [];
  try {
    const [bytes] = readPieces(path, [0], length);
    for (let from = 0; lines.length < count;) {
      const end = bytes!.indexOf(LINE_FEED, from);
      if (end < 0) break;
      lines.push(new TextDecoder().decode(bytes!.subarray(from, end)));
      from = end + 1;
    }
  } catch (error) {
    if (!(error instanceof Error && ("code" in error || guardedReason(error) !== undefined))) throw error;
  }
  return lines;
}
