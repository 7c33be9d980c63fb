/** Reads the sums by quarter of an hour of a part, as part_codec.ts writes them: all of them, or one after the other. */
import type { LostCaches } from "../../../core/cost/miss_cost.ts";
import type { ModelRef } from "../../../core/model.ts";
import { type BucketRange, type LogBucket, type LogLosses, QUARTER_MS } from "../sums/usage_buckets.ts";
import { readLosses } from "./loss_codec.ts";
import { openPart, WHOLE_TIMES } from "./part_codec.ts";
import { hostOfPlace, modelAt } from "./part_models.ts";
import { type OpenBucket, openBucket } from "./open_bucket.ts";
import { copyTotal, readTotalInto, skipTotal } from "./total_codec.ts";

/** As somebody keeps it. */
function copyBucket(bucket: LogBucket): LogBucket {
  const { at, model, upstream, savedUsd, unknownSavings, lost, firstAt, lastAt, endedAt } = bucket;
  const host = upstream === undefined ? {} : { upstream };
  const copied = { at, model, ...host, ...copyTotal(bucket), savedUsd, unknownSavings, firstAt, lastAt, endedAt };
  return lost === undefined ? copied : { ...copied, lost };
}

/**
 * The sums of a part, in their order.
 *
 * @param bytes Made by {@linkcode encodePart}
 * @param range Those of which no turn can lie in it are left out. @default none are
 * @throws {DamagedBytesError}
 */
export function decodeBuckets(bytes: Uint8Array, range?: BucketRange): LogBucket[] {
  const buckets: LogBucket[] = [];
  eachBucket(bytes, range, openBucket(), (bucket) => buckets.push(copyBucket(bucket)));
  return buckets;
}

/**
 * Goes through the sums of a part without making anything of them.
 *
 * @param bytes Made by {@linkcode encodePart}
 * @param range Undefined has all
 * @param bucket What each is read into
 * @param visit Gets it, and keeps nothing of it but `model` and `lost`
 * @param share Gives the same object for the same model. @default each part has its own
 * @throws {DamagedBytesError}
 */
export function eachBucket<Bucket extends OpenBucket>(
  bytes: Uint8Array,
  range: BucketRange | undefined,
  bucket: Bucket,
  visit: (bucket: Bucket & LogBucket) => void,
  share: (model: ModelRef) => ModelRef = (model) => model,
): void {
  if (bytes.length === 0) return;
  const { since = -Infinity, until = Infinity, asOf = Infinity } = range ?? {};
  const part = openPart(bytes);
  const { reader, names, hosts } = part;
  const models = part.models.map(share);
  reader.skip(part.samples + part.misses);
  const losses = readLosses(reader, (place) => modelAt(models, place), (place) => hostOfPlace(hosts, place));
  let quarter = 0;
  while (reader.left > 0) {
    const flagged = reader.varint();
    const place = Math.floor(flagged / 2);
    const isUnknown = flagged % 2 === 1;
    const flags = reader.byte();
    bucket.model = modelAt(models, place);
    bucket.upstream = hostOfPlace(hosts, place);
    if ((flags & WHOLE_TIMES) === 0) {
      bucket.at = reader.double();
      bucket.firstAt = reader.double();
      bucket.lastAt = reader.double();
      bucket.endedAt = reader.double();
    } else {
      quarter = reader.time(quarter);
      bucket.at = quarter * QUARTER_MS;
      bucket.firstAt = reader.time(bucket.at);
      bucket.lastAt = reader.time(bucket.firstAt);
      bucket.endedAt = reader.time(bucket.lastAt);
    }
    if (range !== undefined && (bucket.lastAt < since || bucket.firstAt >= until || bucket.firstAt > asOf)) {
      skipTotal(reader, names, flags);
      reader.signedMoney();
      if (isUnknown) reader.count();
      continue;
    }
    readTotalInto(bucket, reader, names, flags);
    bucket.savedUsd = reader.signedMoney();
    bucket.unknownSavings = isUnknown ? reader.count() : 0;
    bucket.lost = losses.length === 0 ? undefined : takeLosses(losses, bucket);
    visit(bucket as Bucket & LogBucket);
  }
}

/** Takes out what there is of a bucket. */
function takeLosses(
  losses: LogLosses[],
  bucket: Pick<LogBucket, "at" | "model" | "upstream">,
): LostCaches | undefined {
  for (let place = 0; place < losses.length; place++) {
    const lost = losses[place]!;
    if (lost.at !== bucket.at || lost.model !== bucket.model || lost.upstream !== bucket.upstream) continue;
    losses.splice(place, 1);
    return { misses: lost.misses, tokens: lost.tokens, usd: lost.usd, unpriced: lost.unpriced };
  }
  return undefined;
}
