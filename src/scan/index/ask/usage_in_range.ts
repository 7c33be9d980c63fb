/** What all logs have in a range of time: usage by quarter of an hour and model, and lost caches one by one. */
import { type CacheMiss, missedTokens } from "../../../core/cache/misses.ts";
import type { ModelRef, Tokens } from "../../../core/model.ts";
import { type DecodedUsage, decodeUsage } from "../bytes/part_codec.ts";
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
  readonly misses: readonly CacheMiss[];
}

/** A lost cache, and the session that lost it. */
export interface SessionMiss extends CacheMiss, Pick<UsageBucket, "session" | "source" | "sessionId" | "cwd"> {
  readonly missedTokens: Tokens;
}

/** What there is in a range. */
export interface UsageInRange {
  readonly buckets: readonly UsageBucket[];
  /** Of turns that lie in it. */
  readonly misses: readonly SessionMiss[];
}

interface SessionNames extends Pick<UsageBucket, "source" | "sessionId" | "cwd"> {
  readonly id: number;
}

/**
 * In the order of their logs' paths, whichever was read first: above a thousand dollars the last digits of a sum depend
 * on the order of what is added (cost/cost.ts), and the same logs should say the same each time.
 */
export async function readUsageInRange(
  store: IndexStore,
  readTurns: LogTurns["read"],
  range: BucketRange,
): Promise<UsageInRange> {
  const found: UsageBucket[] = [];
  const misses: SessionMiss[] = [];
  /** Logs whose turns have to be read, and where their buckets belong. */
  const across: { readonly place: number; readonly log: LogBuckets; readonly share: LogShare }[] = [];
  const shareModel = shareModels();
  const add = (
    to: UsageBucket[],
    { id: session, source, sessionId, cwd }: SessionNames,
    buckets: readonly LogBucket[],
  ) => {
    for (const { at, model: named, turns, totals, usage, cost, savedUsd, unknownSavings } of buckets) {
      const model = shareModel(named);
      // Made at once: there are thousands.
      const bucket = {
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
      to.push(totals === undefined ? bucket : { ...bucket, totals });
    }
  };
  store.read(() => {
    for (const log of readLogs(store, range)) {
      const places = log.buckets.map((bucket) => compareBucket(bucket, range));
      if (places.includes("across")) across.push({ place: found.length, log, share: readShare(store, log.file) });
      else add(found, log.session, log.buckets.filter((_, index) => places[index] === "inside"));
      for (const miss of log.misses) if (isInRange(miss, range)) misses.push(nameMiss(miss, log.session));
    }
  });
  if (across.length === 0) return { buckets: found, misses };
  const all: UsageBucket[] = [];
  let from = 0;
  for (const { place, log, share } of across) {
    for (; from < place; from++) all.push(found[from]!);
    const turns = await readTurns(share);
    const inside = turns === undefined
      ? log.buckets.filter((bucket) => beginsInside(bucket, range))
      : makeBuckets(turns.filter((turn) => isInRange(turn, range)));
    add(all, log.session, inside);
  }
  for (; from < found.length; from++) all.push(found[from]!);
  return { buckets: all, misses };
}

/** In place: there are thousands, and each is this answer's own. */
function nameMiss(
  miss: { -readonly [Key in keyof SessionMiss]?: SessionMiss[Key] } & CacheMiss,
  { id, source, sessionId, cwd }: SessionNames,
): SessionMiss {
  miss.session = id;
  miss.source = source;
  miss.sessionId = sessionId;
  miss.cwd = cwd;
  miss.missedTokens = missedTokens(miss);
  return miss as SessionMiss;
}

/** The turns themselves were deleted from their database: the first of a quarter of an hour stands for all of it. */
function beginsInside(bucket: LogBucket, range: BucketRange): boolean {
  const { firstAt } = bucket;
  return compareBucket({ ...bucket, lastAt: firstAt, endedAt: firstAt }, range) === "inside";
}

/** Of so many logs at once: what is read of them is soon let go, and of a hundred thousand it would be more than the answer. */
const MANY_LOGS = 256;

/** Each log once, with the buckets of all its parts. */
function* readLogs(store: IndexStore, range: BucketRange): Generator<LogBuckets> {
  const { since } = range;
  // Without a time in the order of the table: that is read faster.
  const wanted = since === undefined ? "+last_turn_at IS NOT NULL" : "last_turn_at >= ?";
  const { logs } = store.get<{ logs: string }>(
    `SELECT '[' || COALESCE(group_concat('[' || id || ',' || session || ']'), '') || ']' AS logs FROM (
      SELECT f.id, session FROM ${LOGS} WHERE session IS NOT NULL AND ${wanted} ORDER BY ${LOG_PATH}, guest)`,
    ...(since === undefined ? [] : [since]),
  )!;
  const all = JSON.parse(logs) as [file: number, session: number][];
  for (let from = 0; from < all.length; from += MANY_LOGS) {
    const some = all.slice(from, from + MANY_LOGS);
    const [parts, sessions] = [partsOf(store, some), readNames(store, some)];
    for (const [file, session] of some) {
      const own = parts.get(file);
      const names = sessions.get(session);
      if (own !== undefined && names !== undefined) {
        yield { file, session: names, ...usageOf(own, range) };
      }
    }
  }
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

/** Of a log with one part, the buckets that may lie in the range: of several, a quarter may go from one part to the next. */
function usageOf(parts: readonly Bytes[], range: BucketRange): DecodedUsage {
  if (parts.length === 1) return decodeUsage(parts[0]!, range);
  const all = parts.map((part) => decodeUsage(part));
  return { buckets: joinBuckets(all.map(({ buckets }) => buckets)), misses: all.flatMap(({ misses }) => misses) };
}

function readNames(
  store: IndexStore,
  logs: readonly (readonly [file: number, session: number])[],
): ReadonlyMap<number, SessionNames> {
  const { names } = store.get<{ names: string }>(
    `SELECT '[' || COALESCE(group_concat(json_array(s.id, s.source, s.session_id, json(s.cwd))), '')
      || ']' AS names FROM json_each(?) wanted CROSS JOIN sessions s ON s.id = wanted.value`,
    JSON.stringify([...new Set(logs.map(([, session]) => session))]),
  )!;
  const rows = JSON.parse(names) as [id: number, source: string, sessionId: string, cwd: string | null][];
  return new Map(rows.map(([id, source, sessionId, cwd]) => [id, { id, source, sessionId, cwd: cwd ?? undefined }]));
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
