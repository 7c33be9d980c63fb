/**
 * Writes what changed on disk into the index: logs that are new, grew, were rewritten or vanished; which copy of a
 * response counts; and the sums of every session that any of it touched. Everything inside the caller's transaction.
 */
import type { Diagnostic } from "../core/model.ts";
import { continueLog } from "./continue_log.ts";
import type { Discovery } from "./discover.ts";
import { foldAll, type FoldQueueOptions } from "./fold_queue.ts";
import { GapChanges } from "./gap_pools.ts";
import type { IndexStore } from "./index_store.ts";
import { KeyIndex } from "./key_index.ts";
import { isOutdated, noteVersions } from "./index_versions.ts";
import { type Change, type Changes, forgetStamp, listAll, listChanges, writeStamp } from "./list_changes.ts";
import type { LogDigest } from "./log_digest.ts";
import { nextFileId, readProgress, removeFile, writeLog } from "./log_rows.ts";
import { LogTurns } from "./log_turns.ts";
import type { PriceData } from "./price_data.ts";
import { refreshSessions } from "./refresh_sessions.ts";
import { settleOwnership } from "./settle_ownership.ts";

export interface UpdateOptions extends Pick<FoldQueueOptions, "startThread"> {
  readonly prices: PriceData;
  /** {@linkcode PriceData.version} */
  readonly priceVersion: string;
  /** Logs that cannot be read are added. */
  readonly problems: Diagnostic[];
  /** Called as logs are read. Both counts are of bytes. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly pause?: () => Promise<void>;
}

/** @param seen What differed before this process was the only one to write; another one may have been there in between */
export async function updateIndex(
  store: IndexStore,
  discovery: Discovery,
  seen: Changes,
  options: UpdateOptions,
): Promise<void> {
  const { prices, priceVersion, problems, onProgress, pause } = options;
  const before = problems.length;
  const changes = isOutdated(store, priceVersion)
    ? startAnew(store, discovery, priceVersion)
    : seen.dataVersion === store.dataVersion()
    ? seen
    : listChanges(store, discovery);
  // Of all that was there before: an id that a log had is not another one's within one scan.
  const firstNewId = nextFileId(store);
  const update = { store, keys: new KeyIndex(store), gaps: new GapChanges(), firstNewId };
  for (const file of changes.gone) dropLog(update, file.id);
  await updateLogs(update, changes.changed, options);
  const turns = new LogTurns({ store, discovery, prices, pause });
  await settleOwnership(store, update.keys, { turns, prices, gaps: update.gaps });
  await refreshSessions(store, turns, prices, pause);
  update.keys.save();
  update.gaps.save(store);
  store.writePrices(prices.takeNews());
  // A log that could not be read is looked at again each time.
  if (problems.length === before) writeStamp(store, changes.stamp);
  else forgetStamp(store);
  const total = totalBytes(changes.changed);
  onProgress?.(total, total);
}

/** With other prices or rules every log adds up to something else. */
function startAnew(store: IndexStore, discovery: Discovery, priceVersion: string): Changes {
  store.clear();
  noteVersions(store, priceVersion);
  return listAll(store, discovery);
}

/** What an update works on. */
interface Update {
  readonly store: IndexStore;
  readonly keys: KeyIndex;
  readonly gaps: GapChanges;
  readonly firstNewId: number;
}

async function updateLogs(update: Update, changes: readonly Change[], options: UpdateOptions): Promise<void> {
  const { store, keys, gaps } = update;
  const { prices, problems, onProgress, pause, startThread } = options;
  const total = totalBytes(changes);
  let done = 0;
  const onStep = async (bytes: number) => {
    onProgress?.(Math.min(done + bytes, total), total);
    await pause?.();
  };
  const whole: Change[] = [];
  for (const change of changes) {
    const continued = change.known === undefined
      ? undefined
      : await continueLog(store, keys, { ...change, known: change.known }, prices, onStep);
    if (continued === undefined) whole.push(change);
    else {
      const { log, samples, addedKeys, addedProblems } = continued;
      writeLog(store, change.known!.id, log, addedProblems, { replaces: true, continues: true });
      keys.add(change.known!.id, addedKeys);
      gaps.add(samples);
      done += change.file.size;
    }
  }
  // Ids in the order of the files, whichever thread is done first.
  let nextId = update.firstNewId;
  const ids = whole.map(({ known }) => known?.id ?? nextId++);
  for await (const { index, digest, error } of foldAll(whole, { prices, startThread, onStep })) {
    const change = whole[index]!;
    done += change.file.size;
    if (digest !== undefined) storeDigest(update, ids[index]!, change, digest);
    else {
      // What was read of it before is no longer backed by anything.
      problems.push({ path: change.file.path, message: `Cannot be read: ${error}` });
      if (change.known !== undefined) dropLog(update, change.known.id);
    }
  }
}

function storeDigest({ store, keys, gaps }: Update, id: number, change: Change, digest: LogDigest): void {
  const { source, file, known } = change;
  const { keys: found, problems, alone, ...sums } = digest;
  if (known === undefined) keys.add(id, found);
  else {
    gaps.remove(readProgress(store, id).samples);
    keys.replace(id, found);
  }
  gaps.add(sums.samples);
  const { path, size, mtimeMs, ctimeMs, inode } = file;
  const stamp = { source: source.id, sourceVersion: source.version, path, size, mtimeMs, ctimeMs, inode };
  writeLog(
    store,
    id,
    { ...stamp, ...sums, lost: "", entangled: 0 },
    problems,
    known === undefined ? { alone } : { replaces: true },
  );
}

function dropLog({ store, keys, gaps }: Update, id: number): void {
  gaps.remove(readProgress(store, id).samples);
  keys.remove(id);
  removeFile(store, id);
}

function totalBytes(changes: readonly Change[]): number {
  return changes.reduce((sum, { file }) => sum + file.size, 0);
}
