/**
 * Brings the index up to date with the logs on disk, and opens it for questions.
 *
 * Every file is stat'ed. Unchanged files are not opened; grown ones are read from the end of the last whole line; shrunk,
 * replaced or re-versioned ones are read anew; vanished ones drop out. The index never stops an answer: when it cannot
 * be used, the same scan runs in memory.
 */
import type { Diagnostic, DurationMs, EpochMs } from "../core/model.ts";
import { makePrivateDirectory, makePrivateFileIfMissing, readTextFileIfAny, removeFileIfAny } from "../host/files.ts";
import { loadZstd } from "../host/zstd_file.ts";
import { discoverLogs, type Discovery, type ExtraRoot } from "./discover.ts";
import type { LogWorkOptions } from "./log_work.ts";
import { IndexStore } from "./index_store.ts";
import { LogScan } from "./log_scan.ts";
import { PriceData } from "./price_data.ts";
import { type KeptDiskPrices, readDiskPrices } from "./read_disk_prices.ts";
import { priceBookVersion } from "./price_version.ts";
import type { SourceEnvironment } from "./source.ts";
import { LOG_PLACES } from "./log_places.ts";
import { listChanges } from "./list_changes.ts";
import { indexPath, removeUnusedIndexes } from "./index_file.ts";
import { isOutdated } from "./index_versions.ts";

export interface ScanOptions {
  readonly environment: SourceEnvironment;
  /** Absolute path of our own state directory, `$OPPER_HOME/agent`. */
  readonly stateDirectory: string;
  readonly extraRoots?: readonly ExtraRoot[];
  /** False scans in memory and leaves no file. @default true */
  readonly useIndex?: boolean;
  /** @default the machine's clock */
  readonly now?: () => EpochMs;
  /** Called as logs are read. Both counts are of bytes. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Starts the thread that log_work.ts shares a large first scan with. @default none: all is done in this one */
  readonly startThread?: LogWorkOptions["startThread"];
  /** Waited for every few steps, so that a long scan leaves room for other work. What it throws ends the scan. */
  readonly pause?: () => Promise<void>;
  /** Called with a sentence when the index cannot be used. */
  readonly onWarning?: (message: string) => void;
}

export async function scanLogs(options: ScanOptions): Promise<LogScan> {
  const at = (options.now ?? Date.now)();
  const discovery = discoverLogs(LOG_PLACES, options.environment, options.extraRoots ?? [], at);
  // Reading is synchronous: what it takes is loaded before.
  if (discovery.files.some(({ file }) => file.compressed)) await loadZstd();
  const overridesPath = `${options.stateDirectory}/prices.json`;
  const overridesText = readTextFileIfAny(overridesPath);
  const prices = new PriceData(overridesPath, overridesText);
  const path = indexPath(options.stateDirectory);
  if (options.useIndex ?? true) {
    try {
      // It names projects and sessions, which are nobody else's business. What SQLite adds has the same mode.
      makePrivateDirectory(options.stateDirectory);
      makePrivateFileIfMissing(path);
      return await scanInto(path, path, discovery, prices, options);
    } catch (error) {
      const why = indexFault(error);
      if (why === undefined) throw error;
      if (why === "corrupt") { for (const suffix of ["", "-wal", "-shm"]) removeFileIfAny(path + suffix); }
      options.onWarning?.(
        why === "corrupt"
          ? `The index ${path} was corrupt. This answer was scanned in memory; the next run builds a new index.`
          : `The index ${path} cannot be used (${why}). This answer was scanned in memory, which is slower.`,
      );
    }
  }
  return await scanInto(":memory:", path, discovery, prices, options);
}

async function scanInto(
  databasePath: string,
  path: string,
  discovery: Discovery,
  prices: PriceData,
  options: ScanOptions,
): Promise<LogScan> {
  const store = await whenFree(() => new IndexStore(databasePath), options);
  try {
    const problems: Diagnostic[] = [...discovery.problems, ...prices.problems];
    const disk = await readDiskPrices(store, {
      environment: options.environment,
      listVersion: await priceBookVersion(undefined),
      pickUnlisted: (found) => prices.pickUnlisted(found),
    });
    prices.useDisk(disk.prices);
    const priceVersion = await prices.version();
    prices.remember(() => store.readMeta("prices") === priceVersion ? store.readPrices() : []);
    const changes = listChanges(store, discovery);
    if (changes.changed.length > 0 || changes.gone.length > 0 || isOutdated(store, priceVersion)) {
      // What reads logs takes long to load for a scan that reads none.
      const { updateIndex } = await import("./update_index.ts");
      // Only one process writes. Whoever waited here finds most of the work done.
      await whenFree(() => store.begin(), options);
      try {
        await updateIndex(store, discovery, changes, { ...options, prices, priceVersion, problems });
        disk.save(store);
        store.commit();
      } catch (error) {
        store.rollback();
        throw error;
      }
      if (databasePath === path) removeUnusedIndexes(options.stateDirectory);
    } else if (disk.isNew) saveIfFree(store, disk);
    return new LogScan({
      store,
      indexPath: path,
      inMemory: databasePath === ":memory:",
      discovery,
      prices,
      problems,
      pause: options.pause,
    });
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Another process that writes will keep them, or the next scan. */
function saveIfFree(store: IndexStore, disk: KeptDiskPrices): void {
  try {
    store.begin();
    disk.save(store);
    store.commit();
  } catch (error) {
    store.rollback();
    if (!isLocked(error)) throw error;
  }
}

/** How long to wait for another process that is writing before giving up on the index. */
const LOCK_PATIENCE_MS: DurationMs = 5_000;
const LOCK_POLL_MS: DurationMs = 10;

/** Tries again for a while when another process has what is needed. SQLite's own waiting would make the process deaf. */
async function whenFree<T>(action: () => T, { pause }: Pick<ScanOptions, "pause">): Promise<T> {
  const until = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      return action();
    } catch (error) {
      if (!isLocked(error) || performance.now() >= until) throw error;
    }
    await pause?.();
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
}

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

function isIndexError(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR";
}

/** Why the index cannot be used; undefined when the error has nothing to do with it. */
function indexFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isIndexError(error)) {
    const code = sqliteCode(error);
    if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return "corrupt";
    return isLocked(error) ? "another process has locked it" : error.message;
  }
  return isFileError(error) ? error.message : undefined;
}

function isLocked(error: unknown): boolean {
  return isIndexError(error) && [SQLITE_BUSY, SQLITE_LOCKED].includes(sqliteCode(error));
}

/** The primary code: the low byte of SQLite's extended one. */
function sqliteCode(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
}

function isFileError(error: Error): boolean {
  return "code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code);
}
