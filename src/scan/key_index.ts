/**
 * Which logs show a turn: every turn's identities (turn_keys.ts) with the log that has them, in a few sorted lists that the
 * index keeps as they are. A table of the same would take several times as long to fill as all logs take to fold.
 *
 * A scan's new identities are a list of their own; lists of like length are merged, so that there are never many. Identities
 * of logs that vanished or were rewritten stay: what is found is compared with the turns themselves (ownership.ts), so
 * that they cost a little time and nothing else.
 */
import type { IndexStore } from "./index_store.ts";
import type { TurnKeys } from "./turn_keys.ts";

/** Ascending. The highest 40 bits of an entry are the identity, the others the log's id. */
type Entries = BigUint64Array<ArrayBuffer>;

const FILE_BITS = 24;
const FILE_MASK = (1 << FILE_BITS) - 1;
/** A list that is at least half as long as the one before it is merged with it. */
const LIKE_LENGTH = 2;

interface List {
  /** Row of the index; undefined for what this scan adds. */
  readonly id: number | undefined;
  readonly entries: Entries;
  /** The same memory: the lower word of an entry first, as on every machine that Deno runs on. */
  readonly words: Uint32Array<ArrayBuffer>;
}

export class KeyIndex {
  readonly #store: IndexStore;
  #kept: readonly List[] | undefined;
  /** New identities by log, and all of them in order once they are asked for. */
  readonly #added = new Map<number, TurnKeys[]>();
  #fresh: List = listOf(undefined, new BigUint64Array(0));
  /** Identities of which another log may be the better, or now the only, owner. */
  readonly #touched: { readonly file: number; readonly keys: TurnKeys }[] = [];
  readonly #removed = new Set<number>();

  constructor(store: IndexStore) {
    this.#store = store;
  }

  get #lists(): readonly List[] {
    return this.#kept ??= this.#store.readKeyLists().map(({ id, entries }) =>
      // A copy, because it has to begin where eight bytes do.
      listOf(id, new BigUint64Array(entries.slice().buffer))
    );
  }

  /** A log that is new. @throws {RangeError} when there are more logs than an entry can tell apart */
  add(file: number, keys: TurnKeys): void {
    if (file > FILE_MASK) throw new RangeError(`The index cannot hold more than ${FILE_MASK} logs.`);
    const added = this.#added.get(file);
    if (added === undefined) this.#added.set(file, [keys]);
    else added.push(keys);
  }

  /** A log that was read anew from its beginning. */
  replace(file: number, keys: TurnKeys): void {
    this.#touched.push({ file, keys: this.#keptKeysOf(file) }, { file, keys });
    this.add(file, keys.filter((_, index) => !this.has(file, keys.subarray(index & ~1, (index & ~1) + 2))));
  }

  /** A log that vanished. */
  remove(file: number): void {
    this.#touched.push({ file, keys: this.#keptKeysOf(file) });
    this.#removed.add(file);
  }

  /** Whether the log had one of these identities before this scan. */
  has(file: number, keys: TurnKeys): boolean {
    for (let at = 0; at < keys.length; at += 2) {
      for (const list of this.#lists) if (filesIn(list, keys[at]!, keys[at + 1]!).includes(file)) return true;
    }
    return false;
  }

  /**
   * The logs whose turns have to be weighed against each other since this scan's changes: sets of those that share
   * turns, directly or through others of the set. A log that has an identity twice is a set of its own.
   */
  findConflicts(): number[][] {
    this.#order();
    const seeds = new Set<number>();
    const { words } = this.#fresh;
    for (let at = 0; at + 2 < words.length; at += 2) {
      if (!isSameKey(words, at, at + 2)) continue;
      seeds.add(words[at]! & FILE_MASK).add(words[at + 2]! & FILE_MASK);
    }
    if (this.#lists.length > 0) {
      for (let at = 0; at < words.length; at += 2) {
        const before = this.#lists.flatMap((list) => filesIn(list, words[at + 1]!, words[at]!));
        for (const file of before) seeds.add(file).add(words[at]! & FILE_MASK);
      }
    }
    for (const { file, keys } of this.#touched) {
      for (let at = 0; at < keys.length; at += 2) {
        for (const other of this.#filesWith(keys[at]!, keys[at + 1]!)) if (other !== file) seeds.add(other).add(file);
      }
    }
    return this.#joinSets(seeds);
  }

  /** Writes what this scan added. */
  save(): void {
    if (this.#fresh.entries.length === 0) return;
    const merged: List[] = [];
    let entries = this.#fresh.entries;
    for (const list of this.#lists.toReversed()) {
      if (list.entries.length > entries.length * LIKE_LENGTH) break;
      merged.push(list);
      entries = joinEntries(list.entries, entries);
    }
    for (const { id } of merged) this.#store.removeKeyList(id!);
    this.#store.addKeyList(new Uint8Array(entries.buffer));
  }

  #joinSets(seeds: Iterable<number>): number[][] {
    const sets: number[][] = [];
    const seen = new Set<number>(this.#removed);
    for (const seed of seeds) {
      if (seen.has(seed)) continue;
      seen.add(seed);
      const set = [seed];
      // Grows while it is gone through.
      for (const file of set) {
        for (const keys of [...this.#added.get(file) ?? [], this.#keptKeysOf(file)]) {
          for (let at = 0; at < keys.length; at += 2) {
            for (const other of this.#filesWith(keys[at]!, keys[at + 1]!)) {
              if (seen.has(other)) continue;
              seen.add(other);
              set.push(other);
            }
          }
        }
      }
      sets.push(set.sort((a, b) => a - b));
    }
    return sets;
  }

  /** Puts what was added in order. */
  #order(): void {
    const added = [...this.#added].flatMap(([file, lists]) => lists.map((keys) => ({ file, keys })));
    const words = new Uint32Array(added.reduce((length, { keys }) => length + keys.length, 0));
    let to = 0;
    for (const { file, keys } of added) {
      for (let at = 0; at < keys.length; at += 2) {
        words[to++] = keys[at + 1]! | file;
        words[to++] = keys[at]!;
      }
    }
    this.#fresh = listOf(undefined, new BigUint64Array(words.buffer).sort());
  }

  #filesWith(hash: number, more: number): number[] {
    const files: number[] = [];
    for (const list of [...this.#lists, this.#fresh]) {
      for (const file of filesIn(list, hash, more)) if (!this.#removed.has(file)) files.push(file);
    }
    return files;
  }

  /** What the index held of a log before this scan. */
  #keptKeysOf(file: number): TurnKeys {
    const keys: number[] = [];
    for (const { words } of this.#lists) {
      for (let at = 0; at < words.length; at += 2) {
        if ((words[at]! & FILE_MASK) === file) keys.push(words[at + 1]!, (words[at]! & ~FILE_MASK) >>> 0);
      }
    }
    return Uint32Array.from(keys);
  }
}

function listOf(id: number | undefined, entries: Entries): List {
  return { id, entries, words: new Uint32Array(entries.buffer) };
}

function joinEntries(a: Entries, b: Entries): Entries {
  const joined = new BigUint64Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined.sort();
}

/** Whether two entries, by the places of their lower words, are of one identity. */
function isSameKey(words: Uint32Array, a: number, b: number): boolean {
  return words[a + 1] === words[b + 1] && (words[a]! ^ words[b]!) >>> FILE_BITS === 0;
}

/** @param more The second word of the identity; its lower bits do not matter */
function filesIn({ words }: List, hash: number, more: number): number[] {
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
