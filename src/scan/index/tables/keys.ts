/**
 * Which logs show a turn: every turn's identities (turn_keys.ts) with the log that has them, in a few sorted lists that the
 * index keeps as they are. A table of the same would take several times as long to fill as all logs take to fold.
 *
 * A scan's new identities are a list of their own; lists of like length are merged, so that there are never many. Those of
 * logs that vanished or were rewritten are taken out of all of them.
 */
import {
  checkByteOrder,
  FILE_MASK,
  filesIn,
  hasTwice,
  isSameKey,
  joinEntries,
  joinNeighbours,
  type KeyList,
  listOf,
  setOfKeys,
  withoutKeys,
} from "./key_list.ts";
import { decodeEntries, encodeEntries } from "../bytes/entry_codec.ts";
import type { Bytes, IndexStore } from "./store.ts";
import type { TurnKeys } from "../sums/turn_keys.ts";

/** A list that is at least half as long as the one before it is merged with it. */
const LIKE_LENGTH = 2;
/** Numbers of a run. */
const RUN = 4;

/**
 * Which logs show which turns, before a scan and since: keeps the lists of one index until they are saved, and is made
 * anew for each scan.
 */
export class KeyIndex {
  readonly #store: IndexStore;
  #kept: KeyList[] | undefined;
  /** New identities of all logs in a row, whose they are, and all of them in order once they are asked for. */
  #added: TurnKeys = new Uint32Array(1024);
  #addedLength = 0;
  /**
   * For each run its log, where it begins and where it ends, and whether the log is its turns' own. In numbers alone: there
   * may be a hundred thousand.
   */
  readonly #addedRuns: number[] = [];
  #fresh: KeyList = listOf(undefined, new BigUint64Array(0));
  /** Logs that were read anew, and all that they have now; or that vanished. */
  readonly #replaced = new Map<number, TurnKeys | "gone">();
  /** Identities of which another log may be the better, or now the only, owner. */
  readonly #touched: { readonly file: number; readonly keys: TurnKeys }[] = [];
  readonly #rewritten = new Set<number>();
  /** Whether all changes of this scan are in the lists and in `#fresh`. */
  #isOrdered = false;

  /** @throws {Error} on a machine whose numbers begin with the higher word: no entry could be read there */
  constructor(store: IndexStore) {
    checkByteOrder();
    this.#store = store;
  }

