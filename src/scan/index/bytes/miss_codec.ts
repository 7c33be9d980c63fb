/**
 * Lost caches (core/cache/misses.ts), as a part of a log has them (part_codec.ts). One behind the other, each:
 *
 *     flags        bits 0 to 2: place in CAUSES of what explains it, whatever the time, or 7 and flags of its own, which that
 *                  place and one bit each follow in; then one bit each, see below
 *     place        of the model
 *     time         at, from that of the one before it or from 0; and gapMs, from 0
 *     time         of what was held, from that of the request before
 *     counts       of what was held: tokens and oneHourTokens; cacheRead, cacheWrite and cacheWrite1h; promptTokens
 *     what few have, by the flags: the place of the model that was held; the time endedAt from at; the time expiresAt of what
 *                  was held from at; and what it cost
 */
import type { HeldPrefix } from "../../../core/cache/anchor.ts";
import type { CacheMiss } from "../../../core/cache/misses.ts";
import { type Reroute, REROUTE_CAUSES } from "../../../core/cache/reroute.ts";
import { isSameModel, type ModelRef } from "../../../core/model.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";
import type { ByteReader } from "./byte_reader.ts";
import { type ByteWriter, isPlain } from "./byte_writer.ts";

/** In the order of their numbers, which are in every index. */
const CAUSES: readonly CacheMiss["known"][] = [
  undefined,
  "model_changed",
  "compacted",
  "system_changed",
  "tools_changed",
  "messages_changed",
];
const CAUSE_BITS = 7;
/** In the place of a cause: that and more stand in a byte behind it. */
const MORE = 7;
const HELD_AT_HOST = 8;
const AT_HOST = 16;
const IS_REROUTED = 32;
const HIDES_WRITES = 8;
const OTHER_MODEL = 16;
const HAS_ENDED = 32;
const HAS_EXPIRY = 64;
const HAS_USD = 128;

/** @param placeOf Place of a model, or of a model at a host, among those of the part */
export function writeMisses(
  writer: ByteWriter,
  misses: readonly CacheMiss[],
  placeOf: (model: ModelRef, upstream?: string) => number,
): void {
  let before = 0;
  for (const miss of misses) {
    const { model, held, at, gapMs, endedAt, known, usd, upstream, rerouted } = miss;
    const more = (held.upstream === undefined ? 0 : HELD_AT_HOST) | (upstream === undefined ? 0 : AT_HOST) |
      (rerouted === undefined ? 0 : IS_REROUTED);
    const isOther = !isSameModel(held.model, model);
    writer.byte(
      (more === 0 ? CAUSES.indexOf(known) : MORE) | (held.hidesWrites ? HIDES_WRITES : 0) |
        (isOther ? OTHER_MODEL : 0) |
        (endedAt === undefined ? 0 : HAS_ENDED) | (held.expiresAt === undefined ? 0 : HAS_EXPIRY) |
        (usd === undefined ? 0 : HAS_USD),
    );
    if (more !== 0) writer.byte(more | CAUSES.indexOf(known));
    writer.varint(placeOf(model));
    writer.time(at, before);
    writer.time(gapMs, 0);
    const base = isPlain(at) ? at : 0;
    writer.time(held.at, isPlain(gapMs) ? base - gapMs : base);
    writer.count(held.tokens);
    writer.count(held.oneHourTokens);
    writer.count(miss.cacheRead);
    writer.count(miss.cacheWrite);
    writer.count(miss.cacheWrite1h);
    writer.count(miss.promptTokens);
    if (isOther) writer.varint(placeOf(held.model));
    if (endedAt !== undefined) writer.time(endedAt, base);
    if (held.expiresAt !== undefined) writer.time(held.expiresAt, base);
    if (usd !== undefined) writer.money(usd);
    if (held.upstream !== undefined) writer.varint(placeOf(held.model, held.upstream));
    if (upstream !== undefined) writer.varint(placeOf(model, upstream));
    if (rerouted !== undefined) {
      writer.varint(placeOf(model, rerouted.from));
      writer.byte(REROUTE_CAUSES.indexOf(rerouted.cause));
      writer.count(rerouted.status ?? 0);
    }
    if (isPlain(at)) before = at;
  }
}

/**
 * @param end How many bytes are left behind the last one
 * @param modelAt By its place
 * @param hostAt Of a model at a host: that host
 * @throws {DamagedBytesError}
 */
