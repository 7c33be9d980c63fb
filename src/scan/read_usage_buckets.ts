/** The usage of all logs in a range of time, by quarter of an hour and model. */
import type { IndexStore } from "./index_store.ts";
import type { LogTurns } from "./log_turns.ts";
import {
  type BucketRange,
  compareBucket,
  decodeBuckets,
  isInRange,
  type LogBucket,
  makeBuckets,
  type UsageBucket,
} from "./usage_buckets.ts";

interface LogRow {
  readonly path: string;
  readonly lost: string;
  readonly buckets: string;
  readonly session: number;
  readonly source: string;
  readonly sessionId: string;
  readonly cwd: string | null;
}

/** In no order. */
export async function readUsageBuckets(
  store: IndexStore,
  readTurns: LogTurns["read"],
  range: BucketRange,
): Promise<UsageBucket[]> {
  const rows = store.all<LogRow>(
    `SELECT f.path, f.lost, f.buckets, f.session, s.source, s.session_id AS sessionId,
      json_extract(s.body, '$.cwd') AS cwd
      FROM files f JOIN sessions s ON s.id = f.session WHERE f.last_turn_at >= ?`,
    range.since ?? -Number.MAX_SAFE_INTEGER,
  );
  const found: UsageBucket[] = [];
  for (const { path, lost, buckets, cwd, ...session } of rows) {
    for (
      const { at, model, turns: count, usage, cost } of await bucketsInRange({ path, lost, buckets }, readTurns, range)
    ) {
      found.push({ at, ...session, cwd: cwd ?? undefined, model, turns: count, usage, cost });
    }
  }
  return found;
}

async function bucketsInRange(
  log: Pick<LogRow, "path" | "lost" | "buckets">,
  readTurns: LogTurns["read"],
  range: BucketRange,
): Promise<readonly LogBucket[]> {
  const buckets = decodeBuckets(log.buckets);
  const places = buckets.map((bucket) => compareBucket(bucket, range));
  if (places.includes("across")) return makeBuckets((await readTurns(log)).filter((turn) => isInRange(turn, range)));
  return buckets.filter((_, index) => places[index] === "inside");
}
