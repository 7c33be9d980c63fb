/** The rows of logs in the index: as they were when they were last folded, and what they add up to. */
import { forgetAskable } from "./askable_logs.ts";
import type { Diagnostic, EpochMs, SessionFacts } from "../../../core/model.ts";
import type { SqlValue } from "../../../host/sqlite.ts";
import { cleanText } from "../../../core/clean_text.ts";
import { SEALED_COLUMNS } from "./schema.ts";
import type { Bytes, IndexStore } from "./store.ts";
import type { LogSums } from "../sums/digest_log.ts";
import type { SessionColumns } from "../sums/stored_session.ts";
import { OWN_SHARE } from "../sums/shares.ts";
import { decodeFacts } from "../sums/said_of_log.ts";
import { LOG_PATH, LOGS, splitPath } from "./directories.ts";
import { HAS_PATH, type IndexedFile, keyOfPath, type LogRow, readFile, SELECT_FILE } from "./indexed_files.ts";
import { addPart, insertPart, partInRow, removeParts, replaceParts } from "./parts.ts";
import { storeOnlySession } from "./session_rows.ts";

/** All that the index keeps of a log, or of a guest's share of it, but its parts. */
export interface StoredLog extends LogRow, Pick<LogSums, "rollup" | "lastTurnAt"> {
  readonly facts: SessionFacts | undefined;
  /** These, and what the source needs to go on: made by `encodeSaid`. Empty for a small log, see digestLog. */
  readonly said: Bytes;
  /** Whose share of the log it is, see sums/shares.ts. @default its own */
  readonly guest?: string;
  /** See `resolveOwnership`. */
  readonly lost: string;
  /** 1 when another log of the session shows some of its turns. */
  readonly entangled: number;
  /** 1 when which of its turns count may be otherwise once it or another log has gone on, see `Ownership`. */
  readonly tied: number;
}

/** What is asked of a session's log. Bytes that are empty the index leaves out, see LogTurns. */
export interface SessionLog {
  readonly id: number;
  readonly path: string;
  readonly guest: string;
  readonly said: Bytes;
  readonly lost: string;
  readonly entangled: number;
  readonly tied: number;
  readonly rollup: Bytes;
  readonly part: Bytes;
  /** 1 where there is more than that part. */
  readonly hasParts: number;
}

/** What is needed to go on with a log. */
export type LogProgress = Pick<StoredLog, "said" | "rollup" | "lost" | "entangled" | "tied">;

/** Undefined for a log that is gone. */
export function readLogPath(store: IndexStore, file: number): string | undefined {
  return store.get<{ path: string }>(`SELECT ${LOG_PATH} AS path FROM ${LOGS} WHERE f.id = ?`, file)?.path;
}

/** The rows of the guests that a log has. */
export function readGuests(store: IndexStore, path: string): readonly number[] {
  return store.all<{ id: number }>(
    `SELECT f.id FROM ${LOGS} WHERE ${HAS_PATH} AND guest <> ''`,
    keyOfPath(path),
    path,
  ).map(({ id }) => id);
}

/** A log's row, or that of a guest, as it is kept. */
export interface KeptLog extends IndexedFile, Omit<StoredLog, "facts"> {
  /** Row of its session; null for a log that names none, and for a guest's share that others own. */
  readonly session: number | null;
}

/** Undefined for a log that is gone. */
export function readLog(store: IndexStore, file: number): KeptLog | undefined {
  return store.get<KeptLog>(
    SELECT_FILE.replace(
      " FROM",
      ", guest, session, said, lost, entangled, tied, rollup, last_turn_at AS lastTurnAt FROM",
    ) + " WHERE f.id = ?",
    file,
  );
}

/** What is needed to go on with a log that is in the index. */
export function readProgress(store: IndexStore, file: number): LogProgress {
  return store.get<LogProgress>(
    "SELECT said, rollup, lost, entangled, tied FROM files WHERE id = ?",
    file,
  )!;
}

