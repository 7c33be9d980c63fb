/**
 * A list of turns' identities with their logs (tables/key_list.ts), in five or six bytes an entry instead of eight. Identities
 * are ascending numbers of 40 bits, of which there are many, so that from one to the next it is mostly less than 2^24:
 *
 *     varint       four times the log, and how many times 2^24 the difference from the identity before is; 3 for more
 *     varint       how many times more than 3, if it is 3
 *     3 bytes      the rest of the difference, the lowest byte first
 */
import type { Bytes } from "../tables/store.ts";
import { type Entries, FILE_MASK } from "../tables/key_list.ts";
import { unpackEntries } from "../sums/sum_engine.wasm";
import { reserve, SUM_AT, sumMemory } from "../sums/sum_memory.ts";
import { ByteWriter } from "./byte_writer.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";

const LOW = 2 ** 24;
const MANY = 3;

const writer = new ByteWriter();

/** @param entries Ascending */
export function encodeEntries(entries: Entries): Bytes {
  const words = new Uint32Array(entries.buffer, entries.byteOffset, 2 * entries.length);
  writer.begin();
  let before = 0;
  for (let at = 0; at < words.length; at += 2) {
    const low = words[at]!;
    const identity = words[at + 1]! * 256 + (low >>> 24);
    const difference = identity - before;
    before = identity;
    const times = Math.floor(difference / LOW);
    const rest = difference - times * LOW;
    writer.varint(4 * (low & FILE_MASK) + Math.min(times, MANY));
    if (times >= MANY) writer.varint(times - MANY);
    writer.byte(rest & 255);
    writer.byte(rest >>> 8 & 255);
    writer.byte(rest >>> 16);
  }
  return writer.take();
}

/** So many bytes at once: what the memory of the engine grew by it keeps. */
const PIECE_BYTES = 1 << 15;
/** Where they are given, behind what goes from one piece to the next, and where their entries are put: see unpack_entries.ts. */
const GIVEN_AT = SUM_AT.given + 16;
const ENTRIES_AT = GIVEN_AT + PIECE_BYTES;
/** An entry has two words, and four bytes at least. */
const MOST_WORDS = PIECE_BYTES / 2;

/**
 * By the engine: there are a hundred thousand entries, and a scan that finds a few grown logs waits for all of them.
 *
 * @param bytes Made by {@linkcode encodeEntries}
 * @throws {DamagedBytesError}
 */
export function decodeEntries(bytes: Uint8Array): Entries {
  const { length } = bytes;
  const words = new Uint32Array(2 * Math.floor(length / 4));
  reserve(ENTRIES_AT - SUM_AT.given + 4 * MOST_WORDS);
  const { bytes: memory, words: state } = sumMemory;
  const stateAt = SUM_AT.given / 4;
  state.fill(0, stateAt, stateAt + 2);
  let filled = 0;
  for (let at = 0; at < length;) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    memory.set(piece, GIVEN_AT);
    const count = unpackEntries(piece.length, ENTRIES_AT, Number(at + piece.length === length));
    if (count < 0) throw new DamagedBytesError("An entry ends before its last byte, or has too many.");
    words.set(new Uint32Array(memory.buffer, ENTRIES_AT, 2 * count), filled);
    filled += 2 * count;
    at += state[stateAt + 2]!;
  }
  return new BigUint64Array(words.buffer, 0, filled / 2);
}