export function readMisses(
  reader: ByteReader,
  end: number,
  modelAt: (place: number) => ModelRef,
  hostAt: (place: number) => string,
): CacheMiss[] {
  const misses: CacheMiss[] = [];
  let before = 0;
  while (reader.left > end) {
    const flags = reader.byte();
    const more = (flags & CAUSE_BITS) === MORE ? reader.byte() : flags & CAUSE_BITS;
    const model = modelAt(reader.varint());
    const at = reader.time(before);
    if (isPlain(at)) before = at;
    const gapMs = reader.time(0);
    const base = isPlain(at) ? at : 0;
    const heldAt = reader.time(isPlain(gapMs) ? base - gapMs : base);
    const tokens = reader.count();
    const oneHourTokens = reader.count();
    const cacheRead = reader.count();
    const cacheWrite = reader.count();
    const cacheWrite1h = reader.count();
    const promptTokens = reader.count();
    const ofModel = (flags & OTHER_MODEL) === 0 ? model : modelAt(reader.varint());
    const endedAt = (flags & HAS_ENDED) === 0 ? {} : { endedAt: reader.time(base) };
    const expiry = (flags & HAS_EXPIRY) === 0 ? {} : { expiresAt: reader.time(base) };
    const price = (flags & HAS_USD) === 0 ? {} : { usd: reader.money() };
    const hides = (flags & HIDES_WRITES) === 0 ? {} : { hidesWrites: true as const };
    const there = (more & HELD_AT_HOST) === 0 ? {} : { upstream: hostAt(reader.varint()) };
    const upstream = (more & AT_HOST) === 0 ? undefined : hostAt(reader.varint());
    const rerouted = (more & IS_REROUTED) === 0 ? {} : { rerouted: readReroute(reader, upstream, hostAt) };
    const held: HeldPrefix = { model: ofModel, at: heldAt, tokens, oneHourTokens, ...expiry, ...there, ...hides };
    const known = causeOf(more & CAUSE_BITS);
    misses.push({
      at,
      ...endedAt,
      gapMs,
      model,
      held,
      cacheRead,
      cacheWrite,
      cacheWrite1h,
      promptTokens,
      ...known,
      ...(upstream === undefined ? {} : { upstream }),
      ...rerouted,
      ...price,
    });
  }
  if (reader.left !== end) throw new DamagedBytesError("A miss ends too late.");
  return misses;
}

/** What a lost cache cost, and with which model. */
export type MissCost = Pick<CacheMiss, "model" | "usd">;

/** The same for who adds up what they cost: most of {@linkcode readMisses} is making objects. */
export function readMissCosts(reader: ByteReader, end: number, modelAt: (place: number) => ModelRef): MissCost[] {
  const costs: MissCost[] = [];
  while (reader.left > end) {
    const flags = reader.byte();
    const more = (flags & CAUSE_BITS) === MORE ? reader.byte() : 0;
    const model = modelAt(reader.varint());
    for (let time = 0; time < 3; time++) reader.time(0);
    for (let count = 0; count < 6; count++) reader.count();
    if ((flags & OTHER_MODEL) !== 0) reader.varint();
    if ((flags & HAS_ENDED) !== 0) reader.time(0);
    if ((flags & HAS_EXPIRY) !== 0) reader.time(0);
    costs.push({ model, usd: (flags & HAS_USD) === 0 ? undefined : reader.money() });
    if ((more & HELD_AT_HOST) !== 0) reader.varint();
    if ((more & AT_HOST) !== 0) reader.varint();
    if ((more & IS_REROUTED) === 0) continue;
    reader.varint();
    reader.byte();
    reader.count();
  }
  if (reader.left !== end) throw new DamagedBytesError("A miss ends too late.");
  return costs;
}

function readReroute(
  reader: ByteReader,
  to: string | undefined,
  hostAt: (place: number) => string,
): Reroute {
  if (to === undefined) throw new DamagedBytesError("A route leads nowhere.");
  const from = hostAt(reader.varint());
  const cause = REROUTE_CAUSES[reader.byte()];
  if (cause === undefined) throw new DamagedBytesError("There is no such cause of a route.");
  const status = reader.count();
  return status === 0 ? { from, to, cause } : { from, to, cause, status };
}

function causeOf(place: number): Pick<CacheMiss, "known"> {
  if (place === 0) return {};
  const known = CAUSES[place];
  if (known === undefined) throw new DamagedBytesError("There is no such cause.");
  return { known };
}
