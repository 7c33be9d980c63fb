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
import { compareLosses, type LogBucket, makeLosses, QUARTER_MS } from "../sums/usage_buckets.ts";
import { ByteReader } from "./byte_reader.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";
import { ByteWriter, isPlain } from "./byte_writer.ts";
import { writeLosses } from "./loss_codec.ts";
import { type MissCost, readMissCosts, readMisses, writeMisses } from "./miss_codec.ts";
import {
  hostAt,
  hostOfPlace,
  modelAt,
  type PartModel,
  type PartModels,
  placeOf,
  readModels,
  writeModels,
} from "./part_models.ts";
import { TextReader, TextWriter } from "./text_codec.ts";
import { totalFlags, writeTotal } from "./total_codec.ts";

/** Whether the times of a bucket are whole numbers. */
export const WHOLE_TIMES = 64;

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

function beginPart(samples: number, misses: number, models: readonly PartModel[]): void {
  writer.begin();
  texts.begin();
  writer.varint(samples);
  writer.varint(misses);
  writeModels(writer, texts, models);
}
/** A part, from its samples on. */
export interface OpenPart extends PartModels {
  readonly reader: ByteReader;
  readonly names: TextReader;
  /** In bytes. */
  readonly samples: number;
  readonly misses: number;
}

/** @throws {DamagedBytesError} */
export function openPart(bytes: Uint8Array): OpenPart {
  const reader = new ByteReader(bytes);
  const samples = reader.length();
  const misses = reader.length();
  const names = new TextReader(reader);
  const { models, hosts } = readModels(reader, names);
  if (samples + misses > reader.left) throw new DamagedBytesError("A part is shorter than what it begins with.");
  return { reader, names, models, hosts, samples, misses };
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
    visit(modelAt(models, place), reader.time(0), flagged % 2 === 1, at, hostOfPlace(hosts, place));
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
  if (hasNoMisses(bytes)) return [];
  const { reader, models, hosts, end } = openMisses(bytes);
  return readMisses(reader, end, (place) => modelAt(models, place), (place) => hostAt(hosts, place));
}

/** What they cost alone, in the same order. */
export function decodeMissCosts(bytes: Uint8Array): MissCost[] {
  if (hasNoMisses(bytes)) return [];
  const { reader, models, end } = openMisses(bytes);
  return readMissCosts(reader, end, (place) => modelAt(models, place));
}

/** So it is with most logs: the length of samples is mostly one byte, and that of misses the next. */
function hasNoMisses(bytes: Uint8Array): boolean {
  return bytes.length < 2 || (bytes[0]! < 128 && bytes[1] === 0);
}

function openMisses(bytes: Uint8Array): OpenPart & { readonly end: number } {
  const part = openPart(bytes);
  part.reader.skip(part.samples);
  return { ...part, end: part.reader.left - part.misses };
}
