/**
 * The listings of directories that the next scan need not make again, in a file beside the index. It belongs to no state
 * of the index: it says what directories held at a time that each of them names. A file that is old, broken or not there
 * costs listing them, and nothing else.
 */
import type { EpochMs } from "../../../core/model.ts";
import { deviceOf, fileMark, isOtherThanFile, readTextFileIfAny, tryWritePrivateFile } from "../../../host/files.ts";
import { DirectoryListings, type Listings } from "../../../host/directory_listings.ts";
import { sealRow } from "./seal_row.ts";

/** Raised with every change of the file. */
const VERSION = 1;

/** Of fewer the listing takes a millisecond or two: not worth trying out whether it may be spared. */
const FEW_DIRECTORIES = 50;

/** As JSON behind its seal. */
interface KnownFile {
  readonly version: number;
  /** Of the file system that the index is on. */
  readonly device: number;
  /** Whether it keeps the times of directories. */
  readonly isKept: boolean;
  /** By walk. */
  readonly walks: Readonly<Record<string, Listings>>;
}

export class KnownDirectories {
  readonly #path: string;
  readonly #stateDirectory: string;
  readonly #at: EpochMs;
  readonly #file: KnownFile | undefined;
  readonly #device: number | undefined;
  readonly #walks = new Map<string, DirectoryListings>();

  /**
   * @param indexPath Of the index that it lies beside
   * @param at The clock's time before anything is looked at
   */
  constructor(indexPath: string, stateDirectory: string, at: EpochMs) {
    this.#path = `${indexPath}-directories`;
    this.#stateDirectory = stateDirectory;
    this.#at = at;
    this.#device = deviceOf(stateDirectory);
    const file = readKnown(this.#path);
    // Of another disk it says nothing about this one.
    if (file?.device === this.#device) this.#file = file;
  }

  /** What is known of a walk. Undefined where directories have to be listed. @param name Of who walks, and from where */
  of(name: string): DirectoryListings | undefined {
    if (this.#device === undefined || this.#file?.isKept === false) return undefined;
    const known = this.#file !== undefined && Object.hasOwn(this.#file.walks, name)
      ? this.#file.walks[name]
      : undefined;
    const listings = new DirectoryListings(this.#device, this.#at, known);
    this.#walks.set(name, listings);
    return listings;
  }

  /** Writes what the walks since have learned, for the next scan, if there is anything. */
  async save(): Promise<void> {
    const walks = [...this.#walks];
    const learned = walks.reduce((sum, [, { learned }]) => sum + learned, 0);
    if (this.#device === undefined || learned === 0 || isOtherThanFile(this.#path)) return;
    const kept = walks.reduce((sum, [, { kept }]) => sum + Object.keys(kept).length, 0);
    if (kept < FEW_DIRECTORIES && this.#file === undefined) return;
    const isKept = this.#file?.isKept ??
      (await import("../../../host/keeps_directory_times.ts")).keepsDirectoryTimes(this.#stateDirectory);
    const file: KnownFile = {
      version: VERSION,
      device: this.#device,
      isKept,
      walks: isKept ? Object.fromEntries(walks.map(([name, { kept }]) => [name, kept])) : {},
    };
    const text = JSON.stringify(file);
    tryWritePrivateFile(this.#path, `${sealRow([text])}\n${text}`);
  }
}

function readKnown(path: string): KnownFile | undefined {
  // Who opens a pipe waits for ever.
  if (fileMark(path) === undefined) return undefined;
  const text = readTextFileIfAny(path) ?? "";
  const end = text.indexOf("\n");
  const json = text.slice(end + 1);
  if (end < 0 || text.slice(0, end) !== String(sealRow([json]))) return undefined;
  const file = JSON.parse(json) as KnownFile;
  return file.version === VERSION ? file : undefined;
}
