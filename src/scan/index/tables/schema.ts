/** The tables of the index. What is in them, and when, is the business of the files named below. */

/**
 * One statement list a version. A file with another version than the last is thrown away: it is only a cache.
 *
 * `files` (tables/logs.ts) has a row a log, and one more for each other session that it shows (`guest`, sums/shares.ts), with
 * what its turns add up to (sums/digest_log.ts) and which of them do not count (`lost`, see ownership.ts); `entangled` is 1 when
 * another log of its session shows some of its turns, `tied` when which of them count may change as logs go on. Of a log
 * that is small (`SMALL_BYTES`, sums/digest_log.ts) it has nothing that the log itself is read for as fast. Its path is
 * that of its directory and its name behind it (tables/directories.ts); `path_key` is a hash of that, so that no index has
 * all paths once more. What it says (`said`) and adds up to is bytes: bytes/ has a file for each layout. What grows with a
 * log is in its row as long as it is short (`part`), and in `log_parts` (tables/parts.ts), so that a turn more need not write
 * all of it anew. What answers ask of every session stands before its `body`, so that nothing else of a row is read for it:
 * its `cwd` as JSON, and its `figures` (sums/session_figures.ts). The `file` of a session is the row of its own log when its body leaves out the
 * path (sums/stored_session.ts). `turn_keys` is tables/keys.ts's, `gaps` tables/gaps.ts's, `askable` tables/askable_logs.ts's, `stamp` tables/stamp.ts's.
 *
 * Each row has a `seal`, a hash of the columns that {@linkcode SEALED_COLUMNS} lists, and `tallies` has for each table how
 * many rows there are and what their seals add up to, in 32 bits: verify_index.ts. `inode` is no INTEGER because some
 * systems have larger ones than a number of JavaScript's.
 */
export const SCHEMA = `
CREATE TABLE directories (id INTEGER PRIMARY KEY, path TEXT NOT NULL, seal INTEGER NOT NULL);
CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  directory INTEGER NOT NULL,
  name TEXT NOT NULL,
  path_key INTEGER NOT NULL,
  guest TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  ctime_ms REAL NOT NULL,
  inode REAL NOT NULL,
  source_version INTEGER NOT NULL,
  next_offset INTEGER NOT NULL,
  next_seq INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  session INTEGER,
  lost TEXT NOT NULL,
  entangled INTEGER NOT NULL,
  tied INTEGER NOT NULL,
  last_turn_at REAL,
  part BLOB NOT NULL,
  said BLOB NOT NULL,
  rollup BLOB NOT NULL,
  seal INTEGER NOT NULL
);
CREATE INDEX files_by_path ON files(path_key);
CREATE INDEX files_by_session ON files(session);
CREATE INDEX files_by_turn ON files(last_turn_at) WHERE session IS NOT NULL;
CREATE TABLE log_parts (file INTEGER NOT NULL, part BLOB NOT NULL, seal INTEGER NOT NULL);
CREATE INDEX log_parts_by_file ON log_parts(file);
CREATE TABLE problems (file INTEGER NOT NULL, line INTEGER, message TEXT NOT NULL, seal INTEGER NOT NULL);
CREATE INDEX problems_by_file ON problems(file);
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  session_id TEXT NOT NULL,
  discriminator TEXT NOT NULL,
  dirty INTEGER NOT NULL DEFAULT 0,
  file INTEGER,
  cwd TEXT,
  figures TEXT,
  body TEXT,
  seal INTEGER NOT NULL,
  UNIQUE (source, session_id, discriminator)
);
CREATE INDEX dirty_sessions ON sessions(id) WHERE dirty = 1;
CREATE TABLE turn_keys (id INTEGER PRIMARY KEY, entries BLOB NOT NULL, seal INTEGER NOT NULL);
CREATE TABLE gaps (
  provider TEXT NOT NULL, model TEXT NOT NULL, upstream TEXT NOT NULL, survivals BLOB NOT NULL, drops BLOB NOT NULL,
  seal INTEGER NOT NULL,
  PRIMARY KEY (provider, model, upstream)
);
CREATE TABLE askable (file INTEGER NOT NULL, ids INTEGER NOT NULL, found INTEGER NOT NULL, seal INTEGER NOT NULL);
CREATE INDEX askable_by_file ON askable(file);
CREATE TABLE prices (
  provider TEXT NOT NULL, model TEXT NOT NULL, schedule TEXT NOT NULL, seal INTEGER NOT NULL,
  PRIMARY KEY (provider, model)
) WITHOUT ROWID;
CREATE TABLE stamp (names TEXT NOT NULL, figures BLOB NOT NULL, seal INTEGER NOT NULL);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL, seal INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tallies (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, total INTEGER NOT NULL) WITHOUT ROWID;
`;
/** Raised with every change above or below, and of a layout in bytes/. */
export const TABLES_VERSION = 21;

/**
 * What a row's seal is made of, in this order. Left out are numbers of rows that no other row names, and `dirty`, which is
 * 0 in every index that a scan has finished.
 */
export const SEALED_COLUMNS = {
  directories: ["id", "path"],
  files: [
    "id",
    "source",
    "directory",
    "name",
    "path_key",
    "guest",
    "size",
    "mtime_ms",
    "ctime_ms",
    "inode",
    "source_version",
    "next_offset",
    "next_seq",
    "fingerprint",
    "session",
    "lost",
    "entangled",
    "tied",
    "last_turn_at",
    "part",
    "said",
    "rollup",
  ],
  log_parts: ["file", "part"],
  problems: ["file", "line", "message"],
  sessions: ["id", "source", "session_id", "discriminator", "file", "cwd", "figures", "body"],
  turn_keys: ["entries"],
  gaps: ["provider", "model", "upstream", "survivals", "drops"],
  askable: ["file", "ids", "found"],
  prices: ["provider", "model", "schedule"],
  stamp: ["names", "figures"],
  meta: ["key", "value"],
} as const;

export type SealedTable = keyof typeof SEALED_COLUMNS;
export const SEALED_TABLES = Object.keys(SEALED_COLUMNS) as SealedTable[];
