/**
 * Finds the index, and whether it is still as this program left it. Each version of the program has its own: two that
 * run beside each other, such as an MCP server that was started before an upgrade and the command line after it, would
 * otherwise throw away in turn what the other one read.
 */
import { VERSION } from "../../../core/version.ts";
import type { DurationMs, EpochMs } from "../../../core/model.ts";
import { bootedAt } from "../../../host/environment.ts";
import {
  fileMark,
  isOtherThanFile,
  listFileAges,
  readTextFileIfAny,
  removeFileIfAny,
  tryRemoveFile,
  tryWritePrivateFile,
} from "../../../host/files.ts";

/** A version that scans writes its index on every day that somebody works with an agent. */
const UNUSED_MS: DurationMs = 7 * 24 * 3_600_000;

/** An index, of this version, another one or none, and what stands beside it. */
const NAME =
  /^(index(?:-[\w.+-]+)?\.db)(?:-wal|-shm|-journal|-mark|-directories|-sessions|-sessions-list|-usage|-usage-list)?$/;

/** @param stateDirectory Absolute path of `$OPPER_HOME/agent` */
export function indexPath(stateDirectory: string): string {
  return `${stateDirectory}/${indexName(VERSION)}`;
}

/** @param version Of the program */
export function indexName(version: string): string {
  return `index-${version}.db`;
}

/**
 * Removes the indexes of other versions that nobody has written to for a week. What is written may stand beside an index for
 * long before it comes into it, and without it the index would be damaged: all of its files go, or none.
 */
export function removeUnusedIndexes(stateDirectory: string): void {
  const files = listFileAges(stateDirectory).flatMap((file) => {
    const index = NAME.exec(file.name)?.[1];
    return index === undefined || index === indexName(VERSION) ? [] : [{ ...file, index }];
  });
  for (const ofIndex of Map.groupBy(files, ({ index }) => index).values()) {
    if (ofIndex.some(({ ageMs }) => ageMs < UNUSED_MS)) continue;
    // The index before what stands beside it. One that cannot be removed stays as it is, and so does the answer.
    const names = ofIndex.map(({ name }) => name).sort();
    names.every((name) => tryRemoveFile(`${stateDirectory}/${name}`));
  }
}

/** What the system says of when it was started differs by so much from one time to the next. */
export const BOOT_GRAIN_MS: DurationMs = 3_000;

/**
 * What stands beside an index: SQLite's, the mark, what is known of directories (known_directories.ts), the JSON of sessions
 * (ask/ready_sessions.ts), and usage as numbers (ask/ready_usage.ts).
 */
const BESIDE_INDEX = [
  "-wal",
  "-shm",
  "-journal",
  "-mark",
  "-directories",
  "-sessions",
  "-sessions-list",
  "-usage",
  "-usage-list",
] as const;

/**
 * Knows an index that nobody but this program has written to. Beside the index, a mark says what its files were like when
 * this program last left them, their sizes, times and inodes, and since when the machine had been running. Where that is
 * still so the index is taken as it is, which costs next to nothing; otherwise all of it has to be looked at
 * (verify_index.ts). So it is once after each start of the machine: nobody waits for the disk when an index is written, and
 * of what was to be written before a power cut any part may be missing.
 *
 * A mark that is old, broken or not there costs that look and nothing else: it is written without care.
 */
export class IndexGuard {
  readonly #path: string;
  readonly #mark: string;

  readonly #bootedAt: () => EpochMs | undefined;

  /** @param path Of the index @param boot When the machine was started. @default it is asked */
  constructor(path: string, boot = bootedAt) {
    this.#bootedAt = boot;
    this.#path = path;
    this.#mark = `${path}-mark`;
  }

  /** What the files are like now, as text. */
  look(): string {
    // SQLite makes an empty log of changes whenever it opens an index, and takes it away.
    const changes = fileMark(`${this.#path}-wal`);
    const others = [changes?.size === 0 ? undefined : changes, fileMark(`${this.#path}-journal`)];
    return JSON.stringify([fileMark(this.#path), ...others]);
  }

  isUntouched(): boolean {
    // Who opens a pipe waits for ever.
    if (fileMark(this.#mark) === undefined) return false;
    const [boot, files] = readTextFileIfAny(this.#mark)?.split("\n") ?? [];
    return files === this.look() && Math.abs(Number(boot) - (this.#bootedAt() ?? 0)) <= BOOT_GRAIN_MS;
  }

  /** From now on, what the files are like is what this program made of them. */
  mark(): void {
    if (!isOtherThanFile(this.#mark)) tryWritePrivateFile(this.#mark, `${this.#bootedAt() ?? 0}\n${this.look()}`);
  }

  /** Has the next one who opens the index look at all of it. */
  distrust(): void {
    tryRemoveFile(this.#mark);
  }

  /**
   * What closes an index may bring what was written beside it into it, and it is then still known.
   *
   * @param close Closes it
   */
  whileClosing(close: () => void): void {
    const wasUntouched = this.isUntouched();
    close();
    // Where others have it open, it is theirs to do the same.
    if (wasUntouched && fileMark(`${this.#path}-wal`) === undefined && !this.isUntouched()) this.mark();
  }

  /**
   * Throws the index away. Whoever has it open goes on with what he has: SQLite leaves alone what comes in its place.
   *
   * @param seen What {@linkcode look} said of the one that is meant: another one stays
   * @throws {Error} the system's, when it cannot be removed
   */
  remove(seen: string): void {
    this.distrust();
    const [before] = JSON.parse(seen) as ({ readonly inode: number } | null)[];
    if (before !== null && before?.inode !== fileMark(this.#path)?.inode) return;
    // The index first: beside an empty one, SQLite throws the others away.
    removeFileIfAny(this.#path);
    for (const suffix of BESIDE_INDEX) removeFileIfAny(this.#path + suffix);
  }
}
