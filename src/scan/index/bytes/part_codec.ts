/**
 * What grows with a log, as the table of parts has it: its sums by quarter of an hour, its idle times, and its lost caches.
 * Nothing of any is no byte at all.
 *
 *     lengths      in bytes, of the samples and of the misses: so that who wants either is done where there are none, and who
 *                  wants buckets goes past them
 *     models       twice their number, 1 more where some are models at a host; and each: two texts (text_codec.ts), and a
 *                  third where some are, which is empty for those that are not
 *     samples      for each twice the place of its model, 1 more when the cache survived; its time, from that of the one
 *                  before it, or from 0; and how long it was, as a time from 0
 *     misses       one behind the other: miss_codec.ts
 *     losses       what those add up to by quarter and model, so that who wants sums goes past them: loss_codec.ts
 *     buckets      to the end: twice the place of the model, 1 more where savings are unknown; flags of a total
 *                  (total_codec.ts), and 64; the times; the total; what was saved, as signed money; and of how many turns
 *                  that is unknown, where there are such. The times are: the start in quarters of an hour, from that of the
 *                  one before it or from 0; the first request from the start; the last one from the first; its end from
 *                  the last one. Without the flag 64 they are no whole numbers, which no tool writes, and stand as four
 *                  doubles
 */
import type { CacheMiss } from "../../../core/cache/misses.ts";
import type { GapSample } from "../../../core/cache/strategy.ts";
import type { DurationMs, EpochMs, ModelRef } from "../../../core/model.ts";
import type { Bytes } from "../tables/store.ts";
import {
  type BucketRange,
  compareLosses,
  type LogBucket,
  type LogLosses,
  makeLosses,
  QUARTER_MS,
} from "../sums/usage_buckets.ts";
import { ByteReader } from "./byte_reader.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";
import { ByteWriter, isPlain } from "./byte_writer.ts";
import { readLosses, writeLosses } from "./loss_codec.ts";
import { readMisses, writeMisses } from "./miss_codec.ts";
import { hostAt, modelAt, type PartModel, type PartModels, placeOf, readModels, writeModels } from "./part_models.ts";
import { TextReader, TextWriter } from "./text_codec.ts";
import { readTotal, skipTotal, totalFlags, writeTotal } from "./total_codec.ts";

const WHOLE_TIMES = 64;

const writer = new ByteWriter();
const texts = new TextWriter(writer);
/** Samples, whose length is written before them. */
const inner = new ByteWriter();

const NOTHING: Bytes = new Uint8Array(0);

/** @param buckets In order of time @param misses @default none */
export function encodePart(
  samples: readonly GapSample[],
  buckets: readonly LogBucket[],
  misses: readonly CacheMiss[] = [],
): Bytes {
  if (samples.length === 0 && buckets.length === 0 && misses.length === 0) return NOTHING;
  const models: PartModel[] = [];
  inner.begin();
  let before = 0;
  for (const { model, at, gapMs, survived, upstream } of samples) {
    inner.varint(2 * placeOf(model, models, upstream) + (survived ? 1 : 0));
    inner.time(at, before);
    inner.time(gapMs, 0);
    if (isPlain(at)) before = at;
  }
  const samplesEnd = inner.length;
  for (const { model, upstream } of buckets) placeOf(model, models, upstream);
  writeMisses(inner, misses, (model, upstream) => placeOf(model, models, upstream));
  beginPart(samplesEnd, inner.length - samplesEnd, models);
  writer.append(inner);
  const losses = buckets.flatMap(({ at, model, upstream, lost }) =>
    lost === undefined ? [] : [{ at, model, ...(upstream === undefined ? {} : { upstream }), ...lost }]
  );
  writeLosses(writer, losses.sort(compareLosses), (model, upstream) => placeOf(model, models, upstream));
  let quarter = 0;
  for (const bucket of buckets) {
    const { at, firstAt, lastAt, endedAt } = bucket;
    const start = at / QUARTER_MS;
    const isWhole = isPlain(start) && isPlain(at) && isPlain(firstAt) && isPlain(lastAt) && isPlain(endedAt);
    const flags = totalFlags(bucket, isWhole ? WHOLE_TIMES : 0);
    const { savedUsd, unknownSavings } = bucket;
    writer.varint(2 * placeOf(bucket.model, models, bucket.upstream) + (unknownSavings > 0 ? 1 : 0));
    writer.byte(flags);
    if (!isWhole) { for (const time of [at, firstAt, lastAt, endedAt]) writer.double(time); }
    else {
      writer.time(start, quarter);
      writer.time(firstAt, at);
      writer.time(lastAt, firstAt);
      writer.time(endedAt, lastAt);
      quarter = start;
    }
    writeTotal(writer, texts, bucket, flags);
    writer.signedMoney(savedUsd);
    if (unknownSavings > 0) writer.count(unknownSavings);
  }
  return writer.take();
}

/**
 * The same of what the sums of rows wrote (sum_table.ts).
 *
 * @param models In the order of their places
 * @param samples Their bytes, as they are to stand, and those of the buckets
 */
export function joinPart(
  models: readonly ModelRef[],
  samples: Uint8Array,
  misses: readonly CacheMiss[],
  buckets: Uint8Array,
): Bytes {
  if (samples.length === 0 && buckets.length === 0) return NOTHING;
  inner.begin();
  // Each is of a turn that has a bucket, and what was held is of another one.
  const placed: PartModel[] = [...models];
  writeMisses(inner, misses, (model) => placeOf(model, placed));
  beginPart(samples.length, inner.length, placed);
  writer.bytes(samples);
  writer.append(inner);
  writeLosses(writer, makeLosses(misses), (model) => placeOf(model, placed));
  writer.bytes(buckets);
  return writer.take();
}

