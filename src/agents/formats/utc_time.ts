/**
 * Times in the form in which every tool writes them, `2026-11-21T14:12:38.085Z`: each line of a log has one or more, and
 * Date.parse takes several times as long. Which other forms are times is for the source to say.
 */
import type { EpochMs } from "../../core/model.ts";

/** The time that a text of this form names, the same as Date.parse gives; undefined for any other text. */
export function utcTimeOf(text: string): EpochMs | undefined {
  const isOfForm = text.length === 24 && text.charCodeAt(4) === DASH && text.charCodeAt(7) === DASH &&
    text.charCodeAt(10) === T && text.charCodeAt(13) === COLON && text.charCodeAt(16) === COLON &&
    text.charCodeAt(19) === POINT && text.charCodeAt(23) === Z;
  if (!isOfForm) return undefined;
  const year = 100 * twoDigits(text, 0) + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hours = twoDigits(text, 11);
  const minutes = twoDigits(text, 14);
  const seconds = twoDigits(text, 17);
  const milliseconds = 10 * twoDigits(text, 20) + twoDigits(text, 21) % 10;
  // Where something is no digit these are comparisons with NaN.
  const isTime = year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month) &&
    hours <= 23 && minutes <= 59 && seconds <= 59 && milliseconds >= 0;
  if (!isTime) return undefined;

  // Years and months counted from March: a leap day is then the last of its year. Five months in a row have 153 days.
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const days = 365 * marchYear + leapDays + Math.floor((153 * marchMonth + 2) / 5) + day - DAYS_TO_1970;
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}

/** Of a month: those that are longer are the odd ones up to July, and the even ones behind it. */
function daysOf(year: number, month: number): number {
  if (month !== 2) return 30 + ((month + (month >> 3)) & 1);
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : NaN;
}

const [DASH, T, COLON, POINT, Z, ZERO] = [45, 84, 58, 46, 90, 48];
/** From the day before March 1st of the year 0 to January 1st of 1970. */
const DAYS_TO_1970 = 719_469;
