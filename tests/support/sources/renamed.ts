/** What an agent would write of another session that went the same way, later and under other names. */
import { renameIds } from "../sample_logs.ts";

const HOUR_MS = 3_600_000;

/**
 * @param names What names the session and its parts, wherever it stands
 * @param index From 1: each is another one
 */
export function renamed(text: string, names: readonly string[], index: number): string {
  let other = shiftTimes(text, index);
  for (const name of names) {
    other = other.replaceAll(name, renamedName(name, index));
    // Files are called by the beginning of such an id.
    if (UUID.test(name)) other = other.replaceAll(name.slice(0, 8), renamedName(name, index).slice(0, 8));
  }
  return renameIds(other, index);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A long one ends otherwise and is as long as it was, a short one gets longer. */
export function renamedName(name: string, index: number): string {
  const digits = String(index).padStart(4, "0");
  if (UUID.test(name)) return `${name.slice(0, 4)}${digits}${name.slice(8, -4)}${digits}`;
  return name.length < 12 ? `${name}${digits}` : `${name.slice(0, -4)}${digits}`;
}

/** Times in milliseconds and in ISO 8601, and those in file names. */
function shiftTimes(text: string, index: number): string {
  return text.replaceAll(/\b1[5-9]\d{11}\b/g, (ms) => String(Number(ms) + index * HOUR_MS))
    .replaceAll(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (iso) => {
      const at = Date.parse(iso);
      return Number.isNaN(at) ? iso : new Date(at + index * HOUR_MS).toISOString();
    });
}

/** @param value A number of a database: of seconds since 1970 or of milliseconds, where it may be either */
export function shiftNumber(value: number, index: number): number {
  if (value > 1.5e9 && value < 2e9) return value + index * HOUR_MS / 1000;
  return value > 1.5e12 && value < 2e12 ? value + index * HOUR_MS : value;
}
