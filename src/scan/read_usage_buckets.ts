/** The usage of all logs in a range of time, by quarter of an hour and model. */
import type { IndexStore } from "./index_store.ts";
import type { LogTurns } from "./log_turns.ts";
import {
  type BucketRange,
  compareBucket,
  decodeBuckets,
  isInRange,
  joinBuckets,
  type LogBucket,
  makeBuckets,
  type UsageBucket,
} from "./usage_buckets.ts";

interface PartRow {
  readonly file: number;
  readonly path: string;
  readonly guest: string;
  readonly lost: string;
  readonly buckets: string;
  readonly session: number;
  readonly source: string;
  readonly sessionId: string;
  /** 0: none. */
  readonly cwd: string | 0 | null;
}

/**
 * In an order that their logs' paths alone decide, whichever was read first: above a thousand dollars the last digits of a sum depend
 * on the order of what is added (pricing.ts), and the same logs should say the same each time.
 */
export async function readUsageBuckets(
  store: IndexStore,
  readTurns: LogTurns["read"],
  range: BucketRange,
): Promise<UsageBucket[]> {
  const rows = store.all<PartRow>(
    `SELECT f.id AS file, f.path, f.guest, f.lost, p.buckets, f.session, s.source, s.session_id AS sessionId,
      json_extract(s.body, '$[0]') AS cwd
      FROM files f JOIN sessions s ON s.id = f.session JOIN log_parts p ON p.file = f.id
      WHERE f.last_turn_at >= ? ORDER BY f.path_key, f.path, f.guest, p.rowid`,
    range.since ?? -Number.MAX_SAFE_INTEGER,
  );
  const found: UsageBucket[] = [];
  for (const parts of Map.groupBy(rows, ({ file }) => file).values()) {
    const { path, guest, lost, session, source, sessionId, cwd } = parts[0]!;
    const log = { path, guest, lost, buckets: joinBuckets(parts.map(({ buckets }) => buckets)) };
    for (const { at, model, turns, usage, cost } of await bucketsInRange(log, readTurns, range)) {
      found.push({
        at,
        session,
        source,
        sessionId,
        cwd: cwd === 0 ? undefined : cwd ?? undefined,
        model,
        turns,
        usage,
        cost,
      });
    }
  }
  return found;
}

async function bucketsInRange(
  log: Pick<PartRow, "path" | "guest" | "lost" | "buckets">,
  readTurns: LogTurns["read"],
  range: BucketRange,
): Promise<readonly LogBucket[]> {
  const buckets = decodeBuckets(log.buckets);
  const places = buckets.map((bucket) => compareBucket(bucket, range));
  if (places.includes("across")) return makeBuckets((await readTurns(log)).filter((turn) => isInRange(turn, range)));
  return buckets.filter((_, index) => places[index] === "inside");
}
