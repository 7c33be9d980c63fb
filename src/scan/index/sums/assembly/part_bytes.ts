/** Writes numbers as byte_writer.ts does, one behind the other. */
import { PART_COUNT, PART_ORDER, PART_PLACES } from "./memory";

/** What stands before a double in place of a number that is twice as large. */
const DOUBLE: u8 = 1;
const MOST: f64 = 1125899906842624; // 2 ** 50
const MONEY_SCALE: f64 = 1e10;

let at: usize = 0;

/** Where the next byte goes. */
export function beginAt(place: usize): void {
  at = place;
}

/** Just past the last byte. */
export function writtenTo(): usize {
  return at;
}

/** The place of a model among those of the part, which is given with its first use. */
export function placeInPart(model: i32): u8 {
  let place = load<u8>(PART_PLACES + model);
  if (place != 255) return place;
  place = <u8> load<i32>(PART_COUNT);
  store<u8>(PART_PLACES + model, place);
  store<u8>(PART_ORDER + place, <u8> model);
  store<i32>(PART_COUNT, <i32> place + 1);
  return place;
}

/** Whole, not too large, and not minus zero. */
export function isPlainNumber(value: f64): bool {
  return Math.floor(value) == value && value < MOST && value > -MOST && reinterpret<u64>(value) != 0x8000000000000000;
}

/** One as it is. */
export function putByte(value: u8): void {
  store<u8>(at++, value);
}

/** As they are. */
export function putBytes(from: usize, length: usize): void {
  memory.copy(at, from, length);
  at += length;
}

/** Seven bits a byte, the lowest first. */
export function putVarint(value: u64): void {
  while (value >= 128) {
    store<u8>(at++, <u8> value | 128);
    value >>>= 7;
  }
  store<u8>(at++, <u8> value);
}

/** Eight bytes, the lowest first. */
export function putDouble(value: f64): void {
  store<f64>(at, value);
  at += 8;
}

function escaped(value: f64): void {
  putByte(DOUBLE);
  putDouble(value);
}

/** A number from zero on. */
export function putCount(value: f64): void {
  if (isPlainNumber(value) && value >= 0) putVarint(2 * <u64> value);
  else escaped(value);
}

/** By its difference from another one. */
export function putTime(value: f64, before: f64): void {
  const difference = value - before;
  if (isPlainNumber(value) && difference < MOST && difference >= -MOST) {
    const whole = <i64> difference;
    putVarint(2 * <u64> (whole < 0 ? -2 * whole - 1 : 2 * whole));
  } else escaped(value);
}

/** US dollars that may be less than nothing. */
export function putSignedMoney(value: f64): void {
  const parts = Math.round(value * MONEY_SCALE);
  if (isPlainNumber(parts) && parts / MONEY_SCALE == value) {
    const whole = <i64> parts;
    putVarint(2 * <u64> (whole < 0 ? -2 * whole - 1 : 2 * whole));
  } else escaped(value);
}

/** US dollars. */
export function putMoney(value: f64): void {
  const parts = Math.round(value * MONEY_SCALE);
  if (isPlainNumber(parts) && parts >= 0 && parts / MONEY_SCALE == value) putVarint(2 * <u64> parts);
  else escaped(value);
}
