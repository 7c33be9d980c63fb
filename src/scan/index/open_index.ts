/**
 * Brings the index up to date with the logs on disk, and opens it for questions.
 *
 * Every file is stat'ed. Unchanged files are not opened; grown ones are read from the end of the last whole line; shrunk,
 * replaced or re-versioned ones are read anew; vanished ones drop out, but for sessions that an agent deleted from a database
 * which is still there: their sums stay. The index never stops an answer: one that is
 * damaged is made anew, and where none can be used the same scan runs in memory.
 */
import type { Diagnostic, EpochMs } from "../../core/model.ts";
import type { ExtraRoot } from "../../core/extra_root.ts";
import { AgentError } from "../../core/errors.ts";
import {
  fileMark,
  isOtherThanFile,
  makePrivateDirectory,
  makePrivateFileIfMissing,
  readTextFileIfAny,
} from "../../host/files.ts";
import type { Discovery } from "../logs/discover.ts";
import { listPlaces, type LogPlace, nameWalk } from "../logs/list_places.ts";
import { closeStores } from "../logs/open_stores.ts";
import type { EarlyThread } from "./update/early_thread.ts";
import type { LogWorkOptions } from "./update/log_work.ts";
import { UsageIndex } from "./usage_index.ts";
import { DAMAGED, faultOf, IndexUnusableError, isDamaged, isLocked, OpenIndex } from "./tables/open_store.ts";
import { Prices } from "../prices/prices.ts";
import { join } from "../../host/paths.ts";
import { readDiskPrices } from "./read_disk_prices.ts";
import { priceBookVersion } from "../prices/price_version.ts";
import type { Machine } from "../../core/machine.ts";
import type { AgentRoots } from "../../agents/agent.ts";
import { LOGGED_AGENTS } from "../../agents/agents.ts";
import { listChanges, lookAgain } from "./update/list_changes.ts";
import { packDiscovery } from "./tables/known_discovery.ts";
import { lookQuickly } from "./update/look_quickly.ts";
import { markNames, readNamesMark, stampOf, writeStamp } from "./tables/stamp.ts";
import { type FoundWalks, KnownDirectories } from "./tables/known_directories.ts";
import { IndexGuard, indexPath, removeUnusedIndexes } from "./tables/index_file.ts";
import type { SessionHeads } from "./tables/session_heads.ts";
import type { IndexStore } from "./tables/store.ts";
import { hasOtherEvidence, isOutdated } from "./tables/versions.ts";
import { type LogEvidence, openLogEvidence } from "./log_evidence.ts";

/** Which logs to look for, where the index is, and who is told how it goes. */
export interface OpenIndexOptions {
  readonly machine: Machine;
  /** Absolute path of our own state directory, `$OPPER_HOME/agent`. */
  readonly stateDirectory: string;
  readonly extraRoots?: readonly ExtraRoot[];
  /** See {@linkcode listPlaces}. */
  readonly roots?: AgentRoots;
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
  /**
   * Leaves what the scan found to be written when the index is closed, so that an answer need not wait for it. Until then no
   * other process can write: close it soon. @default it is written before the index is handed over
   */
  readonly savesLast?: boolean;
  /** Called with a sentence when the index cannot be used. */
  readonly onWarning?: (message: string) => void;
}

export async function openIndex(options: OpenIndexOptions): Promise<UsageIndex> {
  const { startThread } = options;
  const isFirst = options.useIndex === false || !fileMark(indexPath(options.stateDirectory))?.size;
  if (startThread === undefined || !isFirst) return await openWith(options);
  const { EarlyThread } = await import("./update/early_thread.ts");
  const early = new EarlyThread(startThread);
  try {
    return await openWith({ ...options, startThread: early.take }, early);
  } finally {
    early.end();
  }
}

