/** The rows of logs in the index: as they were when they were last folded, and what they add up to. */
import type { Diagnostic, EpochMs, SessionFacts } from "../../../core/model.ts";
import { cleanText } from "../../../core/clean_text.ts";
import { SEALED_COLUMNS } from "./schema.ts";
import type { IndexStore } from "./store.ts";
import type { LogSums, SessionOfLog } from "../sums/digest_log.ts";
import { OWN_SHARE } from "../sums/shares.ts";
import { addPart, insertPart, type LogPart, removeParts, writePart } from "./parts.ts";

/** A file as it was when it was last folded: what tells whether it changed, and where to go on. */
export interface LogRow {
  readonly source: string;
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
  readonly sourceVersion: number;
  /** Just past the last whole line that was folded. */
  readonly nextOffset: number;
  readonly nextSeq: number;
  readonly fingerprint: string;
}

/** A log that the index has, or a guest's share of one. */
export interface IndexedFile extends LogRow {
  /** Its row, by which all else that came from it is found. */
  readonly id: number;
}

/** All that the index keeps of a log, or of a guest's share of it, but its parts. */
export interface StoredLog extends LogRow, Pick<LogSums, "rollup" | "lastTurnAt"> {
  /** What the source needs to go on, as JSON. */
  readonly state: string;
  readonly facts: SessionFacts | undefined;
  /** Whose share of the log it is, see sums/shares.ts. @default its own */
  readonly guest?: string;
  /** See `resolveOwnership`. */
  readonly lost: string;
  /** 1 when another log of the session shows some of its turns. */
  readonly entangled: number;
  /** 1 when which of its turns count may be otherwise once it or another log has gone on, see `Ownership`. */
  readonly tied: number;
}

/** What is asked of a session's log. Texts are JSON; those that are empty the index leaves out, see LogTurns. */
export interface SessionLog {
  readonly id: number;
  readonly path: string;
  readonly guest: string;
  readonly facts: string;
  readonly lost: string;
  readonly entangled: number;
  readonly rollup: string;
}

/** @param logs With what the index leaves out */
export function factsOf(
  logs: readonly Pick<SessionLog, "path" | "facts">[],
): readonly { readonly path: string; readonly facts: SessionFacts }[] {
  return logs.map(({ path, facts }) => ({ path, facts: JSON.parse(facts) as SessionFacts }));
}

/** What is needed to go on with a log. */
export type LogProgress = Pick<StoredLog, "state" | "rollup" | "lost" | "entangled" | "tied">;

const SELECT_FILE = `SELECT id, source, path, size, mtime_ms AS mtimeMs, ctime_ms AS ctimeMs, inode,
  source_version AS sourceVersion, next_offset AS nextOffset, next_seq AS nextSeq, fingerprint`;

/** All logs, without the shares of guests. */
export function readFiles(store: IndexStore): IndexedFile[] {
  return store.all<IndexedFile>(`${SELECT_FILE} FROM files WHERE guest = ''`);
}

/** The log at a path; undefined when the index does not have it. */
export function readFile(store: IndexStore, path: string): IndexedFile | undefined {
  return store.get<IndexedFile>(
    `${SELECT_FILE} FROM files WHERE path_key = ? AND path = ? AND guest = ''`,
    keyOfPath(path),
    path,
  );
}

/** Undefined for a log that is gone. */
export function readLogPath(store: IndexStore, file: number): string | undefined {
  return store.get<{ path: string }>("SELECT path FROM files WHERE id = ?", file)?.path;
}

/** The rows of the guests that a log has. */
export function readGuests(store: IndexStore, path: string): readonly number[] {
  return store.all<{ id: number }>(
    "SELECT id FROM files WHERE path_key = ? AND path = ? AND guest <> ''",
    keyOfPath(path),
    path,
  ).map(({ id }) => id);
}

/** FNV-1a. Paths may share one: whoever finds a row compares the path itself. */
function keyOfPath(path: string): number {
  let key = 0x811c9dc5;
  for (let at = 0; at < path.length; at++) key = Math.imul(key ^ path.charCodeAt(at), 0x01000193);
  return key;
}

/** What is needed to go on with a log that is in the index. */
export function readProgress(store: IndexStore, file: number): LogProgress {
  return store.get<LogProgress>(
    "SELECT state, rollup, lost, entangled, tied FROM files WHERE id = ?",
    file,
  )!;
}

/** In the order of their paths. */
export function readSessionLogs(store: IndexStore, session: number): readonly SessionLog[] {
  return store.all<SessionLog>(
    `SELECT id, path, guest, COALESCE(facts, '') AS facts, lost, entangled, rollup FROM files WHERE session = ?
      ORDER BY path, guest`,
    session,
  );
}

