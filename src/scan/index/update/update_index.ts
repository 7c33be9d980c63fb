/**
 * Writes what changed on disk into the index: logs that are new, grew, were rewritten or vanished; which copy of a
 * response counts; and the sums of every session that any of it touched. Everything inside the caller's transaction.
 */
import type { Diagnostic } from "../../../core/model.ts";
import { continueLog } from "./continue_log.ts";
import type { Discovery } from "../../logs/discover.ts";
import { GapChanges } from "../tables/gaps.ts";
import type { IndexStore } from "../tables/store.ts";
import { KeyIndex } from "../tables/keys.ts";
import { addAskable, writeAskable } from "../tables/askable_logs.ts";
import { addOutdated } from "./list_outdated.ts";
import { forgetVersions, hasOtherEvidence, isOutdated, noteEvidence, noteVersions } from "../tables/versions.ts";
import { type Change, type Changes, listAll, listChanges } from "./list_changes.ts";
import { forgetStamp, stampOf, writeStamp } from "../tables/stamp.ts";
import type { GuestDigest, LogDigest } from "../sums/digest_log.ts";
import { readParts } from "../tables/parts.ts";
import {
  extendLog,
  forgetTimes,
  insertLog,
  nextFileId,
  readGuests,
  removeLog,
  replaceLog,
  type StoredLog,
} from "../tables/logs.ts";
import type { LogRow } from "../tables/indexed_files.ts";
import { describeUnread } from "../../logs/log_reader.ts";
import { type ContinuedSums, LogTurns } from "../log_turns.ts";
import { foldsOf } from "./early_thread.ts";
import type { TaskOutcome, UnreadLog } from "./log_tasks.ts";
import { LogWork, type LogWorkOptions } from "./log_work.ts";
import { noteDeleted, putBack, takeDeleted, takeShownElsewhere } from "./keep_deleted.ts";
import type { Prices } from "../../prices/prices.ts";
import { refreshSessions } from "./refresh_sessions.ts";
import { readHeads, type SessionHeads } from "../tables/session_heads.ts";
import { weighTotals } from "./weigh_totals.ts";
import { settleOwnership } from "./settle_ownership.ts";