async function openWith(options: OpenIndexOptions, early?: EarlyThread): Promise<UsageIndex> {
  const at = (options.now ?? Date.now)();
  const path = indexPath(options.stateDirectory);
  const directories = options.useIndex === false ? undefined : new KnownDirectories(path, options.stateDirectory, at);
  const extraRoots = options.extraRoots ?? [];
  const places = listPlaces(LOGGED_AGENTS, options.machine, extraRoots, options.roots);
  let discovery: Discovery | undefined;
  const discover = async () => {
    const { discoverLogs } = await import("../logs/discover.ts");
    discovery ??= discoverLogs(LOGGED_AGENTS, options.machine, extraRoots, {
      at,
      // A first scan leaves it to the next one to keep any (see scanInto).
      listings: early === undefined ? directories : undefined,
      onFound: early && (({ size }) => early.note(size)),
      places,
    });
    // Reading is synchronous: what it takes is loaded before.
    if (discovery.files.some(({ file }) => file.compressed)) await (await import("../../host/zstd_file.ts")).loadZstd();
    return discovery;
  };
  // Else it may be that all is as it was (look_quickly.ts), which the index has to be asked for.
  if (directories?.logs === undefined) await discover();
  const overridesPath = `${options.stateDirectory}/prices.json`;
  const overridesText = readTextFileIfAny(overridesPath);
  const prices = new Prices(overridesPath, overridesText);
  const evidence = await openLogEvidence(options.stateDirectory, options.onWarning);
  try {
    return await openAnyhow({ places, discover, at, prices, evidence, options, early }, path, directories);
  } catch (error) {
    evidence?.close();
    throw error;
  }
}

/** What a scan is made with. */
interface ScanMeans {
  readonly places: readonly LogPlace[];
  /** Looks at all places, once. */
  discover(): Promise<Discovery>;
  readonly at: EpochMs;
  readonly prices: Prices;
  readonly evidence: LogEvidence | undefined;
  readonly options: OpenIndexOptions;
  /** Where it is likely a first scan. */
  readonly early: EarlyThread | undefined;
}

/** @param directories Absent where no index is to be used */
async function openAnyhow(
  means: ScanMeans,
  path: string,
  directories: KnownDirectories | undefined,
): Promise<UsageIndex> {
  const { options } = means;
  if (directories !== undefined) {
    // One that is damaged is made anew, once.
    for (const isAnew of [false, true]) {
      const guard = new IndexGuard(path);
      let seen: string | undefined;
      try {
        // It names projects and sessions, which are nobody else's business. What SQLite adds has the same mode.
        makePrivateDirectory(options.stateDirectory);
        makePrivateFileIfMissing(path);
        seen = guard.look();
        if (isOtherThanFile(path)) throw new IndexUnusableError("it is no regular file");
        const opened = await OpenIndex.open(path, options.pause);
        return await scanInto(opened, path, means, directories);
      } catch (error) {
        const fault = faultOf(error) ?? (await isDamagedAfter(error, path) ? DAMAGED : undefined);
        if (fault === undefined) throw error;
        if (fault === DAMAGED && !isAnew && seen !== undefined && isRemoved(guard, seen)) {
          options.onWarning?.(`The index ${path} was damaged. It is built again from the logs.`);
          continue;
        }
        options.onWarning?.(
          `The index ${path} cannot be used (${fault}). This answer was scanned in memory, which is slower.`,
        );
        break;
      }
    }
  }
  return await scanInto(OpenIndex.inMemory(), path, means);
}

/** Whether an error that looks like a bug is one of an index whose content nobody can have written. */
async function isDamagedAfter(error: unknown, path: string): Promise<boolean> {
  return !(error instanceof AgentError) && await isDamaged(path);
}

function isRemoved(guard: IndexGuard, seen: string): boolean {
  try {
    guard.remove(seen);
    return true;
  } catch (error) {
    // On some systems nothing can be removed that another process has open.
    if (faultOf(error) === undefined) throw error;
    return false;
  }
}

