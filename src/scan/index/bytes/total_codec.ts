/**
 * Turns, tokens and costs that were added up, as they stand in sums of a log and in quarters of an hour:
 *
 *     flags        bits 0 and 1: place of the basis in COST_BASES; then one bit each for what follows if it is not zero:
 *                  2 cacheWrite, 3 cacheWrite1h, 4 unpricedTurns; and 5 for standardRateTurns, where it is there.
 *                  Bit 6 is the caller's; 7 is set where there is more
 *     counts       turns, input, cacheRead, output, and those of the flags
 *     more         what few have, where the flags say so: flags, 1 for totals, 2 for their requests, 4 for credits, 8 for
 *                  billed, and 16 for recordedUsd; the counts of the first two; of credits their number, and each: a text
 *                  (text_codec.ts), and money; of what was billed money and a count of turns; and money
 *     money        usd
 */
import { type Cost, COST_BASES, type Credits, type TokenUsage, type TotalCount } from "../../../core/model.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import type { TextReader, TextWriter } from "./text_codec.ts";

const CACHE_WRITE = 4;
const CACHE_WRITE_1H = 8;
const UNPRICED = 16;
const STANDARD_RATE = 32;
const MORE = 128;
const TOTALS = 1;
const REQUESTS = 2;
const CREDITS = 4;
const BILLED = 8;
const RECORDED = 16;

/** Turns, with what they used and cost. */
export interface Total {
  readonly turns: number;
  readonly totals?: TotalCount;
  readonly usage: TokenUsage;
  readonly cost: Cost;
}

/** What stands before it. @param flags The caller's: 64 or none */
export function totalFlags({ usage, cost, totals }: Total, flags = 0): number {
  flags |= COST_BASES.indexOf(cost.basis);
  if (isThere(usage.cacheWrite)) flags |= CACHE_WRITE;
  if (isThere(usage.cacheWrite1h)) flags |= CACHE_WRITE_1H;
  if (isThere(cost.unpricedTurns)) flags |= UNPRICED;
  if (cost.standardRateTurns !== undefined) flags |= STANDARD_RATE;
  // What was recorded stands beside what was billed.
  if (totals !== undefined || cost.credits !== undefined || cost.billed !== undefined) flags |= MORE;
  return flags;
}

/** Writes it. @param flags Its own, see {@linkcode totalFlags}, which are written before */
export function writeTotal(writer: ByteWriter, texts: TextWriter, total: Total, flags: number): void {
  const { turns, usage, cost } = total;
  writer.count(turns);
  writer.count(usage.input);
  writer.count(usage.cacheRead);
  writer.count(usage.output);
  if ((flags & CACHE_WRITE) !== 0) writer.count(usage.cacheWrite);
  if ((flags & CACHE_WRITE_1H) !== 0) writer.count(usage.cacheWrite1h);
  if ((flags & UNPRICED) !== 0) writer.count(cost.unpricedTurns);
  if (cost.standardRateTurns !== undefined) writer.count(cost.standardRateTurns);
  if ((flags & MORE) !== 0) writeMore(writer, texts, total);
  writer.money(cost.usd);
}

function writeMore(writer: ByteWriter, texts: TextWriter, { totals, cost }: Total): void {
  const { credits, billed, recordedUsd } = cost;
  const requests = totals?.requests;
  writer.byte(
    (totals === undefined ? 0 : TOTALS) | (requests === undefined ? 0 : REQUESTS) |
      (credits === undefined ? 0 : CREDITS) | (billed === undefined ? 0 : BILLED) |
      (recordedUsd === undefined ? 0 : RECORDED),
  );
  if (totals !== undefined) writer.count(totals.count);
  if (requests !== undefined) writer.count(requests);
  if (credits !== undefined) {
    const entries = Object.entries(credits);
    writer.varint(entries.length);
    for (const [provider, amount] of entries) {
      texts.text(provider);
      writer.money(amount);
    }
  }
  if (billed !== undefined) {
    writer.money(billed.usd);
    writer.count(billed.turns);
  }
  if (recordedUsd !== undefined) writer.money(recordedUsd);
}

/** Whether it has to be written: minus zero is not zero. */
function isThere(count: number): boolean {
  return !Object.is(count, 0);
}

/** A total while it is read, again and again: what a total has not is undefined. */
export interface OpenTotal {
  turns: number;
  totals: TotalCount | undefined;
  readonly usage: { -readonly [kind in keyof TokenUsage]: TokenUsage[kind] };
  readonly cost: { -readonly [name in "usd" | "basis" | "unpricedTurns"]: Cost[name] } & {
    standardRateTurns: number | undefined;
    credits: Credits | undefined;
    billed: Cost["billed"];
    recordedUsd: number | undefined;
  };
}

/** One to read into. */
export function openTotal(): OpenTotal {
  return {
    turns: 0,
    totals: undefined,
    usage: { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 },
    cost: {
      usd: 0,
      basis: "none",
      unpricedTurns: 0,
      standardRateTurns: undefined,
      credits: undefined,
      billed: undefined,
      recordedUsd: undefined,
    },
  };
}