/** In the order of their paths. */
export function readSessionLogs(store: IndexStore, session: number): readonly SessionLog[] {
  return store.all<SessionLog>(
    `SELECT f.id, ${LOG_PATH} AS path, guest, said, lost, entangled, tied, rollup, part,
      EXISTS (SELECT 1 FROM log_parts WHERE file = f.id) AS hasParts FROM ${LOGS} WHERE session = ?
      ORDER BY ${LOG_PATH}, guest`,
    session,
  );
}

/** Takes a file and all that came from it out of the index, and marks its session as changed. */
export function removeLog(store: IndexStore, id: number): void {
  markSessionOf(store, id);
  forgetProblems(store, id);
  forgetAskable(store, id);
  removeParts(store, id);
  store.remove("files", "id = ?", id);
}

/** What could not be read of a file is no longer anything to look for. */
export function forgetProblems(store: IndexStore, id: number): void {
  store.remove("problems", "file = ?", id);
}

/** The id that the next new file may take. Only while this process writes. */
export function nextFileId(store: IndexStore): number {
  return (store.get<{ last: number | null }>("SELECT MAX(id) AS last FROM files")?.last ?? 0) + 1;
}

/** What a log's row does not hold: what could not be read of it, and what its turns add up to. */
export interface LogDetails {
  readonly problems: readonly Omit<Diagnostic, "path">[];
  readonly part: Bytes;
}

/**
 * Stores a log that the index knows nothing of, and marks its session as changed.
 *
 * @param alone What its session is, if it has no other log. @default that is worked out when the session is refreshed
 */
export function insertLog(
  store: IndexStore,
  id: number,
  log: StoredLog,
  { problems, part }: LogDetails,
  alone?: SessionColumns,
): void {
  insertRow(store, id, log, partInRow(part), alone);
  insertPart(store, id, part);
  insertProblems(store, id, problems);
}

/** Stores a log that was read from its beginning again. Marks its session, also the one it was of before, as changed. */
export function replaceLog(store: IndexStore, id: number, log: StoredLog, { problems, part }: LogDetails): void {
  forgetProblems(store, id);
  removeParts(store, id);
  replaceRow(store, id, log, partInRow(part));
  insertPart(store, id, part);
  insertProblems(store, id, problems);
}

/** Stores a log that has gone on. @param added What is to be added to what is known. Sessions as in {@linkcode replaceLog} */
export function extendLog(store: IndexStore, id: number, log: StoredLog, added: LogDetails): void {
  const { part } = store.get<{ part: Bytes }>("SELECT part FROM files WHERE id = ?", id)!;
  replaceRow(store, id, log, part);
  addPart(store, id, added.part);
  insertProblems(store, id, added.problems);
}

function replaceRow(store: IndexStore, id: number, log: StoredLog, part: Bytes): void {
  markSessionOf(store, id);
  store.remove("files", "id = ?", id);
  insertRow(store, id, log, part, undefined);
}

function insertRow(
  store: IndexStore,
  id: number,
  log: StoredLog,
  part: Bytes,
  alone: SessionColumns | undefined,
): void {
  const { source, path, guest = OWN_SHARE, facts } = log;
  // Of a small log, see digestLog, they are read from the log when they are needed.
  const keepsFacts = log.said.length > 0;
  const { directory, name } = splitPath(path);
  const row: Readonly<Record<FileColumn, SqlValue>> = {
    id,
    source,
    directory: store.directoryId(directory),
    name,
    path_key: keyOfPath(path),
    guest,
    size: log.size,
    mtime_ms: log.mtimeMs,
    ctime_ms: log.ctimeMs,
    inode: log.inode,
    source_version: log.sourceVersion,
    next_offset: log.nextOffset,
    next_seq: log.nextSeq,
    fingerprint: log.fingerprint,
    session: facts === undefined ? null : sessionFor(store, keepsFacts ? null : id, source, facts, alone),
    lost: log.lost,
    entangled: log.entangled,
    tied: log.tied,
    last_turn_at: log.lastTurnAt,
    part,
    said: log.said,
    rollup: log.rollup,
  };
  store.insert("files", SEALED_COLUMNS.files.map((column) => row[column]));
}

