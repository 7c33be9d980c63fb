/**
 * A list of turns' identities with their logs (tables/key_list.ts), in five or six bytes an entry instead of eight. Identities
 * are ascending numbers of 40 bits, of which there are many, so that from one to the next it is mostly less than 2^24:
 *
 *     varint       four times the log, and how many times 2^24 the difference from the identity before is; 3 for more
 *     varint       how many times more than 3, if it is 3
 *     3 bytes      the rest of the difference, the lowest byte first
 */
import type { Bytes } from "../tables/store.ts";
import type { Entries } from "../tables/key_list.ts";
import { packEntries, unpackEntries } from "../sums/sum_engine.wasm";
import { reserve, SUM_AT, sumMemory } from "../sums/sum_memory.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";

/** So many at once: what the memory of the engine grew by it keeps. */
const PIECE_ENTRIES = 1 << 12;
/** An entry takes at most. */
const MOST_BYTES = 10;

/** @param entries Ascending */
export function encodeEntries(entries: Entries): Bytes {
  const { length } = entries;
  const packedAt = GIVEN_AT + 8 * PIECE_ENTRIES;
  reserve(packedAt - SUM_AT.given + MOST_BYTES * PIECE_ENTRIES);
  const { bytes: memory, words: state } = sumMemory;
  const given = new Uint8Array(entries.buffer, entries.byteOffset, 8 * length);
  const pieces: Bytes[] = [];
  state.fill(0, SUM_AT.given / 4, SUM_AT.given / 4 + 2);
  for (let from = 0; from < length; from += PIECE_ENTRIES) {
    const count = Math.min(PIECE_ENTRIES, length - from);
    memory.set(given.subarray(8 * from, 8 * (from + count)), GIVEN_AT);
    pieces.push(memory.slice(packedAt, packedAt + packEntries(count, packedAt)));
  }
  return joinBytes(pieces);
}

function joinBytes(pieces: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
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
