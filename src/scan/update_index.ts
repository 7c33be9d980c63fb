/**
 * Writes what changed on disk into the index: logs that are new, grew, were rewritten or vanished; new prices; which
 * copy of a response counts; and the sums of every session that any of it touched. Everything inside the caller's
 * transaction.
 */
import type { Diagnostic } from "../core/model.ts";
import { turnCost } from "../core/pricing.ts";
import { ROLLUP_VERSION } from "../core/rollup.ts";
import type { FoundFile } from "../host/files.ts";
import type { Discovery } from "./discover.ts";
import { readFingerprint } from "./fingerprint.ts";
import { type FileFold, foldFileInSteps } from "./fold_file.ts";
import { type EncodedFold, encodeFold, foldAll, type FoldQueueOptions, reasonOf } from "./fold_queue.ts";
import type { IndexedFile, IndexStore, TurnRow } from "./index_store.ts";
import { allSharedKeys, resolveOwnership, sharedKeys, type TurnKey } from "./ownership.ts";
import type { PriceData } from "./price_data.ts";
import { type AppendedTurns, refreshSessions } from "./session_index.ts";
import type { Source } from "./source.ts";
import { takeSteps } from "./take_steps.ts";
import { mergeTurns, turnOfRow } from "./turn_rows.ts";
import { priceTurns } from "./turn_values.ts";

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

export interface Change {
  readonly source: Source;
  readonly file: FoundFile;
  readonly known: IndexedFile | undefined;
}

/** What differs between the logs and the index. */
export interface Changes {
  readonly changed: readonly Change[];
  readonly gone: readonly IndexedFile[];
  /** Of the index when it was looked at. */
  readonly dataVersion: number;
}

/** Whether the index lags behind the logs, the prices or this program. */
export function isStale(store: IndexStore, { changed, gone }: Changes, priceVersion: string): boolean {
  return changed.length > 0 || gone.length > 0 || store.readMeta("prices") !== priceVersion ||
    store.readMeta("rollup") !== String(ROLLUP_VERSION);
}

export function listChanges(store: IndexStore, discovery: Discovery): Changes {
  const dataVersion = store.dataVersion();
  if (store.readMeta("logs") === stampOf(discovery)) return { changed: [], gone: [], dataVersion };
  const known = new Map(store.readFiles().map((file) => [file.path, file]));
  const changed: Change[] = [];
  for (const { source, file } of discovery.files) {
    const before = known.get(file.path);
    known.delete(file.path);
    if (before === undefined || !isUnchanged(before, source, file)) changed.push({ source, file, known: before });
  }
  return { changed, gone: [...known.values()], dataVersion };
}

/** What tells whether any log changed: the same text as after the last scan spares comparing them one by one. */
function stampOf({ files }: Discovery): string {
  let stamp = "";
  for (const { source, file } of files) {
    stamp += `${source.id} ${source.version} ${file.path} ${file.size} ${file.mtimeMs} ${file.ctimeMs} ${file.inode}\n`;
  }
  return stamp;
}

function isUnchanged(known: IndexedFile, source: Source, file: FoundFile): boolean {
  return known.source === source.id && known.sourceVersion === source.version && known.size === file.size &&
    known.mtimeMs === file.mtimeMs && known.ctimeMs === file.ctimeMs && known.inode === file.inode;
}

/**
 * Whether the file still begins with all that was folded, so that reading may go on where it stopped. One that changed
 * and is no longer than it was did not grow: it was rewritten, or its end was.
 */
function hasGrown({ known, source, file }: Change): boolean {
  return known !== undefined && known.source === source.id && known.sourceVersion === source.version &&
    known.inode === file.inode && file.size > known.size && !file.compressed &&
    readFingerprint(file.path, known.nextOffset) === known.fingerprint;
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
  const { changed, gone } = seen.dataVersion === store.dataVersion() ? seen : listChanges(store, discovery);
  const touched = new Map<string, TurnKey>();
  const touch = (file: number, fromSeq?: number) => {
    for (const key of sharedKeys(store, file, fromSeq)) touched.set(`${key.source}\0${key.key}`, key);
  };
  for (const file of gone) {
    touch(file.id);
    store.removeFile(file.id);
  }
  if (store.readMeta("prices") !== priceVersion) {
    store.forgetPrices();
    await repriceTurns(store, prices);
    store.writeMeta("prices", priceVersion);
  }
  const total = changed.reduce((sum, { file }) => sum + file.size, 0);
  let appended: readonly AppendedTurns[] = [];
  if (store.isEmpty()) {
    await store.fill(async () => {
      await updateFiles(store, changed, total, () => {}, options);
    });
    for (const key of allSharedKeys(store)) touched.set(`${key.source}\0${key.key}`, key);
  } else {
    appended = await updateFiles(store, changed, total, touch, options);
  }
  if (store.readMeta("rollup") !== String(ROLLUP_VERSION)) {
    store.run("UPDATE sessions SET dirty = 1");
    store.writeMeta("rollup", String(ROLLUP_VERSION));
  }
  resolveOwnership(store, touched.values());
  await refreshSessions(store, prices, appended, pause);
  store.writePrices(prices.takeNews());
  // A log that could not be read is looked at again each time.
  store.writeMeta("logs", problems.length === before ? stampOf(discovery) : "");
  onProgress?.(total, total);
}