function insertProblems(store: IndexStore, id: number, problems: LogDetails["problems"]): void {
  for (const { line, message } of problems) {
    // A parser's message names the character that it stumbled over, which may be a NUL.
    store.insert("problems", [id, line ?? null, cleanText(message)]);
  }
}

/**
 * Stores what a log adds up to now that other turns of it count than before.
 *
 * @param alone As in {@linkcode insertLog}
 * @returns the parts that it had
 */
export function writeSums(
  store: IndexStore,
  id: number,
  sums: LogSums,
  { lost, entangled, tied }: Pick<StoredLog, "lost" | "entangled" | "tied">,
  alone?: SessionColumns,
): readonly Bytes[] {
  const { rollup, lastTurnAt, part } = sums;
  const changes = { rollup, last_turn_at: lastTurnAt, part: partInRow(part), lost, entangled, tied };
  const parts = replaceParts(store, id, changeFile(store, id, changes), part);
  if (alone === undefined || !storeOnlySession(store, id, alone)) markSessionOf(store, id);
  return parts;
}

/** Lists a guest's share under its session, or, when another log owns all that it shows, under none. */
export function writeGuestSession(store: IndexStore, id: number, isListed: boolean): void {
  markSessionOf(store, id);
  const { source, said } = store.get<{ source: string; said: Bytes }>(
    "SELECT source, said FROM files WHERE id = ?",
    id,
  )!;
  const session = isListed ? sessionFor(store, null, source, decodeFacts(said)!, undefined) : null;
  changeFile(store, id, { session });
}

/** No file has this one. */
const NO_TIME: EpochMs = 1;

/** Has the next scan read the log at a path, whether or not it changed until then. */
export function forgetTimes(store: IndexStore, path: string): void {
  const file = readFile(store, path);
  if (file !== undefined && file.ctimeMs !== NO_TIME) changeFile(store, file.id, { ctime_ms: NO_TIME });
}

function markSessionOf(store: IndexStore, file: number): void {
  store.run("UPDATE sessions SET dirty = 1 WHERE id = (SELECT session FROM files WHERE id = ?)", file);
}

const NO_COLUMNS = { cwd: null, figures: null, body: null };

/** @param file The log's row, when `alone` leaves out its path */
function sessionFor(
  store: IndexStore,
  file: number | null,
  source: string,
  facts: SessionFacts,
  alone: SessionColumns | undefined,
): number {
  const names = [source, facts.sessionId, facts.discriminator ?? ""];
  const columns = alone ?? NO_COLUMNS;
  const id = store.insertSession([...names, file, columns.cwd, columns.figures, columns.body]);
  if (id === undefined) {
    return store.get<{ id: number }>(
      "UPDATE sessions SET dirty = 1 WHERE source = ? AND session_id = ? AND discriminator = ? RETURNING id",
      ...names,
    )!.id;
  }
  if (alone === undefined) store.run("UPDATE sessions SET dirty = 1 WHERE id = ?", id);
  return id;
}

type FileColumn = (typeof SEALED_COLUMNS.files)[number];

/** Changes some columns of a log's row. @returns the part that was in it */
function changeFile(
  store: IndexStore,
  id: number,
  changes: Readonly<Partial<Record<FileColumn, SqlValue>>>,
): Bytes {
  const row = store.get<Record<FileColumn, SqlValue> & { readonly part: Bytes; readonly seal: number }>(
    "SELECT * FROM files WHERE id = ?",
    id,
  )!;
  const changed = { ...row, ...changes };
  const seal = store.seal("files", SEALED_COLUMNS.files.map((column) => changed[column]), row.seal);
  const names = Object.keys(changes) as FileColumn[];
  store.run(
    `UPDATE files SET ${names.map((name) => `${name} = ?, `).join("")}seal = ? WHERE id = ?`,
    ...names.map((name) => changed[name]),
    seal,
    id,
  );
  return row.part;
}
