/** The usage of all logs in a range of time, by quarter of an hour and model. */
import type { ModelRef } from "../core/model.ts";
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
  readonly cwd: string | null;
}

/**
 * In an order that their logs' paths alone decide, whichever was read first: above a thousand dollars the last digits of a
 * sum depend on the order of what is added (pricing.ts), and the same logs should say the same each time.
 */
export async function readUsageBuckets(
  store: IndexStore,
  readTurns: LogTurns["read"],
  range: BucketRange,
): Promise<UsageBucket[]> {
  const found: UsageBucket[] = [];
  /** Logs whose turns have to be read, and where their buckets belong. */
  const across: { readonly place: number; readonly log: PartRow }[] = [];
  const shareModel = shareModels();
  const add = (to: UsageBucket[], { session, source, sessionId, cwd }: PartRow, buckets: readonly LogBucket[]) => {
    for (const { at, model, turns, usage, cost } of buckets) {
      to.push({ at, session, source, sessionId, cwd: cwd ?? undefined, model: shareModel(model), turns, usage, cost });
    }
  };
  // Row by row, and nothing waited for: another question may be asked meanwhile.
  for (const log of readLogs(store, range)) {
    const buckets = decodeBuckets(log.buckets);
    const places = buckets.map((bucket) => compareBucket(bucket, range));
    if (places.includes("across")) across.push({ place: found.length, log });
    else add(found, log, buckets.filter((_, index) => places[index] === "inside"));
  }
  if (across.length === 0) return found;
  const all: UsageBucket[] = [];
  let from = 0;
  for (const { place, log } of across) {
    for (; from < place; from++) all.push(found[from]!);
    add(all, log, makeBuckets((await readTurns(log)).filter((turn) => isInRange(turn, range))));
  }
  for (; from < found.length; from++) all.push(found[from]!);
  return all;
}

/** Each log once, with the buckets of all its parts. */
function* readLogs(store: IndexStore, { since = -Number.MAX_SAFE_INTEGER }: BucketRange): Generator<PartRow> {
  let parts: PartRow[] = [];
  const join = () =>
    parts.length === 1 ? parts[0]! : { ...parts[0]!, buckets: joinBuckets(parts.map(({ buckets }) => buckets)) };
  for (
    const row of store.each<PartRow>(
      `SELECT f.id AS file, f.path, f.guest, f.lost, p.buckets, f.session, s.source, s.session_id AS sessionId,
        NULLIF(json_extract(s.body, '$[0]'), 0) AS cwd
        FROM files f JOIN sessions s ON s.id = f.session JOIN log_parts p ON p.file = f.id
        WHERE f.last_turn_at >= ? ORDER BY f.path_key, f.path, f.guest, p.rowid`,
      since,
    )
  ) {
    if (parts.length > 0 && parts[0]!.file !== row.file) {
      yield join();
      parts = [];
    }
    parts.push(row);
  }
  if (parts.length > 0) yield join();
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
