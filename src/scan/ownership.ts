/**
 * Decides, for responses that several logs show, which log counts: each billed response exactly once, for the session
 * that made it. Works on the index alone; what makes a record a copy is the source's knowledge (source.ts).
 *
 * Three rules take a turn out of the count. Each has a bit of its own in `turns.lost`, so that a rule can be undone (a
 * parent's log vanished) without knowing of the others.
 */
import type { IndexStore, TurnRow } from "./index_store.ts";

const LOST = { duplicate: 1, replayedPrefix: 2, replay: 4 } as const;

/** A turn's identity within the index. */
export interface TurnKey {
  readonly source: string;
  readonly key: string;
}

type Claim = Pick<TurnRow, "file" | "seq" | "copied" | "replay" | "lost"> & {
  readonly tokens: number;
  readonly startedAt: number | null;
  readonly path: string;
};

const CLAIM = `SELECT t.file, t.seq, t.copied, t.replay, t.lost,
  t.input + t.cache_read + t.cache_write + t.cache_write_1h + t.output AS tokens,
  json_extract(f.facts, '$.startedAt') AS startedAt, f.path
  FROM turns t JOIN files f ON f.id = t.file`;

/**
 * Keys of a file that other files have too. Asked before a file is taken out or written anew, and after.
 *
 * @param fromSeq Leaves out the turns before that one
 */
export function sharedKeys(store: IndexStore, file: number, fromSeq = 0): TurnKey[] {
  return store.all<TurnKey>(
    `SELECT source, key FROM turns t WHERE file = ? AND seq >= ? AND EXISTS
      (SELECT 1 FROM turns o WHERE o.key = t.key AND o.source = t.source AND o.file <> t.file)`,
    file,
    fromSeq,
  );
}

/** All keys that more than one file has. */
export function allSharedKeys(store: IndexStore): TurnKey[] {
  return store.all<TurnKey>("SELECT source, key FROM turns GROUP BY key, source HAVING COUNT(*) > 1");
}

/**
 * Brings the count up to date after files changed, and marks the sessions whose count changed.
 *
 * @param touched Keys that are or were in more than one file and that a changed file has or had
 */
export function resolveOwnership(store: IndexStore, touched: Iterable<TurnKey>): void {
  for (const { source, key } of touched) {
    const claims = store.all<Claim>(`${CLAIM} WHERE t.source = ? AND t.key = ?`, source, key).sort(byClaim);
    claims.forEach((claim, index) => setLost(store, claim, LOST.duplicate, index > 0));
  }
  dropReplayedPrefixes(store);
  dropReplays(store);
}

/** The best claim first: an original before a copy, the conversation before a replay, the fuller record, the older log. */
function byClaim(a: Claim, b: Claim): number {
  return a.copied - b.copied || a.replay - b.replay || b.tokens - a.tokens ||
    (a.startedAt ?? Infinity) - (b.startedAt ?? Infinity) || (a.path < b.path ? -1 : 1);
}

function setLost(store: IndexStore, turn: Pick<Claim, "file" | "seq" | "lost">, bit: number, lost: boolean): void {
  if (((turn.lost & bit) !== 0) === lost) return;
  store.run(
    `UPDATE turns SET lost = lost ${lost ? `| ${bit}` : `& ~${bit}`} WHERE file = ? AND seq = ?`,
    turn.file,
    turn.seq,
  );
  store.run("UPDATE sessions SET dirty = 1 WHERE id = (SELECT session FROM files WHERE id = ?)", turn.file);
}

/** History replayed without ids: copies are the longest run of leading turns that the parent's log has. */
function dropReplayedPrefixes(store: IndexStore): void {
  const rows = store.all<Pick<TurnRow, "file" | "seq" | "lost"> & { readonly known: number }>(
    `SELECT t.file, t.seq, t.lost,
      EXISTS (SELECT 1 FROM turns p WHERE p.key = t.original_key AND p.source = t.source AND p.file <> t.file) AS known
      FROM turns t WHERE t.original_key IS NOT NULL ORDER BY t.file, t.seq`,
  );
  let file = -1;
  let inPrefix = false;
  for (const row of rows) {
    if (row.file !== file) {
      file = row.file;
      inPrefix = true;
    }
    inPrefix &&= row.known === 1;
    setLost(store, row, LOST.replayedPrefix, inPrefix);
  }
}

/**
 * A response replayed under a new key, as a side question does: the turn that is no replay counts. Most turns that may be
 * replays have no counterpart, so that only those with one, or that lost to one, are looked at.
 */
function dropReplays(store: IndexStore): void {
  const replayed = store.all<TurnKey>(
    `SELECT DISTINCT source, replay_key AS key FROM turns t WHERE replay = 1 AND replay_key IS NOT NULL AND
      ((lost & ${LOST.replay}) <> 0 OR EXISTS
        (SELECT 1 FROM turns o WHERE o.replay_key = t.replay_key AND o.source = t.source AND o.key <> t.key))`,
  );
  for (const { source, key } of replayed) {
    const claims = store.all<Claim>(
      `${CLAIM} WHERE t.source = ? AND t.replay_key = ? AND (t.lost & ${LOST.duplicate}) = 0`,
      source,
      key,
    ).sort((a, b) => a.replay - b.replay || byClaim(a, b));
    claims.forEach((claim, index) => setLost(store, claim, LOST.replay, index > 0 && claim.replay === 1));
  }
}
