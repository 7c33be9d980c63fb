/**
 * The parts of all logs that have turns in a range, and whose sessions they are. From the second question on they are kept
 * for as long as a scan: who asks twice is a page, which asks again and again.
 */
import type { EpochMs } from "../../../core/model.ts";
import { decodeMisses } from "../bytes/part_codec.ts";
import type { CacheMiss } from "../../../core/cache/misses.ts";
import { LOG_PATH, LOGS } from "../tables/directories.ts";
import type { Bytes, IndexStore } from "../tables/store.ts";
import type { UsageBucket } from "../sums/usage_buckets.ts";

/** What a session is called. */
export interface SessionNames extends Pick<UsageBucket, "source" | "sessionId" | "cwd"> {
  readonly id: number;
}

/** What a log adds up to. */
export interface LogParts {
  /** Row of the log. */
  readonly file: number;
  readonly session: SessionNames;
  /** In their order. */
  readonly parts: readonly Bytes[];
}

/** All of its lost caches. */
export function missesOfLog({ parts }: Pick<LogParts, "parts">): CacheMiss[] {
  return parts.flatMap(decodeMisses);
}

/** Of more, nothing is kept: it would be more than an answer. */
const MOST_KEPT = 16_384;
/** Of so many logs at once: what is read of them is soon let go, and of a hundred thousand it would be more than the answer. */
const MANY_LOGS = 256;

interface KeptParts extends LogParts {
  readonly lastTurnAt: EpochMs;
}

type LogRow = readonly [file: number, session: number, lastTurnAt: EpochMs];

/** Of one scan. */
export class LogPartReader {
  readonly #names = new Map<number, SessionNames>();
  #questions = 0;
  #kept: readonly KeptParts[] | undefined;

  /**
   * Each log once, in the order of their paths, whichever was read first: above a thousand dollars the last digits of a sum
   * depend on the order of what is added (cost/cost.ts), and the same logs should say the same each time.
   *
   * @param since Logs without a turn since then are left out. @default none are
   */
  *read(store: IndexStore, since?: EpochMs): Generator<LogParts> {
    if (this.#kept === undefined) {
      const ofMost = since === undefined || areMost(store, since);
      const keeps = ofMost && store.isKept && this.#questions++ > 0;
      const logs = readLogs(store, keeps ? undefined : since, ofMost);
      if (!keeps || logs.length > MOST_KEPT) return yield* this.#readNow(store, logs);
      this.#kept = this.#keep(store, logs);
    }
    for (const log of this.#kept) if (since === undefined || log.lastTurnAt >= since) yield log;
  }

  *#readNow(store: IndexStore, logs: readonly LogRow[]): Generator<KeptParts> {
    for (let from = 0; from < logs.length; from += MANY_LOGS) {
      const some = logs.slice(from, from + MANY_LOGS);
      const parts = partsOf(store, some);
      this.#readNames(store, some);
      for (const [file, session, lastTurnAt] of some) {
        const own = parts.get(file);
        const named = this.#names.get(session);
        if (own !== undefined && named !== undefined) yield { file, session: named, parts: own, lastTurnAt };
      }
    }
  }

  #keep(store: IndexStore, logs: readonly LogRow[]): readonly KeptParts[] {
    const kept: KeptParts[] = [];
    for (const log of this.#readNow(store, logs)) kept.push(log);
    return packParts(kept);
  }

  /** Adds those of some logs. */
  #readNames(store: IndexStore, logs: readonly LogRow[]): void {
    const known = this.#names;
    if (known.size > MOST_KEPT) known.clear();
    const unknown = new Set(logs.map(([, session]) => session).filter((session) => !known.has(session)));
    if (unknown.size === 0) return;
    const { names } = store.get<{ names: string }>(
      `SELECT '[' || COALESCE(group_concat(json_array(s.id, s.source, s.session_id, json(s.cwd))), '')
        || ']' AS names FROM json_each(?) wanted CROSS JOIN sessions s ON s.id = wanted.value`,
      JSON.stringify([...unknown]),
    )!;
    const rows = JSON.parse(names) as [id: number, source: string, sessionId: string, cwd: string | null][];
    for (const [id, source, sessionId, cwd] of rows) known.set(id, { id, source, sessionId, cwd: cwd ?? undefined });
  }
}

function readLogs(store: IndexStore, since: EpochMs | undefined, ofMost: boolean): readonly LogRow[] {
  // In the order of the table, where they are many: that is read faster.
  const wanted = since === undefined
    ? "+last_turn_at IS NOT NULL"
    : ofMost
    ? "+last_turn_at >= ?"
    : "last_turn_at >= ?";
  const { logs } = store.get<{ logs: string }>(
    `SELECT '[' || COALESCE(group_concat('[' || id || ',' || session || ',' || last_turn_at || ']'), '') || ']' AS logs
      FROM (SELECT f.id, session, last_turn_at FROM ${LOGS} WHERE session IS NOT NULL AND ${wanted}
        ORDER BY ${LOG_PATH}, guest)`,
    ...(since === undefined ? [] : [since]),
  )!;
  return JSON.parse(logs) as LogRow[];
}

/** Whether a quarter of all logs or more have turns since then. */
function areMost(store: IndexStore, since: EpochMs): boolean {
  const count = store.get<{ all_logs: number; later: number }>(
    // Those that have a session are in an index of their own: without that all rows are read.
    `SELECT (SELECT COUNT(*) FROM files) AS all_logs,
      (SELECT COUNT(*) FROM files WHERE session IS NOT NULL AND last_turn_at >= ?) AS later`,
    since,
  )!;
  return 4 * count.later >= count.all_logs;
}

const SELECT_FIRST_PARTS = `SELECT f.id AS file, f.part FROM json_each(?) logs
  CROSS JOIN files f ON f.id = logs.value WHERE f.part <> x''`;
const SELECT_OTHER_PARTS = `SELECT p.file, p.part FROM json_each(?) logs
  CROSS JOIN log_parts p ON p.file = logs.value ORDER BY p.rowid`;

/** By log, as they are read by tables/parts.ts of one. */
function partsOf(store: IndexStore, logs: readonly LogRow[]): ReadonlyMap<number, readonly Bytes[]> {
  const ids = JSON.stringify(logs.map(([file]) => file));
  const found = new Map<number, Bytes[]>();
  for (const sql of [SELECT_FIRST_PARTS, SELECT_OTHER_PARTS]) {
    for (const { file, part } of store.all<{ readonly file: number; readonly part: Bytes }>(sql, ids)) {
      const known = found.get(file);
      if (known === undefined) found.set(file, [part]);
      else known.push(part);
    }
  }
  return found;
}

/** In one piece: a buffer for each takes as much again. */
function packParts(logs: readonly KeptParts[]): readonly KeptParts[] {
  const packed = new Uint8Array(
    logs.reduce((sum, { parts }) => parts.reduce((all, { length }) => all + length, sum), 0),
  );
  let at = 0;
  return logs.map((log) => ({
    ...log,
    parts: log.parts.map((part) => {
      packed.set(part, at);
      at += part.length;
      return packed.subarray(at - part.length, at);
    }),
  }));
}
