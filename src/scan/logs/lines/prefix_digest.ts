/**
 * Notices that what was read of a log is no longer what the log begins with, although it only seems to have grown: every
 * byte that is read is added up on the way, by line_engine.wasm at the speed of memory.
 *
 * A log that goes on is compared with its sum before it is read on. Up to {@linkcode WHOLE_BYTES} all of it is; of a longer
 * one the end, which whatever is put in or taken out before it moves, and each time another piece: what a log costs does not
 * grow with it without bound.
 */
import { openFile } from "../../../host/files.ts";
import type { FoundFile } from "../../../host/walk_files.ts";
import { addUp } from "./line_engine.wasm";
import { type LineDigest, LineFinder } from "./line_finder.ts";
import { AT, lineMemory } from "./line_memory.ts";

/** The bytes of a log that are added up together, see assembly/add_up.ts. */
const GROUP = 16;
/** Longer logs are compared in pieces of so many bytes: 4 MiB take one millisecond. */
const PIECE_BYTES = 1 << 22;
/** Logs of so many bytes are compared as a whole. */
const WHOLE_BYTES = 4 * PIECE_BYTES;
/** So much is an end, if not more. */
const END_BYTES = PIECE_BYTES / 4;
const CHUNK_BYTES = 1 << 18;

/** What the first bytes of a log add up to. Guards against accidents, not attacks. */
export class PrefixDigest implements LineDigest {
  #length: number;
  /** Of all whole groups. */
  #sum = 0n;
  /** As much of the group that comes next as there is; what lies behind is of others before. */
  readonly #rest = new Uint8Array(GROUP);
  /** The sums of the first piece, of the first two, and so on. */
  #pieces: bigint[] = [];

  /** @param start Where to begin, a multiple of {@linkcode PIECE_BYTES}: the sum is of what comes then */
  constructor(start = 0) {
    this.#length = start;
  }

  /** Bytes that follow those before. @param memory That of line_engine.wasm */
  add(memory: Uint8Array, at: number, end: number): void {
    const begun = this.#length % GROUP;
    if (begun > 0) {
      const count = Math.min(GROUP - begun, end - at);
      this.#rest.set(memory.subarray(at, at + count), begun);
      at += count;
      if (begun + count < GROUP) {
        this.#length += count;
        return;
      }
      this.#length -= begun;
      // Where a group is put together that two fillings share.
      memory.set(this.#rest, AT.sharedGroup);
      this.#addGroups(AT.sharedGroup, AT.sharedGroup + GROUP);
    }
    while (end - at >= GROUP) {
      const room = PIECE_BYTES - this.#length % PIECE_BYTES;
      const count = Math.min(room, end - at & ~(GROUP - 1));
      this.#addGroups(at, at + count);
      at += count;
    }
    this.#rest.set(memory.subarray(at, end));
    this.#length += end - at;
  }

  #addGroups(at: number, end: number): void {
    this.#sum = BigInt.asUintN(64, this.#sum + addUp(at, end, this.#length / GROUP));
    this.#length += end - at;
    if (this.#length % PIECE_BYTES === 0) this.#pieces.push(this.#sum);
  }

  /** What has come of a group that is not whole. */
  get #begun(): Uint8Array {
    return this.#rest.subarray(0, this.#length % GROUP);
  }

  /** All that there is to it, for the index. */
  toString(): string {
    let text = `${this.#length}:${this.#sum.toString(36)}:`;
    const begun = this.#length % GROUP;
    for (let place = 0; place < begun; place++) text += `${place === 0 ? "" : ","}${this.#rest[place]!.toString(36)}`;
    return `${text}:${this.#pieces.map((sum) => sum.toString(36)).join()}`;
  }

  /** @param text Made by {@linkcode toString} */
  static of(text: string): PrefixDigest {
    const [length, sum, rest, pieces] = text.split(":") as [string, string, string, string];
    const digest = new PrefixDigest(Number(length));
    digest.#sum = bigintOf(sum);
    digest.#rest.set(numbersOf(rest));
    digest.#pieces = pieces === "" ? [] : pieces.split(",").map(bigintOf);
    return digest;
  }

  /** Whether a file still is what was read of it, to the last byte: a fifth of what it takes to read it anew, or less. */
  static isAllOf({ path, size }: FoundFile, { fingerprint, nextOffset }: { fingerprint: string; nextOffset: number }) {
    if (fingerprint === "" || nextOffset !== size) return false;
    try {
      const digest = PrefixDigest.of(fingerprint);
      return digest.isPrefixOf(path, allPieces(digest.#length));
    } catch {
      // Reading it says why it cannot be read.
      return false;
    }
  }

  /**
   * Whether a file begins with what was added up, as far as it is compared.
   *
   * @param pieces Which are compared. @default all; of a long log its end, and another one
   * @throws {Error} when it cannot be read
   */
  isPrefixOf(path: string, pieces = piecesToCompare(this.#length)): boolean {
    return pieces.every((piece) => {
      const start = piece * PIECE_BYTES;
      const found = new PrefixDigest(start);
      found.#read(path, Math.min(this.#length - start, PIECE_BYTES));
      const before = piece === 0 ? 0n : this.#pieces[piece - 1]!;
      const sum = this.#pieces[piece] ?? this.#sum;
      return found.#length === Math.min(this.#length, start + PIECE_BYTES) &&
        found.#sum === BigInt.asUintN(64, sum - before) &&
        (found.#length < this.#length || found.#begun.every((byte, place) => byte === this.#rest[place]));
    });
  }

  #read(path: string, count: number): void {
    const file = openFile(path, this.#length);
    try {
      for (let left = count; left > 0;) {
        const length = file.read(LineFinder.borrow(Math.min(left, CHUNK_BYTES)));
        if (length === 0) return;
        this.add(lineMemory.bytes, AT.bytes, AT.bytes + length);
        left -= length;
      }
    } finally {
      file.close();
    }
  }
}

function allPieces(length: number): readonly number[] {
  return Array.from({ length: Math.ceil(length / PIECE_BYTES) }, (_, piece) => piece);
}

/** The end, and of the pieces of a long log another one: which one depends on how long it is. */
function piecesToCompare(length: number): readonly number[] {
  if (length <= WHOLE_BYTES) return allPieces(length);
  const last = Math.ceil(length / PIECE_BYTES) - 1;
  // A few bytes may be the same by chance.
  const ends = length % PIECE_BYTES < END_BYTES ? [last, last - 1] : [last];
  return [...new Set([...ends, Math.floor(length / GROUP) % last])];
}

function bigintOf(text: string): bigint {
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(parseInt(digit, 36));
  return value;
}

function numbersOf(text: string): readonly number[] {
  return text === "" ? [] : text.split(",").map((number) => parseInt(number, 36));
}
