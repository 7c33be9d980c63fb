/**
 * One sorted list of identities with the logs that have them, as the index keeps it: how an entry is laid out, and how an
 * identity is found among millions. Pure; keys.ts has the lists of an index.
 */
import type { TurnKeys } from "../sums/turn_keys.ts";

/**
 * Ascending. An entry is a number of 64 bits, the lower word first in memory:
 *
 *     bit 63          identity          24 23     log    0
 *         ┌────────────────────────────────┬─────────────┐
 *         │            40 bits             │   24 bits   │
 *         └────────────────────────────────┴─────────────┘
 *     words[2 * i + 1]  │  words[2 * i]
 *         32 bits       │  8 of the identity, 24 of the log
 *
 * So one comparison of numbers orders by identity and then by log, and one of words finds an identity.
 */
export type Entries = BigUint64Array<ArrayBuffer>;

const FILE_BITS = 24;
/** Takes the log out of an entry's lower word, and is the highest id that a log can have. */
export const FILE_MASK = (1 << FILE_BITS) - 1;

/** Entries in order, with how they are reached word by word. */
export interface KeyList {
  /** Row of the index; undefined for what this scan adds. */
  readonly id: number | undefined;
  readonly entries: Entries;
  /** The same memory, word by word. */
  readonly words: Uint32Array<ArrayBuffer>;
}

/** @throws {Error} on a machine whose numbers begin with the higher word: an entry's words would be exchanged there */
export function checkByteOrder(): void {
  if (new Uint32Array(BigUint64Array.of(1n).buffer)[0] !== 1) {
    throw new Error("the index needs a little-endian machine");
  }
}

/** The 40 bits of each as one number. */
export function setOfKeys(keys: TurnKeys): Set<number> {
  const set = new Set<number>();
  for (let at = 0; at < keys.length; at += 2) set.add(numberOf(keys, at));
  return set;
}

/** Whether a log shows one identity more than once. */
export function hasTwice(keys: TurnKeys): boolean {
  return setOfKeys(keys).size * 2 < keys.length;
}

function numberOf(keys: TurnKeys, at: number): number {
  return keys[at]! * 2 ** (32 - FILE_BITS) + (keys[at + 1]! >>> FILE_BITS);
}

/** Those that are not among the known ones, which are as {@linkcode setOfKeys} has them. */
export function withoutKeys(keys: TurnKeys, known: ReadonlySet<number>): TurnKeys {
  return keys.filter((_, place) => !known.has(numberOf(keys, place & ~1)));
}

/** A list over the memory of its entries, which must be in order. */
export function listOf(id: number | undefined, entries: Entries): KeyList {
  return { id, entries, words: new Uint32Array(entries.buffer, entries.byteOffset, 2 * entries.length) };
}

/** All entries of two lists, in order. */
export function joinEntries(a: Entries, b: Entries): Entries {
  const joined = new BigUint64Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined.sort();
}

/** Whether two entries, by the places of their lower words, are of one identity. */
export function isSameKey(words: Uint32Array, a: number, b: number): boolean {
  return words[a + 1] === words[b + 1] && (words[a]! ^ words[b]!) >>> FILE_BITS === 0;
}

/**
 * Sets of logs that share identities, directly or through others of the set, where one list has all that there are. A log
 * that has an identity twice is a set of its own.
 *
 * @param words In order
 * @returns each in order
 */
export function joinNeighbours(words: Uint32Array): number[][] {
  /** By log. */
  const sets = new Map<number, number[]>();
  const setOf = (file: number) => {
    let set = sets.get(file);
    if (set === undefined) sets.set(file, set = [file]);
    return set;
  };
  for (let at = 0; at + 2 < words.length; at += 2) {
    // Nearly all differ in the first word already.
    if (words[at + 1] !== words[at + 3] || !isSameKey(words, at, at + 2)) continue;
    const a = setOf(words[at]! & FILE_MASK);
    const b = setOf(words[at + 2]! & FILE_MASK);
    if (a === b) continue;
    const [set, joining] = a.length < b.length ? [b, a] : [a, b];
    for (const file of joining) {
      set.push(file);
      sets.set(file, set);
    }
  }
  return [...new Set(sets.values())].map((set) => set.sort((a, b) => a - b));
}

/**
 * The logs that have an identity, found by halving the list.
 *
 * @param hash The first word of the identity
 * @param more The second one; its lower bits do not matter
 */
export function filesIn({ words }: KeyList, hash: number, more: number): number[] {
  const lowest = (more & ~FILE_MASK) >>> 0;
  let [from, to] = [0, words.length / 2];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const high = words[2 * middle + 1]!;
    if (high < hash || (high === hash && words[2 * middle]! < lowest)) from = middle + 1;
    else to = middle;
  }
  const files: number[] = [];
  for (; 2 * from < words.length && words[2 * from + 1] === hash; from++) {
    const low = words[2 * from]!;
    if ((low ^ lowest) >>> FILE_BITS !== 0) break;
    files.push(low & FILE_MASK);
  }
  return files;
}
