/** The usage of all logs in a range of time, by quarter of an hour and model. */
import type { ModelRef } from "../../../core/model.ts";
import type { IndexStore } from "../tables/store.ts";
import type { LogTurns } from "../log_turns.ts";
import {
  type BucketRange,
  compareBucket,
  decodeBuckets,
  isInRange,
  joinBuckets,
  type LogBucket,
  makeBuckets,
  type UsageBucket,
} from "../sums/usage_buckets.ts";

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
 * In the order of their logs' paths, whichever was read first: above a thousand dollars the last digits of a sum depend
 * on the order of what is added (cost/cost.ts), and the same logs should say the same each time.
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
  store.read(() => {
    for (const log of readLogs(store, range)) {
      const buckets = decodeBuckets(log.buckets);
      const places = buckets.map((bucket) => compareBucket(bucket, range));
      if (places.includes("across")) across.push({ place: found.length, log });
      else add(found, log, buckets.filter((_, index) => places[index] === "inside"));
    }
  });
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

/** Of so many logs at once: most homes have few more, and rows of a hundred thousand would take more memory than the answer. */
const MANY_LOGS = 1024;

/** Each log once, with the buckets of all its parts. */
function* readLogs(store: IndexStore, { since = -Number.MAX_SAFE_INTEGER }: BucketRange): Generator<PartRow> {
  const { files } = store.get<{ files: string }>(
    `SELECT json_group_array(id) AS files FROM (
      SELECT id FROM files WHERE session IS NOT NULL AND last_turn_at >= ? ORDER BY path, guest)`,
    since,
  )!;
  const ids = JSON.parse(files) as number[];
  for (let from = 0; from < ids.length; from += MANY_LOGS) {
    const rows = store.all<PartRow>(
      `SELECT f.id AS file, f.path, f.guest, f.lost, p.buckets, f.session, s.source, s.session_id AS sessionId,
        NULLIF(json_extract(s.body, '$[0]'), 0) AS cwd
        FROM json_each(?) ids CROSS JOIN files f ON f.id = ids.value JOIN sessions s ON s.id = f.session
          JOIN log_parts p ON p.file = f.id ORDER BY ids.key, p.rowid`,
      JSON.stringify(ids.slice(from, from + MANY_LOGS)),
    );
    for (const parts of Map.groupBy(rows, ({ file }) => file).values()) {
      if (parts.length === 1) yield parts[0]!;
      else yield { ...parts[0]!, buckets: joinBuckets(parts.map(({ buckets }) => buckets)) };
    }
  }
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