async function scanInto(
  index: OpenIndex,
  path: string,
  { places, discover, at, prices, evidence, options, early }: ScanMeans,
  directories?: KnownDirectories,
): Promise<UsageIndex> {
  const { store } = index;
  let sessions: SessionHeads | undefined;
  try {
    const quick = directories && lookQuickly(store, places, directories, at);
    const found = quick?.discovery ?? await discover();
    const databases = found.databases === undefined
      ? undefined
      : (await import("./update/list_databases.ts")).listDatabases(store, found, at);
    const discovery = databases?.discovery ?? found;
    const problems: Diagnostic[] = [...discovery.problems, ...prices.problems];
    const disk = await readDiskPrices(store, {
      machine: options.machine,
      gatewayCatalogue: join(options.stateDirectory, "catalogue.json"),
      listVersion: await priceBookVersion(undefined),
      pickUnlisted: (found) => prices.pickUnlisted(found),
    });
    problems.push(...disk.problems);
    prices.useDisk(disk.prices);
    const priceVersion = await prices.version();
    prices.remember(() => store.readMeta("prices") === priceVersion ? store.readPrices() : []);
    const changes = await lookAgain(quick?.changes ?? listChanges(store, discovery));
    const { changed, gone, deleted } = changes;
    const hasChanged = changed.length + gone.length + deleted.length > 0;
    if (hasChanged || isOutdated(store, priceVersion) || hasOtherEvidence(store, evidence)) {
      await early?.begin(changed, { share: () => prices.share(), evidenceIn: evidence?.stateDirectory });
      // What reads logs takes long to load for a scan that reads none.
      const { updateIndex } = await import("./update/update_index.ts");
      try {
        await index.begin();
        const means = { ...options, prices, priceVersion, problems, evidence };
        const heads = await updateIndex(store, discovery, changes, means);
        disk.save(store);
        databases?.save(store);
        if (options.savesLast) sessions = heads;
        else saveScan(index, options);
      } catch (error) {
        store.rollback();
        throw error;
      }
    } else {
      const isSettled = changes.hadStamp && changes.settled > 0;
      const isNew = disk.isNew || databases?.isNew === true;
      if (isNew || isSettled) {
        await saveIfFree(index, () => {
          if (isSettled && store.dataVersion() === changes.dataVersion) writeStamp(store, stampOf(discovery));
          if (disk.isNew) disk.save(store);
          databases?.save(store);
        });
      }
    }
    // A first scan has enough to do.
    if (changes.hadStamp) await directories?.save(() => findWalks(store, discovery, places));
    const { pause } = options;
    const packed = packDiscovery(discovery, places);
    return new UsageIndex({
      index,
      store,
      indexPath: path,
      discovery: packed,
      prices,
      evidence,
      problems,
      pause,
      unsaved: sessions && { sessions, save: () => saveAnswered(index, path, options) },
    });
  } catch (error) {
    closeStores();
    index.close();
    throw error;
  }
}

/** What can be said of logs that are known by their names; undefined where they are not, or the index has others. */
function findWalks(store: IndexStore, discovery: Discovery, places: readonly LogPlace[]): FoundWalks | undefined {
  const names = discovery.isPlain ? markNames(stampOf(discovery).names) : undefined;
  if (names === undefined || names !== readNamesMark(store)) return undefined;
  const walks = places.map((place, index) => {
    const { exists, files } = discovery.roots[index]!;
    return { name: nameWalk(place), isOwn: place.isOwn, logs: files, exists };
  });
  return { names, walks: walks.filter(({ exists }) => exists).map(({ exists: _, ...walk }) => walk) };
}

function saveScan(index: OpenIndex, { stateDirectory }: OpenIndexOptions): void {
  index.commit();
  if (!index.isInMemory) removeUnusedIndexes(stateDirectory);
}

/** The answer has been given by now: that the next one has to scan again is all that a failure costs. */
function saveAnswered(index: OpenIndex, path: string, options: OpenIndexOptions): void {
  try {
    saveScan(index, options);
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    index.store.rollback();
    options.onWarning?.(`The index ${path} could not be written (${fault}). The next answer is scanned again.`);
  }
}

/** Another process that writes will save as much, or the next scan. */
async function saveIfFree(index: OpenIndex, save: () => void): Promise<void> {
  try {
    await index.begin({ isPatient: false });
    save();
    index.commit();
  } catch (error) {
    index.store.rollback();
    if (!isLocked(error)) throw error;
  }
}
