/** What lines that are usual (message_turns.ts, count_turns.ts) are asked for: fields by their places in a list of cells. */
import {
  CELL_SIZE,
  CELLS,
  NAME_SIZE,
  NAMES,
  USUAL_CELLS,
  USUAL_LENGTHS,
  USUAL_TEXT_SIZE,
  USUAL_TEXTS,
  ZERO,
} from "./memory";
import { Type } from "./walk_line";

/** As field_value.ts has them. */
const EARLIEST_MS: f64 = 1e12, LATEST_MS: f64 = 253402300800000;

/** The cell of a field. */
export function cellOf(field: usize): usize {
  return CELLS + <usize> load<u8>(USUAL_CELLS + field) * CELL_SIZE;
}

/** What a line has there, see walk_line.ts. */
export function typeOf(field: usize): i32 {
  return load<i32>(cellOf(field), 12) & 15;
}

/** Of a number, or of a text that is a time. */
export function cellNumber(field: usize): f64 {
  return load<f64>(cellOf(field));
}

/** Whether it is a time of a log, to the millisecond. */
export function isTime(at: f64): bool {
  return at >= EARLIEST_MS && at < LATEST_MS && floor(at) == at;
}

/** Minus zero is as good as zero, but has other bytes. */
export function isMinus(number: f64): bool {
  return reinterpret<i64>(number) < 0;
}

/** Whether a field is one of the texts that the host wrote. */
export function isGivenText(field: usize, place: usize): bool {
  const length = <i32> load<u8>(USUAL_LENGTHS + place);
  return isTextAt(field, USUAL_TEXTS + place * USUAL_TEXT_SIZE, length);
}

/** The same of a text that lies anywhere. */
export function isTextAt(field: usize, text: usize, length: i32): bool {
  const cell = cellOf(field);
  if (load<i32>(cell, 12) != (length << 4 | Type.Text)) return false;
  const at = <usize> load<u32>(cell, 8);
  for (let done = 0; done < length; done++) if (load<u8>(at + done) != load<u8>(text + done)) return false;
  return true;
}

/** Writes a name that stands in the line as it is. Returns where it ends; 0 for any other. */
export function writeName(at: usize, field: usize): usize {
  if (typeOf(field) != Type.Text) return 0;
  const number = load<i32>(cellOf(field), 16);
  if (number < 0) return 0;
  const name = NAMES + <usize> number * NAME_SIZE;
  if (load<u16>(name, 14) == 0) return 0;
  const length = <usize> load<u16>(name, 12);
  memory.copy(at, load<u32>(name, 8), length);
  return at + length;
}

/** Writes a whole number, zero or more. Returns where it ends. */
export function writeNumber(at: usize, number: f64): usize {
  let left = <u64> number;
  let digits: usize = 1;
  for (let rest = left / 10; rest != 0; rest /= 10) digits++;
  for (let place = digits; place > 0; place--) {
    store<u8>(at + place - 1, ZERO + <u8> (left % 10));
    left /= 10;
  }
  return at + digits;
}
