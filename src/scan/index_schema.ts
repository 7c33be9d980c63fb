/** The tables of the index. What is in them, and when, is index_store.ts's business and of those who ask it. */

/** One statement list a version. A file with another version than the last is thrown away: it is only a cache. */
export const SCHEMA = `
CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  path TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  ctime_ms REAL NOT NULL,
  inode INTEGER NOT NULL,
  source_version INTEGER NOT NULL,
  next_offset INTEGER NOT NULL,
  next_seq INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL,
  facts TEXT,
  session INTEGER
);
CREATE INDEX files_by_session ON files(session);
CREATE TABLE turns (
  file INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  original_key TEXT,
  replay_key TEXT,
  replay INTEGER NOT NULL,
  copied INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  at REAL NOT NULL,
  ended_at REAL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  chain TEXT NOT NULL,
  input INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  output INTEGER NOT NULL,
  reported TEXT,
  requested_ttl_ms INTEGER,
  after_compaction INTEGER NOT NULL,
  usd REAL,
  basis TEXT NOT NULL,
  PRIMARY KEY (file, seq)
) WITHOUT ROWID;
CREATE TABLE problems (file INTEGER NOT NULL, line INTEGER, message TEXT NOT NULL);
CREATE INDEX problems_by_file ON problems(file);
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  session_id TEXT NOT NULL,
  discriminator TEXT NOT NULL,
  dirty INTEGER NOT NULL,
  last_activity REAL,
  body TEXT,
  UNIQUE (source, session_id, discriminator)
);
CREATE TABLE rollups (session INTEGER PRIMARY KEY, state TEXT NOT NULL);
CREATE TABLE samples (
  session INTEGER NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
  at REAL NOT NULL, gap_ms REAL NOT NULL, survived INTEGER NOT NULL
);
CREATE INDEX samples_by_session ON samples(session);
CREATE INDEX samples_by_provider ON samples(provider, at, model, gap_ms, survived);
CREATE TABLE prices (
  provider TEXT NOT NULL, model TEXT NOT NULL, schedule TEXT NOT NULL,
  PRIMARY KEY (provider, model)
) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;
/** Raised with every change above or below. */
export const SCHEMA_VERSION = 6;

/** Indexes of `turns`: keys come in no order, so that it is several times as fast to fill these at once than row by row. */
export const TURN_INDEXES: Readonly<Record<string, string>> = {
  turns_by_key: "ON turns(key, source)",
  turns_with_original: "ON turns(file, seq) WHERE original_key IS NOT NULL",
  turns_by_replay_key: "ON turns(replay_key) WHERE replay_key IS NOT NULL",
  turns_that_replay: "ON turns(replay_key) WHERE replay = 1",
};