/** Takes out what there is of a bucket. */
function takeLosses(
  losses: LogLosses[],
  at: EpochMs,
  model: ModelRef,
  upstream: string | undefined,
): Pick<LogBucket, "lost"> {
  const place = losses.findIndex((lost) => lost.at === at && lost.model === model && lost.upstream === upstream);
  if (place < 0) return {};
  const [{ misses, tokens, usd, unpriced }] = losses.splice(place, 1) as [LogLosses];
  return { lost: { misses, tokens, usd, unpriced } };
}

function beginPart(samples: number, misses: number, models: readonly PartModel[]): void {
  writer.begin();
  texts.begin();
  writer.varint(samples);
  writer.varint(misses);
  writeModels(writer, texts, models);
}
interface OpenPart extends PartModels {
  readonly reader: ByteReader;
  readonly names: TextReader;
  /** In bytes. */
  readonly samples: number;
  readonly misses: number;
}

function openPart(bytes: Uint8Array): OpenPart {
  const reader = new ByteReader(bytes);
  const samples = reader.length();
  const misses = reader.length();
  const names = new TextReader(reader);
  const models = readModels(reader, names);
  if (samples + misses > reader.left) throw new DamagedBytesError("A part is shorter than what it begins with.");
  return { reader, names, ...models, samples, misses };
}

/**
 * Goes through the idle times of a part without making anything of them.
 *
 * @param bytes Made by {@linkcode encodePart}
 * @throws {DamagedBytesError}
 */
export function eachSample(
  bytes: Uint8Array,
  visit: (
    model: ModelRef,
    gapMs: DurationMs,
    survived: boolean,
    at: EpochMs,
    upstream: string | undefined,
  ) => void,
): void {
  if (bytes.length === 0 || bytes[0] === 0) return;
  const { reader, models, hosts, samples } = openPart(bytes);
  const end = reader.left - samples;
  let before = 0;
  while (reader.left > end) {
    const flagged = reader.varint();
    const place = Math.floor(flagged / 2);
    const at = reader.time(before);
    if (isPlain(at)) before = at;
    visit(modelAt(models, place), reader.time(0), flagged % 2 === 1, at, hosts[place]);
  }
  if (reader.left !== end) throw new DamagedBytesError("A sample ends too late.");
}

/** All idle times of a part. */
export function decodeSamples(bytes: Uint8Array): GapSample[] {
  const samples: GapSample[] = [];
  eachSample(bytes, (model, gapMs, survived, at, upstream) => {
    const sample = { model, at, gapMs, survived };
    samples.push(upstream === undefined ? sample : { ...sample, upstream });
  });
  return samples;
}

/**
 * The lost caches of a part.
 *
 * @param bytes Made by {@linkcode encodePart}
 * @throws {DamagedBytesError}
 */
export function decodeMisses(bytes: Uint8Array): CacheMiss[] {
  // Most logs have none: the length of samples is mostly one byte, and that of misses the next.
  if (bytes.length < 2 || (bytes[0]! < 128 && bytes[1] === 0)) return [];
  const { reader, models, hosts, samples, misses } = openPart(bytes);
  reader.skip(samples);
  return readMisses(
    reader,
    reader.left - misses,
    (place) => modelAt(models, place),
    (place) => hostAt(hosts, place),
  );
}

/**
 * The sums of a part, in their order.
 *
 * @param bytes Made by {@linkcode encodePart}
 * @param range Those of which no turn can lie in it are left out. @default none are
 * @throws {DamagedBytesError}
 */
export function decodeBuckets(bytes: Uint8Array, range?: BucketRange): LogBucket[] {
  if (bytes.length === 0) return [];
  const part = openPart(bytes);
  part.reader.skip(part.samples + part.misses);
  return readBuckets(part, range);
}

/** From where they begin to the end. */
function readBuckets({ reader, names, models, hosts }: OpenPart, range: BucketRange | undefined): LogBucket[] {
  const { since = -Infinity, until = Infinity, asOf = Infinity } = range ?? {};
  const buckets: LogBucket[] = [];
  const losses = readLosses(reader, (place) => modelAt(models, place), (place) => hosts[place]);
  let quarter = 0;
  while (reader.left > 0) {
    const flagged = reader.varint();
    const place = Math.floor(flagged / 2);
    const model = modelAt(models, place);
    const upstream = hosts[place];
    const isUnknown = flagged % 2 === 1;
    const flags = reader.byte();
    let at: EpochMs, firstAt: EpochMs, lastAt: EpochMs, endedAt: EpochMs;
    if ((flags & WHOLE_TIMES) === 0) {
      at = reader.double();
      firstAt = reader.double();
      lastAt = reader.double();
      endedAt = reader.double();
    } else {
      quarter = reader.time(quarter);
      at = quarter * QUARTER_MS;
      firstAt = reader.time(at);
      lastAt = reader.time(firstAt);
      endedAt = reader.time(lastAt);
    }
    if (range !== undefined && (lastAt < since || firstAt >= until || firstAt > asOf)) {
      skipTotal(reader, names, flags);
      reader.signedMoney();
      if (isUnknown) reader.count();
      continue;
    }
    const total = readTotal(reader, names, flags);
    const savedUsd = reader.signedMoney();
    const unknownSavings = isUnknown ? reader.count() : 0;
    const plain = { at, model, ...total, savedUsd, unknownSavings, firstAt, lastAt, endedAt };
    const bucket = upstream === undefined ? plain : { ...plain, upstream };
    buckets.push(losses.length === 0 ? bucket : { ...bucket, ...takeLosses(losses, at, model, upstream) });
  }
  return buckets;
}