/** Takes a file and all that came from it out of the index, and marks its session as changed. */
export function removeLog(store: IndexStore, id: number): void {
  markSessionOf(store, id);
  store.remove("problems", "file = ?", id);
  removeParts(store, id);
  store.remove("files", "id = ?", id);
}

/** The id that the next new file may take. Only while this process writes. */
export function nextFileId(store: IndexStore): number {
  return (store.get<{ last: number | null }>("SELECT MAX(id) AS last FROM files")?.last ?? 0) + 1;
}

/** What a log's row does not hold: what could not be read of it, and what its turns add up to. */
export interface LogDetails {
  readonly problems: readonly Omit<Diagnostic, "path">[];
  readonly part: LogPart;
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
  alone?: SessionOfLog,
): void {
  insertRow(store, id, log, alone);
  insertPart(store, id, part);
  insertProblems(store, id, problems);
}

/** Stores a log that was read from its beginning again. Marks its session, also the one it was of before, as changed. */
export function replaceLog(store: IndexStore, id: number, log: StoredLog, { problems, part }: LogDetails): void {
  store.remove("problems", "file = ?", id);
  replaceRow(store, id, log);
  writePart(store, id, part);
  insertProblems(store, id, problems);
}

/** Stores a log that has gone on. @param added What is to be added to what is known. Sessions as in {@linkcode replaceLog} */
export function extendLog(store: IndexStore, id: number, log: StoredLog, added: LogDetails): void {
  replaceRow(store, id, log);
  addPart(store, id, added.part);
  insertProblems(store, id, added.problems);
}

function replaceRow(store: IndexStore, id: number, log: StoredLog): void {
  markSessionOf(store, id);
  store.remove("files", "id = ?", id);
  insertRow(store, id, log, undefined);
}

function insertRow(store: IndexStore, id: number, log: StoredLog, alone: SessionOfLog | undefined): void {
  const { source, path, guest = OWN_SHARE, facts } = log;
  // Of a small log, see digestLog, they are read from the log when they are needed.
  const keepsFacts = log.state !== "" || guest !== OWN_SHARE;
  const row: Readonly<Record<FileColumn, string | number | null>> = {
    id,
    source,
    path,
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
    facts: keepsFacts && facts !== undefined ? JSON.stringify(facts) : null,
    lost: log.lost,
    entangled: log.entangled,
    tied: log.tied,
    last_turn_at: log.lastTurnAt,
    state: log.state,
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

/** Stores what a log adds up to now that other turns of it count than before. */
export function writeSums(
  store: IndexStore,
  id: number,
  sums: LogSums,
  { lost, entangled, tied }: Pick<StoredLog, "lost" | "entangled" | "tied">,
): void {
  changeFile(store, id, { rollup: sums.rollup, last_turn_at: sums.lastTurnAt, lost, entangled, tied });
  writePart(store, id, sums);
  markSessionOf(store, id);
}

/** Lists a guest's share under its session, or, when another log owns all that it shows, under none. */
export function writeGuestSession(store: IndexStore, id: number, isListed: boolean): void {
  markSessionOf(store, id);
  const row = store.get<{ source: string; facts: string }>("SELECT source, facts FROM files WHERE id = ?", id)!;
  const session = isListed
    ? sessionFor(store, null, row.source, JSON.parse(row.facts) as SessionFacts, undefined)
    : null;
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
  alone: SessionOfLog | undefined,
): number {
  const names = [source, facts.sessionId, facts.discriminator ?? ""];
  const { columns = NO_COLUMNS, ready } = alone ?? {};
  const id = store.insertSession([...names, file, columns.cwd, columns.figures, columns.body]);
  if (id === undefined) {
    return store.get<{ id: number }>(
      "UPDATE sessions SET dirty = 1 WHERE source = ? AND session_id = ? AND discriminator = ? RETURNING id",
      ...names,
    )!.id;
  }
  if (ready !== undefined) store.insert("ready_sessions", [id, ready]);
  if (alone === undefined) store.run("UPDATE sessions SET dirty = 1 WHERE id = ?", id);
  return id;
}

type FileColumn = (typeof SEALED_COLUMNS.files)[number];

/** Changes some columns of a log's row. */
function changeFile(
  store: IndexStore,
  id: number,
  changes: Readonly<Partial<Record<FileColumn, string | number | null>>>,
): void {
  const row = store.get<Record<FileColumn, string | number | null> & { readonly seal: number }>(
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
}
