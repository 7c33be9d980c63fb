/**
 * Brings the index up to date with the logs on disk, and opens it for questions.
 *
 * Every file is stat'ed. Unchanged files are not opened; grown ones are read from the end of the last whole line; shrunk,
 * replaced or re-versioned ones are read anew; vanished ones drop out. The index never stops an answer: when it cannot
 * be used, the same scan runs in memory.
 */
import type { Diagnostic, DurationMs } from "../core/model.ts";
import { needsPrice, turnCost } from "../core/pricing.ts";
import { ROLLUP_VERSION } from "../core/rollup.ts";
import { type FoundFile, makeDirectory, readTextFileIfAny, removeFileIfAny } from "../host/files.ts";
import { dirname } from "node:path";
import { discoverLogs, type Discovery, type ExtraRoot } from "./discover.ts";
import { readFingerprint } from "./fingerprint.ts";
import { type FileFold, foldFileInSteps, type FoldPosition } from "./fold_file.ts";
import { type IndexedFile, IndexStore, type SequencedTurn, type TurnRow } from "./index_store.ts";
import { LogScan } from "./log_scan.ts";
import { allSharedKeys, resolveOwnership, sharedKeys, type TurnKey } from "./ownership.ts";
import { PriceData } from "./price_data.ts";
import { refreshSessions } from "./session_index.ts";
import type { Source, SourceEnvironment } from "./source.ts";
import { SOURCES } from "./sources.ts";
import { mergeTurns, turnOfRow } from "./turn_rows.ts";

export interface ScanOptions {
  readonly environment: SourceEnvironment;
  /** Absolute path of our own state directory, `$OPPER_HOME/agent`. */
  readonly stateDirectory: string;
  readonly extraRoots?: readonly ExtraRoot[];
  /** False scans in memory and leaves no file. @default true */
  readonly useIndex?: boolean;
  /** Called as logs are read. Both counts are of bytes. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Waited for every few steps, so that a long scan leaves room for other work. What it throws ends the scan. */
  readonly pause?: () => Promise<void>;
  /** Called with a sentence when the index cannot be used. */
  readonly onWarning?: (message: string) => void;
}

export async function scanLogs(options: ScanOptions): Promise<LogScan> {
  const discovery = discoverLogs(SOURCES, options.environment, options.extraRoots ?? []);
  const overridesPath = `${options.stateDirectory}/prices.json`;
  const overridesText = readTextFileIfAny(overridesPath);
  const prices = new PriceData(overridesPath, overridesText);
  const indexPath = `${options.stateDirectory}/index.db`;
  if (options.useIndex ?? true) {
    try {
      makeDirectory(dirname(indexPath));
      return await scanInto(indexPath, indexPath, discovery, prices, options);
    } catch (error) {
      const why = indexFault(error);
      if (why === undefined) throw error;
      if (why === "corrupt") { for (const suffix of ["", "-wal", "-shm"]) removeFileIfAny(indexPath + suffix); }
      options.onWarning?.(
        why === "corrupt"
          ? `The index ${indexPath} was corrupt. This answer was scanned in memory; the next run builds a new index.`
          : `The index ${indexPath} cannot be used (${why}). This answer was scanned in memory, which is slower.`,
      );
    }
  }
  return await scanInto(":memory:", indexPath, discovery, prices, options);
}