/** What an update is made with, and who is told how it goes. */
export interface UpdateOptions extends Pick<LogWorkOptions, "startThread" | "evidence"> {
  readonly prices: Prices;
  /** {@linkcode Prices.version} */
  readonly priceVersion: string;
  /** Logs that cannot be read are added. */
  readonly problems: Diagnostic[];
  /** Called as logs are read. Both counts are of bytes. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly pause?: () => Promise<void>;
}

/**
 * @param seen The changes found before the write lock was taken. Another process may have written since
 * @returns what is known of all sessions, for as long as the transaction lasts
 */
export async function updateIndex(
  store: IndexStore,
  discovery: Discovery,
  seen: Changes,
  options: UpdateOptions,
): Promise<SessionHeads> {
  const { prices, priceVersion, problems, onProgress, pause, evidence } = options;
  const before = problems.length;
  const found = noteDeleted(
    store,
    seen.dataVersion === store.dataVersion() ? seen : listChanges(store, discovery),
    discovery,
  );
  const gaps = new GapChanges();
  const { keys, changes } = isOutdated(store, priceVersion)
    ? startAnew(store, discovery, priceVersion, gaps)
    : { keys: new KeyIndex(store), changes: withOutdated(store, discovery, found, evidence) };
  const progress = { done: 0, total: totalBytes(changes.changed) };
  const onStep = async (bytes: number) => {
    onProgress?.(Math.min(progress.done + bytes, progress.total), progress.total);
    await pause?.();
  };
  const work = new LogWork({ prices, startThread: options.startThread, onStep, evidence });
  const update: Update = {
    store,
    keys,
    gaps,
    work,
    nextId: nextFileId(store),
    continued: new Map(),
    progress,
    onStep,
  };
  try {
    for (const file of changes.gone) dropWithGuests(update, file);
    await updateLogs(update, changes.changed, options);
    for (const log of takeShownElsewhere(store, keys)) dropWithGuests(update, log);
    await settleOwnership(update, discovery, (log) => leaveUnread(update, problems, log));
  } finally {
    work.end();
  }
  await refreshSessions({
    store,
    turns: new LogTurns({ store, discovery, prices, pause, evidence, continued: update.continued }),
    prices,
    pause,
    leaveLog(log) {
      leaveUnread(update, problems, log);
      // Other logs may now own what it showed: the next scan weighs all of them anew.
      if (!log.isUnfinished) forgetVersions(store);
    },
  });
  const heads = readHeads(store);
  weighTotals(store, heads, () => discovery.files.map(({ file }) => file.path));
  noteEvidence(store, evidence);
  update.keys.save();
  update.gaps.save(store);
  store.writePrices(prices.takeNews());
  // A log that could not be read is looked at again each time, as is one that cannot be looked for.
  if (problems.length === before && changes.unseen === 0) writeStamp(store, stampOf(discovery));
  else forgetStamp(store);
  onProgress?.(progress.total, progress.total);
  return heads;
}

function withOutdated(
  store: IndexStore,
  discovery: Discovery,
  found: Changes,
  evidence: UpdateOptions["evidence"],
): Changes {
  if (!hasOtherEvidence(store, evidence)) return found;
  return { ...found, changed: addOutdated(store, discovery, found.changed) };
}

/** With other prices or rules every log adds up to something else, but for those that nobody can read again. */
function startAnew(
  store: IndexStore,
  discovery: Discovery,
  priceVersion: string,
  gaps: GapChanges,
): { readonly keys: KeyIndex; readonly changes: Changes } {
  const deleted = takeDeleted(store);
  store.clear();
  noteVersions(store, priceVersion);
  const keys = new KeyIndex(store);
  putBack(store, deleted, (id, own, parts) => {
    keys.add(id, own);
    for (const part of parts) gaps.add(part);
  });
  return { keys, changes: listAll(store, discovery) };
}

/** What an update works on. */
interface Update {
  readonly store: IndexStore;
  readonly keys: KeyIndex;
  readonly gaps: GapChanges;
  readonly work: LogWork;
  /** Of the next log or guest. An id that a log had is not another one's within one scan. */
  nextId: number;
  /** By row. */
  readonly continued: Map<number, ContinuedSums>;
  /** In bytes. */
  readonly progress: { done: number; readonly total: number };
  readonly onStep: LogWorkOptions["onStep"];
}

async function updateLogs(
  update: Update,
  changes: readonly Change[],
  { prices, problems, evidence }: UpdateOptions,
): Promise<void> {
  const { store, keys, gaps, work, progress, onStep } = update;
  const whole: Change[] = [];
  for (const change of changes) {
    const continued = change.known === undefined
      ? undefined
      : await continueLog(store, keys, { ...change, known: change.known }, { prices, evidence }, onStep);
    if (continued === undefined) whole.push(change);
    else {
      const { log, part, keys: added, problems, askable, sums } = continued;
      extendLog(store, change.known!.id, log, { problems, part });
      addAskable(store, change.known!.id, askable);
      keys.add(change.known!.id, added);
      gaps.add(part);
      update.continued.set(change.known!.id, sums);
      progress.done += change.file.size;
    }
  }
  const waiting: TaskOutcome<"fold">[] = [];
  const storeWaiting = () => {
    for (const { index, result, error, isUnfinished = false, isOwn = false } of waiting.splice(0)) {
      const change = whole[index]!;
      // New ids as they come: what is put behind all other rows leaves no room between them.
      if (result !== undefined) storeDigest(update, change.known?.id ?? update.nextId++, change, result, isOwn);
      else leaveUnread(update, problems, { id: change.known?.id, path: change.file.path, error: error!, isUnfinished });
    }
  };
  for await (const outcome of work.run("fold", foldsOf(whole))) {
    progress.done += whole[outcome.index]!.file.size;
    waiting.push(outcome);
    if (waiting.length >= STORED_TOGETHER) storeWaiting();
  }
  storeWaiting();
}

/** Between two logs a processor forgets how rows are stored: one alone takes several times as long. */
const STORED_TOGETHER = 32;

/**
 * What was read of a log before is no longer backed by anything; of one that could not be read this time alone it counts,
 * and the next scan reads it.
 *
 * @param log With no id where it is not in the index
 */
function leaveUnread(
  update: Update,
  problems: Diagnostic[],
  { id, path, error, isUnfinished }: Omit<UnreadLog, "id"> & { readonly id: number | undefined },
): void {
  // Several may ask for it.
  const message = describeUnread(error, isUnfinished);
  if (!problems.some((problem) => problem.path === path)) problems.push({ path, message });
  if (isUnfinished) forgetTimes(update.store, path);
  else if (id !== undefined) dropWithGuests(update, { id, path });
}

function storeDigest(update: Update, id: number, change: Change, digest: LogDigest, isOwn: boolean): void {
  const { store, keys, gaps } = update;
  const { source, file, known } = change;
  const { keys: found, problems, alone, part, guests, askable, ...rest } = digest;
  if (known === undefined) keys.add(id, found, isOwn);
  else {
    for (const part of readParts(store, id)) gaps.remove(part);
    keys.replace(id, found);
  }
  gaps.add(part);
  const { path, size, mtimeMs, ctimeMs, inode } = file;
  const stamp = { source: source.id, sourceVersion: source.logs.version, path, size, mtimeMs, ctimeMs, inode };
  const log: StoredLog = { ...stamp, ...rest, lost: "", entangled: 0, tied: 0 };
  const details = { problems, part };
  writeAskable(store, id, askable, known === undefined);
  if (known === undefined) insertLog(store, id, log, details, alone);
  else {
    replaceLog(store, id, log, details);
    for (const guest of readGuests(store, path)) dropLog(update, guest);
  }
  for (const guest of guests) storeGuest(update, stamp, guest);
}

/** What a log shows of another session is a log of that one. */
function storeGuest(
  update: Update,
  stamp: Omit<LogRow, "nextOffset" | "nextSeq" | "fingerprint">,
  { keys, facts, said, part, rollup, lastTurnAt }: GuestDigest,
): void {
  const id = update.nextId++;
  update.keys.add(id, keys);
  update.gaps.add(part);
  const log: StoredLog = {
    ...stamp,
    guest: facts.sessionId,
    nextOffset: 0,
    nextSeq: 0,
    fingerprint: "",
    facts,
    said,
    rollup,
    lastTurnAt,
    lost: "",
    entangled: 0,
    tied: 0,
  };
  insertLog(update.store, id, log, { problems: [], part });
}

/** With what it shows of other sessions. */
function dropWithGuests(update: Update, { id, path }: { readonly id: number; readonly path: string }): void {
  for (const guest of readGuests(update.store, path)) dropLog(update, guest);
  dropLog(update, id);
}

function dropLog({ store, keys, gaps }: Update, id: number): void {
  for (const part of readParts(store, id)) gaps.remove(part);
  keys.remove(id);
  removeLog(store, id);
}

function totalBytes(changes: readonly Change[]): number {
  return changes.reduce((sum, { file }) => sum + file.size, 0);
}
