/**
 * What a log's turns add up to (`RollupState`), as the table of logs has it. Times are counted from the latest one. Models
 * and chains as text_codec.ts has them; a list is its length and its elements.
 *
 *     time         lastAt, from 0
 *     flags        1: one model has all; 2: one chain has all; 4: copied is there
 *     rates        a list: model, flags (a bit for each of KINDS), and of those: dollars, time, promptTokens
 *     sum          total: a total (total_codec.ts), and the times firstAt and lastAt
 *     models       one model, or a list of models with their sums
 *     sums         one chain, or a list of chains with their sums
 *     prefixes     a list: chain; flags (1: hidesWrites; 2: expiresAt is there; 4: upstream; 8: served); model, time, tokens
 *                  and oneHourTokens of what is held, the time expiresAt, and the text upstream; time, model and the five
 *                  counts of the last request; a list of models that write, and one of those that do not; of served a text,
 *                  a count, and the length of recent and its bits as bytes
 *     copied       a count
 *     count        largestPrompt
 */
import type { ChainPrefix, HeldPrefix } from "../../../core/cache/anchor.ts";
import type { ServedRequests } from "../../../core/cache/served_requests.ts";
import type { PrefixRates } from "../../../core/cost/prefix_cost.ts";
import type { EpochMs, ModelRef, TokenUsage } from "../../../core/model.ts";
import type { RollupState } from "../../../core/rollup.ts";
import type { Bytes } from "../tables/store.ts";
import { ByteReader } from "./byte_reader.ts";
import { ByteWriter, isPlain } from "./byte_writer.ts";
import { TextReader, TextWriter } from "./text_codec.ts";
import { isSameTotal, readTotal, totalFlags, writeTotal } from "./total_codec.ts";

type Sum = RollupState["total"];

const ONE_MODEL = 1;
const ONE_CHAIN = 2;
const COPIED = 4;
const HIDES_WRITES = 1;
const EXPIRES = 2;
const UPSTREAM = 4;
const SERVED = 8;
const KINDS = ["input", "cacheRead", "cacheWrite", "cacheWrite1h"] as const;

const writer = new ByteWriter();
const texts = new TextWriter(writer);

/** For one log; never empty. */
export function encodeRollupState(state: RollupState): Bytes {
  writer.begin();
  texts.begin();
  const { total, models, sums, prefixes, rates, lastAt, copied, largestPrompt } = state;
  const base = isPlain(lastAt) ? lastAt : 0;
  const model = models.length === 1 && isSameSum(models[0]!.sum, total) ? models[0]!.model : undefined;
  const chain = sums.length === 1 && isSameSum(sums[0]!.sum, total) ? sums[0]!.chain : undefined;
  writer.time(lastAt, 0);
  writer.byte(
    (model === undefined ? 0 : ONE_MODEL) | (chain === undefined ? 0 : ONE_CHAIN) | (copied === undefined ? 0 : COPIED),
  );
  writer.varint(rates.length);
  for (const rate of rates) writeRates(rate, base);
  writeSum(total, base);
  if (model !== undefined) texts.model(model);
  else {
    writer.varint(models.length);
    for (const { model, sum } of models) {
      texts.model(model);
      writeSum(sum, base);
    }
  }
  if (chain !== undefined) texts.text(chain);
  else {
    writer.varint(sums.length);
    for (const { chain, sum } of sums) {
      texts.text(chain);
      writeSum(sum, base);
    }
  }
  writer.varint(prefixes.length);
  for (const prefix of prefixes) writePrefix(prefix, base);
  if (copied !== undefined) writer.count(copied);
  writer.count(largestPrompt);
  return writer.take();
}

function isSameSum(a: Sum, b: Sum): boolean {
  return isSameTotal(a, b) && Object.is(a.firstAt, b.firstAt) && Object.is(a.lastAt, b.lastAt);
}

function writeSum(sum: Sum, base: EpochMs): void {
  const flags = totalFlags(sum);
  writer.byte(flags);
  writeTotal(writer, texts, sum, flags);
  writer.time(sum.firstAt, base);
  writer.time(sum.lastAt, base);
}

function writePrefix(
  { chain, prefix: { held, last, writing, silent, served } }: RollupState["prefixes"][number],
  base: EpochMs,
) {
  texts.text(chain);
  writer.byte(
    (held.hidesWrites ? HIDES_WRITES : 0) | (held.expiresAt === undefined ? 0 : EXPIRES) |
      (held.upstream === undefined ? 0 : UPSTREAM) | (served === undefined ? 0 : SERVED),
  );
  texts.model(held.model);
  writer.time(held.at, base);
  writer.count(held.tokens);
  writer.count(held.oneHourTokens);
  if (held.expiresAt !== undefined) writer.time(held.expiresAt, base);
  if (held.upstream !== undefined) texts.text(held.upstream);
  writer.time(last.at, base);
  texts.model(last.model);
  const { input, cacheRead, cacheWrite, cacheWrite1h, output } = last.usage;
  writer.count(input);
  writer.count(cacheRead);
  writer.count(cacheWrite);
  writer.count(cacheWrite1h);
  writer.count(output);
  writeModels(writing);
  writeModels(silent);
  if (served === undefined) return;
  texts.text(served.upstream);
  writer.count(served.turns);
  writer.varint(served.recent.length);
  for (const bit of served.recent) writer.byte(bit === "1" ? 1 : 0);
}

