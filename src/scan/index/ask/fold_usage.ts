/** Usage of all logs in a range of time, added up by whoever asks as it is read: of a year there are tens of thousands. */
import type { ModelRef } from "../../../core/model.ts";
import { decodeBuckets, eachBucket } from "../bytes/part_buckets.ts";
import { LOG_PATH, LOGS } from "../tables/directories.ts";
import type { IndexStore } from "../tables/store.ts";
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
import type { FoundUsage } from "./found_usage.ts";
import { type LogPartReader, type LogParts, missesOfLog } from "./log_part_reader.ts";
import { type OpenUsage, openUsage } from "./open_usage.ts";
import type { ReadyUsage } from "./ready_usage.ts";
import { LAST_AT, readWholeColumns, TIME_COUNT } from "./usage_columns.ts";

/** What is asked, and of what. */
export interface UsageQuestion {
  readonly store: IndexStore;
  readonly parts: LogPartReader;
  readonly readTurns: LogTurns["read"];
  readonly range: BucketRange;
  /** What an earlier answer left, of which no part is read. @default nothing */
  readonly ready?: ReadyUsage;
  /** Begins to gather what is found for the next answer, while one state of the index is asked. @default it is not wanted */
  readonly find?: () => FoundUsage;
}

/**
 * @param begin Makes sums of nothing. Where the range cuts through a quarter of an hour the turns of its log have to be read,
 * and all is added up once more
 * @param add Adds a bucket to them, and keeps nothing of it but its model: the next one is the same object
 * @returns the sums
 */
export async function foldUsage<Sums>(
  { store, parts, readTurns, range, ready: known, find }: UsageQuestion,
  begin: () => Sums,
  add: (sums: Sums, bucket: UsageBucket) => void,
): Promise<Sums> {
  /** What lies in the range of logs that it cuts through. */
  const cut = new Map<number, readonly LogBucket[]>();
  const share = shareModels();
  let ready = known;
  let gather = find;
  const shared = known && { models: known.models.map(share), upstreams: known.upstreams };
  const { since = -Infinity } = range;
  // What is ready has nothing of what few have, which the other may have had last.
  const open = openUsage(store, parts.names);
  const openReady = openUsage(store, parts.names);
  while (true) {
    const sums = begin();
    const across: { readonly log: LogParts; readonly share: LogShare }[] = [];
    store.read(() => {
      const found = gather?.();
      gather = undefined;
      for (const log of parts.read(store, range.since, ready)) {
        open.session = openReady.session = log.session;
        const own = cut.get(log.file);
        if (own !== undefined) {
          for (const bucket of own) add(sums, { ...bucket, ...namesOf(open), model: share(bucket.model) });
          continue;
        }
        let isAcross = false;
        const visit = (bucket: OpenUsage & LogBucket) => {
          found?.add(bucket);
          const place = compareBucket(bucket, range);
          if (place === "inside") add(sums, bucket as UsageBucket);
          else if (place === "across") isAcross = true;
        };
        found?.begin();
        if (log.ready !== undefined) {
          const { columns, from, end } = log.ready;
          for (let place = from; place < end; place++) {
            if (columns.times[TIME_COUNT * place + LAST_AT]! < since) continue;
            readWholeColumns(openReady, columns, place, shared!);
            visit(openReady as OpenUsage & LogBucket);
          }
        } else if (log.parts.length === 1) eachBucket(log.parts[0]!, range, open, visit, share);
        else {
          for (const bucket of bucketsOf(log)) {
            visit(Object.assign(open, NO_OPTIONS, bucket, { model: share(bucket.model) }) as OpenUsage & LogBucket);
          }
        }
        found?.end(log);
        if (isAcross) across.push({ log, share: readShare(store, log.file) });
      }
    });
    if (across.length === 0) return sums;
    if (ready !== undefined) {
      // What is asked of those that are cut through is in their parts.
      ready = undefined;
      continue;
    }
    for (const { log, share } of across) {
      const turns = await readTurns(share);
      cut.set(
        log.file,
        turns === undefined ? bucketsOf(log).filter((bucket) => beginsInside(bucket, range)) : makeBuckets(
          turns.filter((turn) => isInRange(turn, range)),
          missesOfLog(log).filter((miss) => isInRange(miss, range)),
        ),
      );
    }
  }
}

/** What a bucket may lack that the one before it had. */
const NO_OPTIONS = { upstream: undefined, totals: undefined, lost: undefined };

function namesOf({ session, source, sessionId, cwd }: OpenUsage) {
  return { session, source, sessionId, cwd };
}

/** Of several parts, a quarter may go from one to the next. */
function bucketsOf({ parts }: LogParts): readonly LogBucket[] {
  return joinBuckets(parts.map((part) => decodeBuckets(part)));
}

/** The turns themselves were deleted from their database: the first of a quarter of an hour stands for all of it. */
function beginsInside(bucket: LogBucket, range: BucketRange): boolean {
  const { firstAt } = bucket;
  return compareBucket({ ...bucket, lastAt: firstAt, endedAt: firstAt }, range) === "inside";
}

function readShare(store: IndexStore, file: number): LogShare {
  return store.get<LogShare>(`SELECT ${LOG_PATH} AS path, guest, lost FROM ${LOGS} WHERE f.id = ?`, file)!;
}

/** One object for each model: a hundred thousand logs name the same few. */
export function shareModels(): (model: ModelRef) => ModelRef {
  const known = new Map<string, ModelRef>();
  return (model) => {
    const name = `${model.provider}\0${model.model}`;
    const same = known.get(name);
    if (same === undefined) known.set(name, model);
    return same ?? model;
  };
}
