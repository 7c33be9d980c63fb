/**
 * What lost caches add up to (usage_buckets.ts), as a part of a log has it (part_codec.ts): their number, and of each
 *
 *     time         the start in quarters of an hour, from that of the one before it or from 0
 *     place        of the model, or of the model at its host
 *     counts       misses, tokens, and misses without a price
 *     money        usd
 */
import type { ModelRef } from "../../../core/model.ts";
import { type LogLosses, QUARTER_MS } from "../sums/usage_buckets.ts";
import type { ByteReader } from "./byte_reader.ts";
import { type ByteWriter, isPlain } from "./byte_writer.ts";

/** @param losses In the order of compareLosses @param placeOf Place of a model, or of one at a host, among those of the part */
export function writeLosses(
  writer: ByteWriter,
  losses: readonly LogLosses[],
  placeOf: (model: ModelRef, upstream?: string) => number,
): void {
  writer.varint(losses.length);
  let quarter = 0;
  for (const { at, model, upstream, misses, tokens, usd, unpriced } of losses) {
    const start = at / QUARTER_MS;
    writer.time(start, quarter);
    writer.varint(placeOf(model, upstream));
    writer.count(misses);
    writer.count(tokens);
    writer.count(unpriced);
    writer.money(usd);
    if (isPlain(start)) quarter = start;
  }
}

/** @param modelAt By its place @param hostAt The same of its host, where it is at one @throws {DamagedBytesError} */
export function readLosses(
  reader: ByteReader,
  modelAt: (place: number) => ModelRef,
  hostAt: (place: number) => string | undefined,
): LogLosses[] {
  const losses: LogLosses[] = [];
  let quarter = 0;
  for (let count = reader.length(); count > 0; count--) {
    const start = reader.time(quarter);
    if (isPlain(start)) quarter = start;
    const place = reader.varint();
    const model = modelAt(place);
    const upstream = hostAt(place);
    const misses = reader.count();
    const tokens = reader.count();
    const unpriced = reader.count();
    const loss = { at: start * QUARTER_MS, model, misses, tokens, usd: reader.money(), unpriced };
    losses.push(upstream === undefined ? loss : { ...loss, upstream });
  }
  return losses;
}