/** Reads it. @param flags That were read before */
export function readTotal(reader: ByteReader, names: TextReader, flags: number): Total {
  readTotalInto(scratch, reader, names, flags);
  return copyTotal(scratch as Total);
}

const scratch = openTotal();

/** The same in place: of an answer over a year there are tens of thousands. */
export function readTotalInto(total: OpenTotal, reader: ByteReader, names: TextReader, flags: number): void {
  const { usage, cost } = total;
  total.turns = reader.count();
  usage.input = reader.count();
  usage.cacheRead = reader.count();
  usage.output = reader.count();
  usage.cacheWrite = (flags & CACHE_WRITE) === 0 ? 0 : reader.count();
  usage.cacheWrite1h = (flags & CACHE_WRITE_1H) === 0 ? 0 : reader.count();
  cost.unpricedTurns = (flags & UNPRICED) === 0 ? 0 : reader.count();
  cost.standardRateTurns = (flags & STANDARD_RATE) === 0 ? undefined : reader.count();
  if ((flags & MORE) === 0) {
    total.totals = undefined;
    cost.credits = cost.billed = cost.recordedUsd = undefined;
  } else {
    const more = readMore(reader, names);
    total.totals = more.totals;
    cost.credits = more.cost?.credits;
    cost.billed = more.cost?.billed;
    cost.recordedUsd = more.cost?.recordedUsd;
  }
  cost.usd = reader.money();
  cost.basis = COST_BASES[flags & 3]!;
}

/** Its own, and without what it has not. */
export function copyTotal({ turns, totals, usage, cost }: Total): Total {
  const { usd, basis, unpricedTurns, standardRateTurns, credits, billed, recordedUsd } = cost;
  const { input, cacheRead, cacheWrite, cacheWrite1h, output } = usage;
  const own: { -readonly [name in keyof Cost]: Cost[name] } = { usd, basis, unpricedTurns };
  if (standardRateTurns !== undefined) own.standardRateTurns = standardRateTurns;
  if (credits !== undefined) own.credits = credits;
  if (billed !== undefined) own.billed = billed;
  if (recordedUsd !== undefined) own.recordedUsd = recordedUsd;
  const copied = { turns, usage: { input, cacheRead, cacheWrite, cacheWrite1h, output }, cost: own };
  return totals === undefined ? copied : { ...copied, totals };
}

interface More {
  readonly totals?: TotalCount;
  readonly cost?: Pick<Cost, "credits" | "billed" | "recordedUsd">;
}

function readMore(reader: ByteReader, names: TextReader): More {
  const flags = reader.byte();
  const count = (flags & TOTALS) === 0 ? undefined : reader.count();
  const requests = (flags & REQUESTS) === 0 ? undefined : reader.count();
  const totals = count === undefined ? undefined : requests === undefined ? { count } : { count, requests };
  const cost: { -readonly [key in keyof Cost]?: Cost[key] } = {};
  if ((flags & CREDITS) !== 0) {
    const credits: [provider: string, amount: number][] = [];
    for (let left = reader.length(); left > 0; left--) credits.push([names.text(), reader.money()]);
    cost.credits = Object.fromEntries(credits);
  }
  if ((flags & BILLED) !== 0) cost.billed = { usd: reader.money(), turns: reader.count() };
  if ((flags & RECORDED) !== 0) cost.recordedUsd = reader.money();
  return { totals, cost };
}

/** Goes past it. @param flags That were read before */
export function skipTotal(reader: ByteReader, names: TextReader, flags: number): void {
  for (let count = 4; count > 0; count--) reader.count();
  for (let flag = CACHE_WRITE; flag <= STANDARD_RATE; flag *= 2) if ((flags & flag) !== 0) reader.count();
  if ((flags & MORE) !== 0) readMore(reader, names);
  reader.money();
}

/** Whether they are the same to the last bit. */
export function isSameTotal(a: Total, b: Total): boolean {
  return Object.is(a.turns, b.turns) && Object.is(a.cost.usd, b.cost.usd) && a.cost.basis === b.cost.basis &&
    Object.is(a.usage.input, b.usage.input) && Object.is(a.usage.output, b.usage.output) &&
    Object.is(a.usage.cacheRead, b.usage.cacheRead) && Object.is(a.usage.cacheWrite, b.usage.cacheWrite) &&
    Object.is(a.usage.cacheWrite1h, b.usage.cacheWrite1h) &&
    Object.is(a.cost.unpricedTurns, b.cost.unpricedTurns) &&
    Object.is(a.cost.standardRateTurns, b.cost.standardRateTurns) &&
    Object.is(a.totals?.count, b.totals?.count) && Object.is(a.totals?.requests, b.totals?.requests) &&
    Object.is(a.cost.billed?.usd, b.cost.billed?.usd) && Object.is(a.cost.billed?.turns, b.cost.billed?.turns) &&
    Object.is(a.cost.recordedUsd, b.cost.recordedUsd) && isSameCredits(a.cost.credits, b.cost.credits);
}

function isSameCredits(a: Credits | undefined, b: Credits | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [ofA, ofB] = [Object.entries(a), Object.entries(b)];
  return ofA.length === ofB.length &&
    ofA.every(([provider, amount], place) => ofB[place]![0] === provider && Object.is(ofB[place]![1], amount));
}
