/** The usage of all logs in a range of time, by quarter of an hour and model; and their lost caches, one by one. */
import { type CacheMiss, missedTokens } from "../../../core/cache/misses.ts";
import type { EpochMs, ModelRef, Tokens } from "../../../core/model.ts";
import { decodeBuckets, decodeMisses } from "../bytes/part_codec.ts";
import { LOG_PATH, LOGS } from "../tables/directories.ts";
import type { Bytes, IndexStore } from "../tables/store.ts";
import type { LogShare, LogTurns } from "../log_turns.ts";
import {
  type BucketRange,
  compareBucket,
  isInRange,
  joinBuckets,
  type LogBucket,
  makeBuckets,
  type UsageBucket,
} from "../sums/usage_buckets.ts";

interface LogBuckets {
  /** Row of the log. */
  readonly file: number;
  readonly session: SessionNames;
  readonly buckets: readonly LogBucket[];
  /** All, in the range or not. */
  misses(): readonly CacheMiss[];
}

/** A lost cache, and the session that lost it. */
export interface SessionMiss extends CacheMiss, Pick<UsageBucket, "session" | "source" | "sessionId" | "cwd"> {
  readonly missedTokens: Tokens;
}

/** What sessions are called, kept from one question to the next. */
export type KnownNames = Map<number, SessionNames>;

/** Of more, none are kept: they would be more than an answer. */
const MOST_KNOWN = 16_384;

interface SessionNames extends Pick<UsageBucket, "source" | "sessionId" | "cwd"> {
  readonly id: number;
}

/**
 * In the order of their logs' paths, whichever was read first: above a thousand dollars the last digits of a sum depend
 * on the order of what is added (cost/cost.ts), and the same logs should say the same each time.
 */
export async function readUsageBuckets(
  store: IndexStore,
  readTurns: LogTurns["read"],
  range: BucketRange,
  names: KnownNames = new Map(),
): Promise<readonly UsageBucket[]> {
  const found: UsageBucket[] = [];
  /** Logs whose turns have to be read, and where their buckets belong. */
  const across: { readonly place: number; readonly log: LogBuckets; readonly share: LogShare }[] = [];
  const shareModel = shareModels();
  const add = (
    to: UsageBucket[],
    { id: session, source, sessionId, cwd }: SessionNames,
    buckets: readonly LogBucket[],
  ) => {
    for (const { at, model: named, upstream, turns, totals, usage, cost, savedUsd, unknownSavings, lost } of buckets) {
      const model = shareModel(named);
      // Made at once: there are thousands.
      const bucket: { -readonly [Key in keyof UsageBucket]: UsageBucket[Key] } = {
        at,
        session,
        source,
        sessionId,
        cwd,
        model,
        turns,
        usage,
        cost,
        savedUsd,
        unknownSavings,
      };
      if (upstream !== undefined) bucket.upstream = upstream;
      if (totals !== undefined) bucket.totals = totals;
      if (lost !== undefined) bucket.lost = lost;
      to.push(bucket);
    }
  };
  store.read(() => {
    for (const parts of readLogParts(store, range, names)) {
      const log = { ...parts, buckets: parts.buckets() };
      const places = log.buckets.map((bucket) => compareBucket(bucket, range));
      if (places.includes("across")) across.push({ place: found.length, log, share: readShare(store, log.file) });
      else add(found, log.session, log.buckets.filter((_, index) => places[index] === "inside"));
    }
  });
  if (across.length === 0) return found;
  const all: UsageBucket[] = [];
  let from = 0;
  for (const { place, log, share } of across) {
    for (; from < place; from++) all.push(found[from]!);
    const turns = await readTurns(share);
    const inside = turns === undefined ? log.buckets.filter((bucket) => beginsInside(bucket, range)) : makeBuckets(
      turns.filter((turn) => isInRange(turn, range)),
      log.misses().filter((miss) => isInRange(miss, range)),
    );
    add(all, log.session, inside);
  }
  for (; from < found.length; from++) all.push(found[from]!);
  return all;
}

/** Those of turns that lie in a range, in the order of the logs' paths. */
export function readSessionMisses(
  store: IndexStore,
  range: BucketRange,
  names: KnownNames = new Map(),
): readonly SessionMiss[] {
  const found: SessionMiss[] = [];
  const shareModel = shareModels();
  store.read(() => {
    for (const { file: _, session, misses } of readLogParts(store, range, names)) {
      for (const miss of misses()) {
        if (isInRange(miss, range)) found.push(nameMiss(miss, session, shareModel(miss.model)));
      }
    }
  });
  return found;
}

/** In place: there are thousands, and each is this answer's own. */
function nameMiss(found: CacheMiss, { id, source, sessionId, cwd }: SessionNames, model: ModelRef): SessionMiss {
  const miss = found as { -readonly [Key in keyof SessionMiss]: SessionMiss[Key] };
  miss.model = model;
  miss.session = id;
  miss.source = source;
  miss.sessionId = sessionId;
  miss.cwd = cwd;
  miss.missedTokens = missedTokens(miss);
  return miss;
}

