/**
 * Lays out what line_engine.wasm has to know of the wanted lines, in the places where it looks for it: tables in which a few
 * bytes of each needle can be looked up at once, and the needles themselves.
 */
import { AT, lineMemory } from "./line_memory.ts";

const NEEDLE_STRIDE = 72;
const MAXIMUM_NEEDLES = 16;
export const MAXIMUM_NEEDLE_LENGTH = 64;
/** Two bytes are a third faster for some needles and a quarter slower for others: three are never slow. */
const FINGERPRINT_LENGTH = 3;
const NEWLINE = 10;
const NEEDLE_BUCKETS = 7;
const NEWLINE_BUCKET = 1 << NEEDLE_BUCKETS;

interface Tables {
  readonly needles: readonly string[];
  /** What they are in the memory. */
  readonly bytes: Uint8Array;
}

/** Each source has its own, and working them out takes as long as a small log does: those of late are kept. */
const MOST_TABLES = 8;
let known: readonly Tables[] = [];
/** What is in the memory: most searches are for the same as the one before. */
let written: Tables | undefined;

/**
 * Prepares the memory for a search.
 *
 * @throws {RangeError} as the constructor of LineFinder
 */
export function writeNeedles(needles: readonly string[]): void {
  if (written?.needles === needles) return;
  written = known.find((tables) => tables.needles === needles);
  if (written !== undefined) {
    lineMemory.bytes.set(written.bytes, AT.needleCount);
    return;
  }
  workOut(needles, lineMemory.bytes);
  written = { needles, bytes: lineMemory.bytes.slice(AT.needleCount, AT.vectors) };
  known = [written, ...known.slice(0, MOST_TABLES - 1)];
}

function workOut(needles: readonly string[], memory: Uint8Array): void {
  if (needles.length > MAXIMUM_NEEDLES) {
    throw new RangeError(`${needles.length} needles are too many: at most ${MAXIMUM_NEEDLES} can be searched for.`);
  }
  memory.fill(0, AT.tables, AT.tables + 2 * 16 * FINGERPRINT_LENGTH);
  const admit = (place: number, byte: number, bucket: number) => {
    memory[AT.tables + 32 * place + (byte & 15)]! |= bucket;
    memory[AT.tables + 32 * place + 16 + (byte >> 4)]! |= bucket;
  };
  const admitAny = (place: number, bucket: number) => {
    for (let nibble = 0; nibble < 16; nibble++) admit(place, nibble * 17, bucket);
  };
  admit(0, NEWLINE, NEWLINE_BUCKET);
  for (let place = 1; place < FINGERPRINT_LENGTH; place++) admitAny(place, NEWLINE_BUCKET);
  const encoded = needles.map(encodeNeedle);
  const offsets = encoded.map(fingerprintOf);
  const buckets = chooseBuckets(encoded.map((bytes, index) => {
    const offset = offsets[index]!;
    return bytes.subarray(offset, offset + FINGERPRINT_LENGTH);
  }));
  encoded.forEach((bytes, index) => {
    const offset = offsets[index]!;
    const bucket = 1 << buckets[index]!;
    for (let place = 0; place < FINGERPRINT_LENGTH; place++) {
      const byte = bytes[offset + place];
      if (byte === undefined) admitAny(place, bucket);
      else admit(place, byte, bucket);
    }
    const record = AT.needles + index * NEEDLE_STRIDE;
    memory.set([bytes.length, offset, bucket], record);
    memory.set(bytes, record + 8);
  });
  lineMemory.words[AT.needleCount / 4] = needles.length;
}

function encodeNeedle(needle: string): Uint8Array {
  const bytes = new TextEncoder().encode(needle);
  const isPlain = bytes.every((byte) => byte < 128 && byte !== NEWLINE);
  if (!isPlain || bytes.length === 0 || bytes.length > MAXIMUM_NEEDLE_LENGTH) {
    throw new RangeError(
      `The needle ${JSON.stringify(needle)} cannot be searched for: it must be 1 to ${MAXIMUM_NEEDLE_LENGTH} ASCII ` +
        "characters without a newline.",
    );
  }
  return bytes;
}

/** Where in a needle the three bytes stand that are the least likely to be met elsewhere. */
function fingerprintOf(needle: Uint8Array): number {
  let best = 0;
  let bestCommonness = Infinity;
  for (let offset = 0; offset + FINGERPRINT_LENGTH <= needle.length; offset++) {
    let commonness = 1;
    for (let place = 0; place < FINGERPRINT_LENGTH; place++) commonness *= COMMONNESS[needle[offset + place]!]!;
    if (commonness < bestCommonness) [best, bestCommonness] = [offset, commonness];
  }
  return best;
}

/**
 * A bucket for each fingerprint. The tables admit to a bucket any mixture of the halves of its bytes: one to itself is the
 * fastest, those that are equal share theirs, and others share where that lets in the fewest bytes of a log.
 */
function chooseBuckets(fingerprints: readonly Uint8Array[]): readonly number[] {
  const known = new Map<string, number>();
  const members: Uint8Array[][] = [];
  return fingerprints.map((fingerprint) => {
    const name = String(fingerprint);
    let bucket = known.get(name);
    if (bucket === undefined) {
      bucket = members.length < NEEDLE_BUCKETS ? members.length : cheapestBucket(members, fingerprint);
      (members[bucket] ??= []).push(fingerprint);
      known.set(name, bucket);
    }
    return bucket;
  });
}

function cheapestBucket(members: readonly (readonly Uint8Array[])[], fingerprint: Uint8Array): number {
  const costs = members.map((others) => admitted([...others, fingerprint]) - admitted(others));
  return costs.indexOf(Math.min(...costs));
}

/** How often the tables find a bucket of these fingerprints in a log, more or less. */
function admitted(fingerprints: readonly Uint8Array[]): number {
  let product = 1;
  for (let place = 0; place < FINGERPRINT_LENGTH; place++) {
    // A needle that is shorter takes any byte here.
    const bytes = fingerprints.map((fingerprint) => fingerprint[place]);
    if (bytes.includes(undefined)) {
      product *= 1000;
      continue;
    }
    const lows = new Set(bytes.map((byte) => byte! & 15));
    const highs = new Set(bytes.map((byte) => byte! >> 4));
    let sum = 0;
    for (const low of lows) for (const high of highs) sum += COMMONNESS[high * 16 + low]!;
    product *= sum;
  }
  return product;
}

/** Roughly how often a byte is met among a thousand of a log: prose and code inside of JSON. A guess costs only speed. */
const COMMONNESS = commonnessOf([
  [10, "abcdefghijklmnopqrstuvwxyz0123456789./(){}-"],
  [25, '"\\:,dlucmpfhg'],
  [60, " etaoinsr"],
]);

/** By byte, the rest is rare. A regular expression for each would take as long as a small log. */
function commonnessOf(rows: readonly (readonly [commonness: number, characters: string])[]): Uint8Array {
  const table = new Uint8Array(256).fill(4);
  for (const [commonness, characters] of rows) {
    for (let index = 0; index < characters.length; index++) table[characters.charCodeAt(index)] = commonness;
  }
  return table;
}
