/** Harm that comes to a file of pages: by a disk, a power cut, or a copy that was made while it was written. Pure. */
import type { Draws } from "../corpus_generator/draws.ts";
import type { Bytes } from "./mutate_log.ts";

/** SQLite's. */
const PAGE = 4096;

export interface Damage {
  readonly name: string;
  /** @param bytes Not empty */
  apply(bytes: Bytes, draws: Draws): Bytes;
}

export const DAMAGES: readonly Damage[] = [
  changing("a bit flipped", (bytes, draws) => flipBit(bytes, draws)),
  changing("bits flipped", (bytes, draws) => {
    for (let count = draws.logUniform(2, 3000); count > 0; count--) flipBit(bytes, draws);
  }),
  changing("bits flipped in one page", (bytes, draws) => {
    const start = drawPage(bytes, draws);
    for (let count = draws.logUniform(1, 300); count > 0; count--) {
      const at = start + draws.whole(0, PAGE - 1);
      if (at < bytes.length) bytes[at]! ^= 1 << draws.whole(0, 7);
    }
  }),
  changing("a digit changed", (bytes, draws) => changeDigits(bytes, draws, 1)),
  changing("digits changed", (bytes, draws) => changeDigits(bytes, draws, draws.logUniform(2, 300))),
  changing("letters changed", (bytes, draws) => {
    const letters = [...bytes.keys()].filter((at) => bytes[at]! >= 97 && bytes[at]! <= 122);
    for (let count = draws.logUniform(1, 300); count > 0 && letters.length > 0; count--) {
      bytes[draws.pick(letters)] = draws.whole(97, 122);
    }
  }),
  changing("a page of zeros", (bytes, draws) => {
    const start = drawPage(bytes, draws);
    bytes.fill(0, start, start + PAGE);
  }),
  changing("pages of zeros", (bytes, draws) => {
    for (let count = draws.logUniform(2, 40); count > 0; count--) {
      const start = drawPage(bytes, draws);
      bytes.fill(0, start, start + PAGE);
    }
  }),
  changing("a sector of zeros", (bytes, draws) => {
    const start = 512 * draws.whole(0, Math.floor((bytes.length - 1) / 512));
    bytes.fill(0, start, start + 512);
  }),
  changing("a page of noise", (bytes, draws) => {
    const start = drawPage(bytes, draws);
    for (let at = start; at < Math.min(start + PAGE, bytes.length); at++) bytes[at] = draws.whole(0, 255);
  }),
  changing("two pages swapped", (bytes, draws) => {
    const [a, b] = [drawPage(bytes, draws), drawPage(bytes, draws)];
    const [first, second] = [bytes.slice(a, a + PAGE), bytes.slice(b, b + PAGE)];
    if (first.length === second.length) [bytes.set(second, a), bytes.set(first, b)];
  }),
  changing("a page in the place of another", (bytes, draws) => {
    const [from, to] = [drawPage(bytes, draws), drawPage(bytes, draws)];
    bytes.copyWithin(to, from, Math.min(from + PAGE, bytes.length));
  }),
  changing("the header changed", (bytes, draws) => {
    for (let count = draws.whole(1, 6); count > 0; count--) bytes[draws.whole(0, 99)] = draws.whole(0, 255);
  }),
  { name: "cut off", apply: (bytes, draws) => bytes.slice(0, draws.whole(0, bytes.length - 1)) },
  { name: "cut off between pages", apply: (bytes, draws) => bytes.slice(0, drawPage(bytes, draws)) },
  { name: "nothing left", apply: () => new Uint8Array(0) },
  {
    name: "something behind",
    apply(bytes, draws) {
      const longer = new Uint8Array(bytes.length + draws.logUniform(1, 100_000));
      longer.set(bytes);
      longer.set(bytes.subarray(0, Math.min(bytes.length, longer.length - bytes.length)), bytes.length);
      return longer;
    },
  },
  { name: "text", apply: () => new TextEncoder().encode("<!DOCTYPE html>\n<html>Sign in</html>\n") },
];

/**
 * Each page from one of two files of one kind, by chance.
 *
 * @returns as long as one of them
 */
export function mixPages(a: Bytes, b: Bytes, draws: Draws): Bytes {
  const mixed = (draws.chance(0.5) ? a : b).slice();
  const share = draws.number();
  for (let start = 0; start < mixed.length; start += PAGE) {
    const page = (draws.chance(share) ? a : b).subarray(start, start + PAGE);
    if (start + page.length <= mixed.length) mixed.set(page, start);
  }
  return mixed;
}

function changing(name: string, change: (bytes: Bytes, draws: Draws) => void): Damage {
  return {
    name,
    apply(bytes, draws) {
      const changed = bytes.slice();
      change(changed, draws);
      return changed;
    },
  };
}

function drawPage(bytes: Bytes, draws: Draws): number {
  return PAGE * draws.whole(0, Math.floor((bytes.length - 1) / PAGE));
}

function flipBit(bytes: Bytes, draws: Draws): void {
  bytes[draws.whole(0, bytes.length - 1)]! ^= 1 << draws.whole(0, 7);
}

function changeDigits(bytes: Bytes, draws: Draws, count: number): void {
  const digits = [...bytes.keys()].filter((at) => bytes[at]! >= 48 && bytes[at]! <= 57);
  for (; count > 0 && digits.length > 0; count--) bytes[draws.pick(digits)] = draws.whole(48, 57);
}