/**
 * @param touch Called with a file before its turns are replaced, and after all are written
 * @returns the turns that only go on from those before
 */
async function updateFiles(
  store: IndexStore,
  changes: readonly Change[],
  total: number,
  touch: (file: number, fromSeq?: number) => void,
  options: UpdateOptions,
): Promise<readonly AppendedTurns[]> {
  const { problems, onProgress, pause, startThread } = options;
  const written: { readonly file: number; readonly fromSeq: number }[] = [];
  const appended: AppendedTurns[] = [];
  let done = 0;
  const onStep = async (bytes: number) => {
    onProgress?.(Math.min(done + bytes, total), total);
    await pause?.();
  };
  const forget = ({ known, file }: Change, error: string) => {
    // Unreadable now: what was read of it before is no longer backed by anything.
    problems.push({ path: file.path, message: `Cannot be read: ${error}` });
    if (known === undefined) return;
    touch(known.id);
    store.removeFile(known.id);
  };
  const whole: Change[] = [];
  for (const change of changes) {
    const grown = await continueFile(store, change, options, onStep);
    if (grown === "replaced") whole.push(change);
    else {
      if ("error" in grown) forget(change, grown.error);
      else {
        written.push(grown);
        if (grown.session !== undefined) appended.push({ ...grown, session: grown.session });
      }
      done += change.file.size;
    }
  }
  // Ids in the order of the files, whichever thread is done first.
  let nextId = store.nextFileId();
  const ids = whole.map(({ known }) => known?.id ?? nextId++);
  for await (const { index, fold, error } of foldAll(whole, { startThread, onStep })) {
    const change = whole[index]!;
    done += change.file.size;
    if (fold === undefined) {
      forget(change, error ?? "");
      continue;
    }
    if (change.known !== undefined) touch(change.known.id);
    await writeFold(store, ids[index]!, change, fold, {}, options);
    written.push({ file: ids[index]!, fromSeq: 0 });
  }
  for (const { file, fromSeq } of written) touch(file, fromSeq);
  return appended;
}

/** Reads what was added to a file that has only grown. */
async function continueFile(
  store: IndexStore,
  change: Change,
  options: UpdateOptions,
  onStep: (bytes: number) => Promise<void>,
): Promise<
  "replaced" | { readonly error: string } | {
    readonly file: number;
    /** The first turn that is new or changed. */
    readonly fromSeq: number;
    /** The session whose sums can go on, if they can. */
    readonly session?: number;
  }
> {
  const { source, file, known } = change;
  try {
    if (known === undefined || !hasGrown(change)) return "replaced";
  } catch (error) {
    return { error: reasonOf(error) };
  }
  const from = { state: store.readState(known.id), nextOffset: known.nextOffset, nextSeq: known.nextSeq };
  const outcome = await takeSteps(foldFileInSteps(source, file, from), onStep);
  if ("error" in outcome) return { error: reasonOf(outcome.error) };
  let appends = true;
  let fromSeq = known.nextSeq;
  const turns = outcome.value.turns.map(({ seq, turn }): FileFold["turns"][number] => {
    const before = store.readTurn(known.id, turn.key);
    if (before === undefined) return { seq, turn };
    appends = false;
    fromSeq = Math.min(fromSeq, before.seq);
    return { seq: before.seq, turn: mergeTurns(turnOfRow(before), turn) };
  });
  const fold = encodeFold({ ...outcome.value, turns });
  const session = await writeFold(store, known.id, change, fold, { continues: true, appends }, options);
  return { file: known.id, fromSeq, session };
}

async function writeFold(
  store: IndexStore,
  id: number,
  { source, file, known }: Change,
  fold: EncodedFold,
  { continues = false, appends = false }: { readonly continues?: boolean; readonly appends?: boolean },
  { prices }: UpdateOptions,
): Promise<number | undefined> {
  return store.writeFile(id, {
    source: source.id,
    path: file.path,
    size: file.size,
    mtimeMs: file.mtimeMs,
    ctimeMs: file.ctimeMs,
    inode: file.inode,
    sourceVersion: source.version,
    nextOffset: fold.nextOffset,
    nextSeq: fold.nextSeq,
    fingerprint: fold.fingerprint,
    state: fold.state,
    facts: fold.facts,
    turns: await priceTurns(fold, (models) => prices.bookFor(models)),
    problems: fold.problems,
    isNew: known === undefined,
    continues,
    appends,
  });
}

/** Prices changed: everything that the tool itself did not price is priced anew. */
async function repriceTurns(store: IndexStore, prices: PriceData): Promise<void> {
  const rows = store.all<TurnRow>("SELECT * FROM turns WHERE basis <> 'reported'");
  if (rows.length === 0) return;
  const book = await prices.bookFor(rows);
  for (const row of rows) {
    const { usd, basis } = turnCost(turnOfRow(row), book);
    store.run("UPDATE turns SET usd = ?, basis = ? WHERE file = ? AND seq = ?", usd ?? null, basis, row.file, row.seq);
  }
  store.run("UPDATE sessions SET dirty = 1");
}
