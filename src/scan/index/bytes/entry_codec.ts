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
import { ByteReader } from "./byte_reader.ts";
import { ByteWriter } from "./byte_writer.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";

const LOW = 2 ** 24;
const MANY = 3;
/** The same in the unit of the higher bits. */
const HIGH = 2 ** 16;
/** A log has no more. */
const LOG_BITS = 24;

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

/**
 * Without a reader: there are a hundred thousand entries, and a scan that finds a few grown logs waits for all of them.
 *
 * @param bytes Made by {@linkcode encodeEntries}
 * @throws {DamagedBytesError}
 */
export function decodeEntries(bytes: Uint8Array): Entries {
  const { length } = bytes;
  // Four bytes an entry at least.
  const words = new Uint32Array(2 * Math.floor(length / 4));
  // The identity before: its 32 higher bits, and its 8 lower ones.
  let high = 0;
  let low = 0;
  let at = 0;
  let place = 0;
  while (at < length) {
    let byte = bytes[at++]!;
    let times = byte & MANY;
    let file = byte >>> 2 & 31;
    for (let shift = 5; byte > 127; shift += 7) {
      if (at >= length || shift > LOG_BITS) throw new DamagedBytesError("A log has no end.");
      byte = bytes[at++]!;
      file |= (byte & 127) << shift;
    }
    if (times === MANY) {
      const reader = new ByteReader(bytes.subarray(at));
      times += reader.varint();
      at = length - reader.left;
    }
    if (at + 3 > length) throw new DamagedBytesError("An entry ends before its last byte.");
    low += bytes[at]!;
    high += times * HIGH + (bytes[at + 1]! | bytes[at + 2]! << 8) + (low >>> 8);
    low &= 255;
    at += 3;
    words[place] = (low << 24 | file & FILE_MASK) >>> 0;
    words[place + 1] = high;
    place += 2;
  }
  return new BigUint64Array(words.buffer, 0, place / 2);
}
