/**
 * The parts of all logs that have turns in a range, and whose sessions they are. From the second question on they are kept
 * for as long as a scan: who asks twice is a page, which asks again and again.
 */
import type { EpochMs } from "../../../core/model.ts";
import { decodeMisses } from "../bytes/part_codec.ts";
import type { CacheMiss } from "../../../core/cache/misses.ts";
import { LOG_PATH, LOGS } from "../tables/directories.ts";
import type { Bytes, IndexStore } from "../tables/store.ts";
import type { ReadyLog, ReadyUsage } from "./ready_usage.ts";
import { MOST_KEPT, SessionNameReader } from "./session_names.ts";

/** What a log adds up to. */
export interface LogParts {
  /** Row of the log. */
  readonly file: number;
  /** Row of its session, see {@linkcode SessionNameReader}. */
  readonly session: number;
  readonly lastTurnAt: EpochMs;
  /** Of its rows, added up: another one when what it adds up to is. */
  readonly seal: number;
  /** In their order. None of a log that is ready. */
  readonly parts: readonly Bytes[];
  /** Its buckets, where they are ready. */
  readonly ready?: ReadyLog;
}

/** All of its lost caches. */
export function missesOfLog({ parts }: Pick<LogParts, "parts">): CacheMiss[] {
  return parts.flatMap(decodeMisses);
}

/** Of so many logs at once: what is read of them is soon let go, and of a hundred thousand it would be more than the answer. */
const MANY_LOGS = 256;

type LogRow = readonly [file: number, session: number, lastTurnAt: EpochMs, seal: number];

const NO_PARTS: readonly Bytes[] = [];

/** Of one scan. */
export class LogPartReader {
  readonly names = new SessionNameReader();
  #questions = 0;
  #kept: readonly LogParts[] | undefined;

  /**
   * Each log once, in the order of their paths, whichever was read first: above a thousand dollars the last digits of a sum
   * depend on the order of what is added (cost/cost.ts), and the same logs should say the same each time.
   *
   * @param since Logs without a turn since then are left out. @default none are
   * @param ready Of these logs no part is read. @default there are none
   */
  *read(store: IndexStore, since?: EpochMs, ready?: Pick<ReadyUsage, "of">): Generator<LogParts> {
    if (this.#kept === undefined || ready !== undefined) {
      const ofMost = since === undefined || areMost(store, since);
      const keeps = ready === undefined && ofMost && store.isKept && this.#questions++ > 0;
      const logs = readLogs(store, keeps ? undefined : since, ofMost);
      if (!keeps || logs.length > MOST_KEPT) return yield* this.#readNow(store, logs, ready);
      this.#kept = this.#keep(store, logs);
    }
    const kept = this.#kept;
    this.names.near = () => kept.map(({ session }) => session);
    for (const log of kept) if (since === undefined || log.lastTurnAt >= since) yield log;
  }

  *#readNow(store: IndexStore, logs: readonly LogRow[], ready?: Pick<ReadyUsage, "of">): Generator<LogParts> {
    for (let from = 0; from < logs.length; from += MANY_LOGS) {
      const some = logs.slice(from, from + MANY_LOGS);
      this.names.near = () => some.map(([, session]) => session);
      const known = ready && new Map(some.map(([file, , , seal]) => [file, ready.of(file, seal)]));
      const parts = partsOf(store, known === undefined ? some : some.filter(([file]) => known.get(file) === undefined));
      for (const [file, session, lastTurnAt, seal] of some) {
        const log = known?.get(file);
        const own = log === undefined ? parts.get(file) : NO_PARTS;
        if (own !== undefined) yield { file, session, lastTurnAt, seal, parts: own, ready: log };
      }
    }
  }

  #keep(store: IndexStore, logs: readonly LogRow[]): readonly LogParts[] {
    const kept: LogParts[] = [];
    for (const log of this.#readNow(store, logs)) kept.push(log);
    return packParts(kept);
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
    `SELECT '[' || COALESCE(group_concat('[' || id || ',' || session || ',' || last_turn_at || ',' || seal || ']'), '')
        || ']' AS logs FROM (
      SELECT f.id, session, last_turn_at,
          f.seal + COALESCE((SELECT SUM(p.seal) FROM log_parts p WHERE p.file = f.id), 0) AS seal FROM ${LOGS}
        WHERE session IN (SELECT id FROM sessions) AND ${wanted} ORDER BY ${LOG_PATH}, guest)`,
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
function packParts(logs: readonly LogParts[]): readonly LogParts[] {
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