  get #lists(): readonly KeyList[] {
    return this.#kept ??= readKeyLists(this.#store).map(({ id, entries }) => listOf(id, decodeEntries(entries)));
  }

  /**
   * New turns of a log.
   *
   * @param isOwn Whether they are all of its turns, and it says of none that another log has it
   * @throws {RangeError} when there are more logs than an entry can tell apart
   */
  add(file: number, keys: TurnKeys, isOwn = false): void {
    if (file > FILE_MASK) throw new RangeError(`The index cannot hold more than ${FILE_MASK} logs.`);
    const [from, to] = [this.#addedLength, this.#addedLength + keys.length];
    if (to > this.#added.length) {
      const longer = new Uint32Array(2 * to);
      longer.set(this.#added.subarray(0, from));
      this.#added = longer;
    }
    this.#added.set(keys, from);
    this.#addedLength = to;
    if (keys.length > 0) this.#addedRuns.push(file, from, to, Number(isOwn));
  }

  *#runs(): Generator<{ readonly file: number; readonly keys: TurnKeys }> {
    for (let at = 0; at < this.#addedRuns.length; at += RUN) {
      const [file, from, to] = this.#addedRuns.slice(at, at + RUN) as [number, number, number];
      yield { file, keys: this.#added.subarray(from, to) };
    }
  }

  /** Of the logs that were added as their turns' own: all that each shows, with all bits. */
  ownKeys(): ReadonlyMap<number, TurnKeys> {
    const own = new Map<number, TurnKeys>();
    const runs = this.#addedRuns;
    for (let at = 0; at < runs.length; at += RUN) {
      if (runs[at + 3] === 1) own.set(runs[at]!, this.#added.subarray(runs[at + 1], runs[at + 2]));
    }
    return own;
  }

  /** A log that was read anew from its beginning. */
  replace(file: number, keys: TurnKeys): void {
    this.#replaced.set(file, keys);
  }

  /** A log that vanished, at any time before {@linkcode save}. */
  remove(file: number): void {
    if (this.#isOrdered) this.#takeOut(new Set([file]));
    else this.#replaced.set(file, "gone");
  }

  /** Whether the log had one of these identities before this scan. */
  has(file: number, keys: TurnKeys): boolean {
    for (let at = 0; at < keys.length; at += 2) {
      for (const list of this.#lists) if (filesIn(list, keys[at]!, keys[at + 1]!).includes(file)) return true;
    }
    return false;
  }

  /** All that is known of logs, as this scan found it. */
  keysOfLogs(files: ReadonlySet<number>): ReadonlyMap<number, readonly number[]> {
    if (this.#isOrdered) return keysIn([...this.#lists, this.#fresh], (file) => files.has(file));
    const found = keysIn(this.#lists, (file) => files.has(file) && !this.#replaced.has(file));
    const add = (file: number, keys: TurnKeys) => {
      if (files.has(file)) found.set(file, [...found.get(file) ?? [], ...keys]);
    };
    for (const { file, keys } of this.#runs()) add(file, keys);
    for (const [file, keys] of this.#replaced) if (keys !== "gone") add(file, keys);
    return found;
  }

  /**
   * The logs whose turns have to be weighed against each other since this scan's changes: sets of those that share
   * turns, directly or through others of the set. A log that has an identity twice is a set of its own. To be called once.
   */
  findConflicts(): number[][] {
    this.#takeReplaced();
    this.#orderAdded();
    this.#isOrdered = true;
    const { words } = this.#fresh;
    // What there is stands side by side.
    if (this.#lists.length === 0 && this.#replaced.size === 0) return joinNeighbours(words);
    const seeds = new Set<number>();
    for (let at = 0; at + 2 < words.length; at += 2) {
      if (!isSameKey(words, at, at + 2)) continue;
      seeds.add(words[at]! & FILE_MASK).add(words[at + 2]! & FILE_MASK);
    }
    if (this.#lists.length > 0) {
      for (let at = 0; at < words.length; at += 2) {
        for (const list of this.#lists) {
          for (const file of filesIn(list, words[at + 1]!, words[at]!)) seeds.add(file).add(words[at]! & FILE_MASK);
        }
      }
    }
    // Read anew, and none of its identities is new: it may have the same one twice all the same.
    for (const [file, keys] of this.#replaced) if (keys !== "gone" && hasTwice(keys)) seeds.add(file);
    for (const { file, keys } of this.#touched) {
      for (let at = 0; at < keys.length; at += 2) {
        for (const other of this.#filesWith(keys[at]!, keys[at + 1]!)) if (other !== file) seeds.add(other).add(file);
      }
    }
    for (const [file, keys] of this.#replaced) if (keys === "gone") seeds.delete(file);
    return this.#joinSets(seeds);
  }

  /** Writes what this scan changed. After {@linkcode findConflicts}. */
  save(): void {
    for (const { id, entries } of this.#lists) {
      if (this.#rewritten.has(id!)) {
        const bytes = encodeEntries(entries);
        const { seal: before } = this.#store.get<{ seal: number }>("SELECT seal FROM turn_keys WHERE id = ?", id!)!;
        const seal = this.#store.seal("turn_keys", [bytes], before);
        this.#store.run("UPDATE turn_keys SET entries = ?, seal = ? WHERE id = ?", bytes, seal, id!);
      }
    }
    if (this.#fresh.entries.length === 0) return;
    let entries = this.#fresh.entries;
    for (const list of this.#lists.toReversed()) {
      if (list.entries.length > entries.length * LIKE_LENGTH) break;
      this.#store.remove("turn_keys", "id = ?", list.id!);
      entries = joinEntries(list.entries, entries);
    }
    this.#store.insert("turn_keys", [encodeEntries(entries)]);
  }

  /** Takes what is no longer true out of the lists, and finds out what is new in logs that were read anew. */
  #takeReplaced(): void {
    if (this.#replaced.size === 0) return;
    const before = keysIn(this.#lists, (file) => this.#replaced.has(file));
    const leaving = new Set<number>();
    for (const [file, keys] of this.#replaced) {
      const had = Uint32Array.from(before.get(file) ?? []);
      this.#touched.push({ file, keys: had });
      if (keys === "gone") {
        leaving.add(file);
        continue;
      }
      this.#touched.push({ file, keys });
      const known = setOfKeys(had);
      const shown = setOfKeys(keys);
      const isRewritten = ![...known].every((key) => shown.has(key));
      if (isRewritten) leaving.add(file);
      this.add(file, isRewritten ? keys : withoutKeys(keys, known));
    }
    if (leaving.size > 0) this.#takeOut(leaving);
  }

  #takeOut(files: ReadonlySet<number>): void {
    const without = ({ id, entries, words }: KeyList) =>
      listOf(id, entries.filter((_, place) => !files.has(words[2 * place]! & FILE_MASK)));
    this.#fresh = without(this.#fresh);
    this.#kept = this.#lists.map((list) => {
      const left = without(list);
      if (left.entries.length < list.entries.length) this.#rewritten.add(list.id!);
      return left;
    });
  }

  /** Puts what was added in order. */
  #orderAdded(): void {
    const words = new Uint32Array(this.#addedLength);
    let place = 0;
    for (let run = 0; run < this.#addedRuns.length; run += RUN) {
      const file = this.#addedRuns[run]!;
      for (let at = this.#addedRuns[run + 1]!; at < this.#addedRuns[run + 2]!; at += 2) {
        words[place++] = this.#added[at + 1]! & ~FILE_MASK | file;
        words[place++] = this.#added[at]!;
      }
    }
    this.#fresh = listOf(undefined, new BigUint64Array(words.buffer).sort());
  }

  #joinSets(seeds: ReadonlySet<number>): number[][] {
    if (seeds.size === 0) return [];
    const added = Map.groupBy(this.#runs(), ({ file }) => file);
    const sets: number[][] = [];
    const seen = new Set<number>();
    for (const seed of seeds) {
      if (seen.has(seed)) continue;
      seen.add(seed);
      const set = [seed];
      // Grows while it is gone through.
      for (const file of set) {
        const kept = keysIn(this.#lists, (other) => other === file).get(file) ?? [];
        for (const keys of [...(added.get(file) ?? []).map(({ keys }) => keys), kept]) {
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

  #filesWith(hash: number, more: number): number[] {
    return [...this.#lists, this.#fresh].flatMap((list) => filesIn(list, hash, more));
  }
}

/** What lists hold of some logs, in one pass over them. */
function keysIn(lists: readonly KeyList[], isWanted: (file: number) => boolean): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const { words } of lists) {
    for (let at = 0; at < words.length; at += 2) {
      const file = words[at]! & FILE_MASK;
      if (!isWanted(file)) continue;
      let keys = found.get(file);
      if (keys === undefined) found.set(file, keys = []);
      keys.push(words[at + 1]!, (words[at]! & ~FILE_MASK) >>> 0);
    }
  }
  return found;
}

/** As they are kept, in the order in which they were added. */
export function readKeyLists(store: IndexStore): readonly { readonly id: number; readonly entries: Bytes }[] {
  return store.all("SELECT id, entries FROM turn_keys ORDER BY id");
}