function writeModels(models: readonly ModelRef[]): void {
  writer.varint(models.length);
  for (const model of models) texts.model(model);
}

function writeRates(rates: PrefixRates, base: EpochMs): void {
  texts.model(rates);
  writer.byte(KINDS.reduce((flags, kind, bit) => rates[kind] === undefined ? flags : flags | 1 << bit, 0));
  for (const kind of KINDS) {
    const rate = rates[kind];
    if (rate === undefined) continue;
    writer.money(rate.usdPerMillion);
    writer.time(rate.at, base);
    writer.count(rate.promptTokens);
  }
}

/** @param bytes Made by {@linkcode encodeRollupState} @throws {DamagedBytesError} */
export function decodeRollupState(bytes: Uint8Array): RollupState {
  const reader = new ByteReader(bytes);
  const names = new TextReader(reader);
  const lastAt = reader.time(0);
  const base = isPlain(lastAt) ? lastAt : 0;
  const flags = reader.byte();
  const rates = readList(reader, () => readRates(reader, names, base));
  const total = readSum(reader, names, base);
  const models = (flags & ONE_MODEL) !== 0
    ? [{ model: names.model(), sum: copyOf(total) }]
    : readList(reader, () => ({ model: names.model(), sum: readSum(reader, names, base) }));
  const sums = (flags & ONE_CHAIN) !== 0
    ? [{ chain: names.text(), sum: copyOf(total) }]
    : readList(reader, () => ({ chain: names.text(), sum: readSum(reader, names, base) }));
  const prefixes = readList(reader, () => ({ chain: names.text(), prefix: readPrefix(reader, names, base) }));
  const copied = (flags & COPIED) === 0 ? {} : { copied: reader.count() };
  return { total, models, sums, prefixes, rates, lastAt, ...copied, largestPrompt: reader.count() };
}

function readList<T>(reader: ByteReader, read: () => T): T[] {
  const list: T[] = [];
  for (let count = reader.length(); count > 0; count--) list.push(read());
  return list;
}

function readSum(reader: ByteReader, names: TextReader, base: EpochMs): Sum {
  const total = readTotal(reader, names, reader.byte());
  return { ...total, firstAt: reader.time(base), lastAt: reader.time(base) };
}

/** Its own: sums are added to in place. */
function copyOf(sum: Sum): Sum {
  return { ...sum, usage: { ...sum.usage }, cost: { ...sum.cost } };
}

function readPrefix(reader: ByteReader, names: TextReader, base: EpochMs): ChainPrefix {
  const flags = reader.byte();
  const held: { -readonly [name in keyof HeldPrefix]: HeldPrefix[name] } = {
    model: names.model(),
    at: reader.time(base),
    tokens: reader.count(),
    oneHourTokens: reader.count(),
  };
  if ((flags & EXPIRES) !== 0) held.expiresAt = reader.time(base);
  if ((flags & UPSTREAM) !== 0) held.upstream = names.text();
  if ((flags & HIDES_WRITES) !== 0) held.hidesWrites = true;
  const last = { at: reader.time(base), model: names.model(), usage: readUsage(reader) };
  const models = () => readList(reader, () => names.model());
  const prefix = { held, last, writing: models(), silent: models() };
  return (flags & SERVED) === 0 ? prefix : { ...prefix, served: readServed(reader, names) };
}

function readServed(reader: ByteReader, names: TextReader): ServedRequests {
  const upstream = names.text();
  const turns = reader.count();
  return { upstream, turns, recent: readList(reader, () => reader.byte() === 1 ? "1" : "0").join("") };
}

function readUsage(reader: ByteReader): TokenUsage {
  return {
    input: reader.count(),
    cacheRead: reader.count(),
    cacheWrite: reader.count(),
    cacheWrite1h: reader.count(),
    output: reader.count(),
  };
}

function readRates(reader: ByteReader, names: TextReader, base: EpochMs): PrefixRates {
  const rates: { -readonly [name in keyof PrefixRates]: PrefixRates[name] } = { ...names.model() };
  const flags = reader.byte();
  for (const [bit, kind] of KINDS.entries()) {
    if ((flags & 1 << bit) === 0) continue;
    rates[kind] = { usdPerMillion: reader.money(), at: reader.time(base), promptTokens: reader.count() };
  }
  return rates;
}