async function scanInto(
  databasePath: string,
  indexPath: string,
  discovery: Discovery,
  prices: PriceData,
  options: ScanOptions,
): Promise<LogScan> {
  const store = await whenFree(() => new IndexStore(databasePath), options);
  try {
    const problems: Diagnostic[] = [...discovery.problems, ...prices.problems];
    const priceVersion = await prices.version();
    prices.remember(() => store.readMeta("prices") === priceVersion ? store.readPrices() : []);
    const isStale = () =>
      needsWork(store, discovery) || store.readMeta("prices") !== priceVersion ||
      store.readMeta("rollup") !== String(ROLLUP_VERSION);
    if (isStale()) {
      // Only one process writes. Whoever waited here finds most of the work done.
      await whenFree(() => store.begin(), options);
      try {
        await updateIndex(store, discovery, prices, priceVersion, problems, options);
        store.commit();
      } catch (error) {
        store.rollback();
        throw error;
      }
    }
    return new LogScan({ store, indexPath, inMemory: databasePath === ":memory:", discovery, prices, problems });
  } catch (error) {
    store.close();
    throw error;
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

interface Change {
  readonly source: Source;
  readonly file: FoundFile;
  readonly known: IndexedFile | undefined;
}

function listChanges(store: IndexStore, discovery: Discovery): { changed: Change[]; gone: IndexedFile[] } {
  const known = new Map(store.readFiles().map((file) => [file.path, file]));
  const changed: Change[] = [];
  for (const { source, file } of discovery.files) {
    const before = known.get(file.path);
    known.delete(file.path);
    if (before === undefined || !isUnchanged(before, source, file)) changed.push({ source, file, known: before });
  }
  return { changed, gone: [...known.values()] };
}

function needsWork(store: IndexStore, discovery: Discovery): boolean {
  const { changed, gone } = listChanges(store, discovery);
  return changed.length > 0 || gone.length > 0;
}

function isUnchanged(known: IndexedFile, source: Source, file: FoundFile): boolean {
  return known.source === source.id && known.sourceVersion === source.version && known.size === file.size &&
    known.mtimeMs === file.mtimeMs && known.ctimeMs === file.ctimeMs && known.inode === file.inode;
}

/**
 * Whether the file still begins with all that was folded, so that reading may go on where it stopped. One that changed
 * and is no longer than it was did not grow: it was rewritten, or its end was.
 */
function hasGrown(known: IndexedFile, source: Source, file: FoundFile): boolean {
  return known.source === source.id && known.sourceVersion === source.version && known.inode === file.inode &&
    file.size > known.size && !file.compressed &&
    readFingerprint(file.path, known.nextOffset) === known.fingerprint;
}

async function updateIndex(
  store: IndexStore,
  discovery: Discovery,
  prices: PriceData,
  priceVersion: string,
  problems: Diagnostic[],
  options: ScanOptions,
): Promise<void> {
  const { changed, gone } = listChanges(store, discovery);
  const touched = new Map<string, TurnKey>();
  const touch = (file: number) => {
    for (const key of sharedKeys(store, file)) touched.set(`${key.source}\0${key.key}`, key);
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
  let done = 0;
  const updated: number[] = [];
  const updateFiles = async () => {
    for (const { source, file, known } of changed) {
      const id = await updateFile(store, { source, file, known }, prices, problems, {
        touch,
        async onStep(bytes) {
          options.onProgress?.(done + Math.min(bytes, file.size), total);
          await options.pause?.();
        },
      });
      if (id !== undefined) updated.push(id);
      done += file.size;
    }
  };
  if (store.isEmpty()) {
    await store.fill(updateFiles);
    for (const key of allSharedKeys(store)) touched.set(`${key.source}\0${key.key}`, key);
  } else {
    await updateFiles();
    updated.forEach(touch);
  }
  if (store.readMeta("rollup") !== String(ROLLUP_VERSION)) {
    store.run("UPDATE sessions SET dirty = 1");
    store.writeMeta("rollup", String(ROLLUP_VERSION));
  }
  resolveOwnership(store, touched.values());
  await refreshSessions(store, prices, options.pause);
  store.writePrices(prices.takeNews());
  options.onProgress?.(total, total);
}

async function updateFile(
  store: IndexStore,
  { source, file, known }: Change,
  prices: PriceData,
  problems: Diagnostic[],
  { touch, onStep }: { touch(file: number): void; onStep(bytes: number): Promise<void> },
): Promise<number | undefined> {
  let fold: FileFold;
  let continues = false;
  try {
    let from: FoldPosition | undefined;
    if (known !== undefined && hasGrown(known, source, file)) {
      from = { state: store.readState(known.id), nextOffset: known.nextOffset, nextSeq: known.nextSeq };
      continues = true;
    }
    fold = await takeSteps(foldFileInSteps(source, file, from), onStep);
  } catch (error) {
    if (isIndexError(error)) throw error;
    // Unreadable now: what was read of it before is no longer backed by anything.
    problems.push({ path: file.path, message: `Cannot be read: ${error instanceof Error ? error.message : error}` });
    if (known !== undefined) {
      touch(known.id);
      store.removeFile(known.id);
    }
    return undefined;
  }
  if (known !== undefined && !continues) touch(known.id);
  const merged = !continues ? fold.turns : fold.turns.map(({ seq, turn }) => {
    const before = store.readTurn(known!.id, turn.key);
    return before === undefined ? { seq, turn } : { seq: before.seq, turn: mergeTurns(turnOfRow(before), turn) };
  });
  const unpriced = merged.filter(({ turn }) => needsPrice(turn)).map(({ turn }) => turn.model);
  const book = unpriced.length === 0 ? undefined : await prices.bookFor(unpriced);
  const turns = merged.map(({ seq, turn }): SequencedTurn => ({ seq, turn, ...turnCost(turn, book) }));
  return store.writeFile({
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
    turns,
    problems: fold.problems,
    continues,
  }, known?.id);
}

/** How long to work between two breaths: the clock is asked, not the event loop. */
const BREATH_MS: DurationMs = 20;

async function takeSteps<T>(steps: Generator<number, T>, onStep: (bytes: number) => Promise<void>): Promise<T> {
  await onStep(0);
  let breathedAt = performance.now();
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (performance.now() - breathedAt < BREATH_MS) continue;
      await onStep(step.value);
      breathedAt = performance.now();
    }
  } finally {
    // Closes the file when a step was the last one for another reason.
    steps.return(undefined as T);
  }
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