/** The turns themselves were deleted from their database: the first of a quarter of an hour stands for all of it. */
function beginsInside(bucket: LogBucket, range: BucketRange): boolean {
  const { firstAt } = bucket;
  return compareBucket({ ...bucket, lastAt: firstAt, endedAt: firstAt }, range) === "inside";
}

/** Of so many logs at once: what is read of them is soon let go, and of a hundred thousand it would be more than the answer. */
const MANY_LOGS = 256;

interface LogParts extends Pick<LogBuckets, "file" | "session" | "misses"> {
  buckets(): readonly LogBucket[];
}

/** Each log once, with what all its parts have. */
function* readLogParts(store: IndexStore, range: BucketRange, names: KnownNames): Generator<LogParts> {
  const { since } = range;
  // In the order of the table, where they are many: that is read faster.
  const wanted = since === undefined
    ? "+last_turn_at IS NOT NULL"
    : areMost(store, since)
    ? "+last_turn_at >= ?"
    : "last_turn_at >= ?";
  const { logs } = store.get<{ logs: string }>(
    `SELECT '[' || COALESCE(group_concat('[' || id || ',' || session || ']'), '') || ']' AS logs FROM (
      SELECT f.id, session FROM ${LOGS} WHERE session IS NOT NULL AND ${wanted} ORDER BY ${LOG_PATH}, guest)`,
    ...(since === undefined ? [] : [since]),
  )!;
  const all = JSON.parse(logs) as [file: number, session: number][];
  for (let from = 0; from < all.length; from += MANY_LOGS) {
    const some = all.slice(from, from + MANY_LOGS);
    const parts = partsOf(store, some);
    if (names.size > MOST_KNOWN) names.clear();
    const unknown = new Set(some.map(([, session]) => session).filter((session) => !names.has(session)));
    if (unknown.size > 0) readNames(store, [...unknown], names);
    for (const [file, session] of some) {
      const own = parts.get(file);
      const named = names.get(session);
      if (own !== undefined && named !== undefined) {
        yield { file, session: named, buckets: () => bucketsOf(own, range), misses: () => own.flatMap(decodeMisses) };
      }
    }
  }
}

/** Whether a quarter of all logs or more have turns since then. */
function areMost(store: IndexStore, since: EpochMs): boolean {
  const count = store.get<{ all_logs: number; later: number }>(
    `SELECT (SELECT COUNT(*) FROM files) AS all_logs, (SELECT COUNT(*) FROM files WHERE last_turn_at >= ?) AS later`,
    since,
  )!;
  return 4 * count.later >= count.all_logs;
}

const SELECT_FIRST_PARTS = `SELECT f.id AS file, f.part FROM json_each(?) logs
  CROSS JOIN files f ON f.id = logs.value WHERE f.part <> x''`;
const SELECT_OTHER_PARTS = `SELECT p.file, p.part FROM json_each(?) logs
  CROSS JOIN log_parts p ON p.file = logs.value ORDER BY p.rowid`;

/** By log, as they are read by tables/parts.ts of one. */
function partsOf(
  store: IndexStore,
  logs: readonly (readonly [file: number, session: number])[],
): ReadonlyMap<number, readonly Bytes[]> {
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

/** Of a log with one part, those that may lie in the range: of several, a quarter may go from one part to the next. */
function bucketsOf(parts: readonly Bytes[], range: BucketRange): readonly LogBucket[] {
  if (parts.length === 1) return decodeBuckets(parts[0]!, range);
  return joinBuckets(parts.map((part) => decodeBuckets(part)));
}

/** Adds those of some sessions. */
function readNames(store: IndexStore, ids: readonly number[], known: KnownNames): void {
  const { names } = store.get<{ names: string }>(
    `SELECT '[' || COALESCE(group_concat(json_array(s.id, s.source, s.session_id, json(s.cwd))), '')
      || ']' AS names FROM json_each(?) wanted CROSS JOIN sessions s ON s.id = wanted.value`,
    JSON.stringify(ids),
  )!;
  const rows = JSON.parse(names) as [id: number, source: string, sessionId: string, cwd: string | null][];
  for (const [id, source, sessionId, cwd] of rows) known.set(id, { id, source, sessionId, cwd: cwd ?? undefined });
}

function readShare(store: IndexStore, file: number): LogShare {
  return store.get<LogShare>(`SELECT ${LOG_PATH} AS path, guest, lost FROM ${LOGS} WHERE f.id = ?`, file)!;
}

/** One object for each model: a hundred thousand logs name the same few. */
function shareModels(): (model: ModelRef) => ModelRef {
  const known = new Map<string, ModelRef>();
  return (model) => {
    const name = `${model.provider}\0${model.model}`;
    const same = known.get(name);
    if (same === undefined) known.set(name, model);
    return same ?? model;
  };
}
