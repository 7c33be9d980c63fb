/**
 * Numbers and times, as a parser would read them, to the last bit; NaN for those that are for the host to read.
 */
import { isDigit } from "./skip";
import { MINUS, PLUS, POINT, ZERO } from "./memory";

/** More digits, or a larger power of ten, a double need not hold. */
const MOST_DIGITS: i32 = 15, MOST_SCALE: i32 = 22;
/** More digits, or a larger power of five, 64 bits need not hold. */
const MOST_LONG_DIGITS: i32 = 19, MOST_LONG_SCALE: i32 = 27;

/**
 * Of a number that {@linkcode numberEnd} found. A whole number that a double holds, divided or multiplied by a power of ten
 * that it holds as well, is rounded once: that is exact (Clinger). What programs compute has more digits, which are divided
 * as whole numbers.
 */
export function parseNumber(at: usize, stop: usize): f64 {
  const isNegative = load<u8>(at) == MINUS;
  if (isNegative) at++;
  let value: u64 = 0;
  let digits: i32 = 0, scale: i32 = 0, step: i32 = 0;
  for (; at < stop; at++) {
    const byte = load<u8>(at);
    if (isDigit(byte)) {
      value = value * 10 + (byte - ZERO);
      if (value != 0) digits++;
      if (digits > MOST_LONG_DIGITS) return NaN;
      scale -= step;
    } else if (byte == POINT) step = 1;
    else break;
  }
  if (at < stop) {
    at++; // e or E
    const sign = load<u8>(at);
    if (sign == MINUS || sign == PLUS) at++;
    if (stop - at > 4) return NaN;
    let exponent: i32 = 0;
    for (; at < stop; at++) exponent = exponent * 10 + <i32> (load<u8>(at) - ZERO);
    scale += sign == MINUS ? -exponent : exponent;
  }
  if (digits > MOST_DIGITS) {
    if (scale > 0 || scale < -MOST_LONG_SCALE) return NaN;
    const quotient = quotientOf(value, -scale);
    return isNegative ? -quotient : quotient;
  }
  if (scale > MOST_SCALE || scale < -MOST_SCALE) return NaN;
  const number = scale < 0 ? <f64> value / powerOfTen(-scale) : <f64> value * powerOfTen(scale);
  return isNegative ? -number : number;
}

function powerOfTen(exponent: i32): f64 {
  let power: f64 = 1;
  for (; exponent > 0; exponent--) power *= 10;
  return power;
}

/**
 * The double next to a whole number above zero, divided by a power of ten: by that of five bit by bit, until there are two
 * more than a double has, and by that of two as an exponent.
 */
function quotientOf(value: u64, scale: i32): f64 {
  let divisor: u64 = 1;
  for (let power = 0; power < scale; power++) divisor *= 5;
  let quotient = value / divisor, rest = value % divisor;
  let exponent = <u64> scale;
  while (quotient >> 54 == 0 && rest != 0) {
    rest <<= 1;
    quotient <<= 1;
    exponent++;
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
  }
  // The last bit says whether anything is left, so that nothing is taken for the middle between two doubles that is not.
  if (rest != 0) quotient |= 1;
  return <f64> quotient * reinterpret<f64>((1023 - exponent) << 52);
}

/** Milliseconds of `2026-11-21T14:12:38.085Z`. As utc_time.ts has it, NaN for all that it has no time for. */
export function parseUtcTime(at: usize, length: usize): f64 {
  const isOfForm = length == 24 && load<u8>(at, 4) == MINUS && load<u8>(at, 7) == MINUS && load<u8>(at, 10) == 0x54 &&
    load<u8>(at, 13) == 0x3a && load<u8>(at, 16) == 0x3a && load<u8>(at, 19) == POINT && load<u8>(at, 23) == 0x5a;
  if (!isOfForm) return NaN;
  const century = twoDigits(at), ofCentury = twoDigits(at + 2), month = twoDigits(at + 5), day = twoDigits(at + 8);
  const hours = twoDigits(at + 11), minutes = twoDigits(at + 14), seconds = twoDigits(at + 17);
  const hundredths = twoDigits(at + 20), last = <i32> load<u8>(at, 22) - ZERO;
  // What is no digit makes its number negative.
  const isTime = (century | ofCentury | hundredths | minutes | seconds | hours) >= 0 && last >= 0 && last <= 9 &&
    month >= 1 && month <= 12 && day >= 1 && day <= daysOf(100 * century + ofCentury, month) && hours <= 23 &&
    minutes <= 59 && seconds <= 59;
  if (!isTime) return NaN;
  // Years and months counted from March: a leap day is then the last of its year. Five months in a row have 153 days. The
  // year before the year 0 has no days of its own here: whatever lies before 1970 is no time of a log.
  const year = 100 * century + ofCentury;
  if (year < 1970) return NaN;
  const marchYear = month > 2 ? year : year - 1, marchMonth = month > 2 ? month - 3 : month + 9;
  const leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400;
  const days = 365 * marchYear + leapDays + (153 * marchMonth + 2) / 5 + day - 719469;
  return <f64> (((days * 24 + hours) * 60 + minutes) * 60) * 1000 + <f64> (seconds * 1000 + 10 * hundredths + last);
}

/** Of a month: those that are longer are the odd ones up to July, and the even ones behind it. */
function daysOf(year: i32, month: i32): i32 {
  if (month != 2) return 30 + ((month + (month >> 3)) & 1);
  return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
}

function twoDigits(at: usize): i32 {
  const tens = load<u8>(at), ones = load<u8>(at, 1);
  return isDigit(tens) && isDigit(ones) ? 10 * <i32> (tens - ZERO) + <i32> (ones - ZERO) : -1;
}
