/**
 * Texts in few bytes. Each is written once for all that one list of bytes holds; where it stands again, its place does.
 *
 *     8 and more   a text that was there before: what is above 8 is twice the place, and 1 more for KNOWN_TEXTS
 *     0            UTF-8: its length in bytes, and these
 *     1            UTF-16, for what UTF-8 cannot say: its length in characters, two bytes each
 *     2            a UUID in lower case: 16 bytes
 *     3            characters of `A-Za-z0-9_-` alone: their number, and six bits each
 *     4, 5, 6      two texts with a `/`, `:` or `_` between them, which may be such as were there before
 *     7            a time as `toISOString` writes it: a time (byte_writer.ts), from that of the one before it, or from 0
 */
import type { ModelRef } from "../../../core/model.ts";
import type { ByteReader } from "./byte_reader.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";
import { type ByteWriter, codesOf, UUID_LENGTH } from "./byte_writer.ts";
import { KNOWN_TEXTS } from "./known_texts.ts";

const UTF8 = 0;
const UTF16 = 1;
const UUID = 2;
const WORD = 3;
const SLASH = 4;
const ISO_TIME = 7;
const PLACES = 8;

/** For each the kind that is so many above the first one's. */
const SEPARATORS = "/:_";
/** Shorter pieces are not worth their own. */
const LEAST_PIECE = 8;
const MOST_JOINED = 4096;
const MOST_DEPTH = 4;
const LEAST_WORD = 12;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const HEX = "0123456789abcdef";
const ALPHABET_CODES = codesOf(ALPHABET);
const ASCII_CODES = Uint8Array.from({ length: 128 }, (_, code) => code);
const ISO_LENGTH = 24;
/** Of a text that is not read character by character. */
const MANY_BYTES = 64;
/** What stands between date and time. */
const LETTER_T = 84;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const knownPlaces = new Map(KNOWN_TEXTS.map((text, place) => [text, 2 * place + 1 + PLACES]));

/** In characters: longer texts than names of models and directories. */
const LONG_TEXT = 26;
const MANY_LONG = 16;
/** More are forgotten when the next list of bytes begins. */
const MANY_TEXTS = 1024;
const LONGEST_KNOWN = Math.max(...KNOWN_TEXTS.map(({ length }) => length));

/** Whether it is written in the same way whatever came before. */
export function isKnownText(text: string): boolean {
  return knownPlaces.has(text);
}

/** Writes texts and models among other values; {@linkcode begin} with each list of bytes. */
export class TextWriter {
  readonly #writer: ByteWriter;
  /** Texts of late in the order in which they were written: those of this list of bytes are from the start on. */
  readonly #places = new Map<string, number>();
  #start = 0;
  #next = 0;
  /** Long texts of this list of bytes, and their places. */
  readonly #long: string[] = [];
  readonly #longPlaces: number[] = [];
  readonly #models: ModelRef[] = [];
  #lastTime = 0;

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  begin(): void {
    // One for each list would take longer to make than all else here.
    this.#long.length = 0;
    if (this.#next > MANY_TEXTS) {
      this.#places.clear();
      this.#next = 0;
    }
    this.#start = this.#next;
    if (this.#models.length > 0) this.#models.length = 0;
    this.#lastTime = 0;
  }

  /** As a place among the models that were written before; one that was not stands behind its place. */
  model(model: ModelRef): void {
    const models = this.#models;
    let place = 0;
    while (place < models.length && !isSame(models[place]!, model)) place++;
    this.#writer.varint(place);
    if (place < models.length) return;
    models.push(model);
    this.text(model.provider);
    this.text(model.model);
  }

  text(text: string, depth = 0): void {
    if (text.length <= LONGEST_KNOWN) {
      const known = knownPlaces.get(text);
      if (known !== undefined) return this.#writer.varint(known);
    }
    if (text.length > LONG_TEXT) return this.#writeLong(text, depth);
    const place = this.#places.get(text);
    if (place !== undefined && place >= this.#start) return this.#writer.varint(2 * (place - this.#start) + PLACES);
    this.#writeNew(text, depth);
    this.#places.set(text, this.#next++);
  }

  /** Nearly each has an id in it, and where it stands again is near: to look through the last few takes less time. */
  #writeLong(text: string, depth: number): void {
    const long = this.#long;
    const at = long.indexOf(text, -MANY_LONG);
    if (at >= 0) return this.#writer.varint(2 * this.#longPlaces[at]! + PLACES);
    this.#writeNew(text, depth);
    this.#longPlaces[long.length] = this.#next++ - this.#start;
    long.push(text);
  }

  #writeNew(text: string, depth: number): void {
    const writer = this.#writer;
    const { length } = text;
    const start = writer.length;
    if (length === UUID_LENGTH) {
      writer.byte(UUID);
      if (writer.uuid(text)) return;
      writer.backTo(start);
    }
    if (length === ISO_LENGTH && text.charCodeAt(10) === LETTER_T && this.#writeIsoTime(text)) return;
    if (length > 2 * LEAST_PIECE && length <= MOST_JOINED && depth < MOST_DEPTH) {
      const separator = separatorOf(text);
      if (separator >= 0) {
        writer.byte(SLASH + SEPARATORS.indexOf(text[separator]!));
        this.text(text.slice(0, separator), depth + 1);
        this.text(text.slice(separator + 1), depth + 1);
        return;
      }
    }
    if (length >= LEAST_WORD) {
      writer.byte(WORD);
      writer.varint(length);
      if (writer.characters(text, ALPHABET_CODES, 6)) return;
      writer.backTo(start);
    }
    writer.byte(UTF8);
    writer.varint(length);
    if (writer.characters(text, ASCII_CODES, 8)) return;
    writer.backTo(start);
    if (text.isWellFormed()) {
      const bytes = encoder.encode(text);
      writer.byte(UTF8);
      writer.varint(bytes.length);
      writer.bytes(bytes);
    } else {
      writer.byte(UTF16);
      writer.varint(length);
      for (let at = 0; at < length; at++) {
        writer.byte(text.charCodeAt(at) & 255);
        writer.byte(text.charCodeAt(at) >>> 8);
      }
    }
  }

  #writeIsoTime(text: string): boolean {
    const time = Date.parse(text);
    if (Number.isNaN(time) || new Date(time).toISOString() !== text) return false;
    this.#writer.byte(ISO_TIME);
    this.#writer.time(time, this.#lastTime);
    this.#lastTime = time;
    return true;
  }
}

/** Reads what {@linkcode TextWriter} wrote. A model that stands in several places is one object. */
export class TextReader {
  readonly #reader: ByteReader;
  readonly #texts: string[] = [];
  readonly #models: ModelRef[] = [];
  #lastTime = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  model(): ModelRef {
    const place = this.#reader.varint();
    const known = this.#models[place];
    if (known !== undefined) return known;
    if (place !== this.#models.length) throw new DamagedBytesError("There is no such model.");
    const model = { provider: this.text(), model: this.text() };
    this.#models.push(model);
    return model;
  }

  text(depth = 0): string {
    const kind = this.#reader.varint();
    if (kind >= PLACES) {
      const place = kind - PLACES;
      const text = place % 2 === 1 ? KNOWN_TEXTS[(place - 1) / 2] : this.#texts[place / 2];
      if (text === undefined) throw new DamagedBytesError("There is no such text.");
      return text;
    }
    const text = this.#readNew(kind, depth);
    this.#texts.push(text);
    return text;
  }

  #readNew(kind: number, depth: number): string {
    const reader = this.#reader;
    switch (kind) {
      case UTF8:
        return this.#readUtf8(reader.bytes(reader.length()));
      case UTF16: {
        const bytes = reader.bytes(2 * reader.length());
        let text = "";
        for (let at = 0; at < bytes.length; at += 2) text += String.fromCharCode(bytes[at]! | bytes[at + 1]! << 8);
        return text;
      }
      case UUID: {
        const bytes = reader.bytes(16);
        let text = "";
        for (let at = 0; at < 16; at++) {
          if (at === 4 || at === 6 || at === 8 || at === 10) text += "-";
          text += HEX[bytes[at]! >>> 4]! + HEX[bytes[at]! & 15]!;
        }
        return text;
      }
      case WORD:
        return this.#readWord(reader.varint());
      case ISO_TIME: {
        const time = reader.time(this.#lastTime);
        // What has no such text nobody can have written.
        if (!(Math.abs(time) <= 8.64e15)) throw new DamagedBytesError("There is no such time.");
        this.#lastTime = time;
        return new Date(time).toISOString();
      }
      default: {
        // Texts of texts of texts may be longer than the memory.
        if (depth >= MOST_DEPTH) throw new DamagedBytesError("A text of too many texts.");
        const [before, after] = [this.text(depth + 1), this.text(depth + 1)];
        if (before.length + after.length >= MOST_JOINED) throw new DamagedBytesError("A text is too long.");
        return before + SEPARATORS[kind - SLASH]! + after;
      }
    }
  }

  #readUtf8(bytes: Uint8Array): string {
    // Most are short, and nothing but ASCII.
    if (bytes.length < MANY_BYTES) {
      let all = 0;
      for (let at = 0; at < bytes.length; at++) all |= bytes[at]!;
      if (all < 128) return String.fromCharCode.apply(null, bytes as unknown as number[]);
    }
    try {
      return decoder.decode(bytes);
    } catch {
      throw new DamagedBytesError("A text is no UTF-8.");
    }
  }

  /** Four characters in three bytes. */
  #readWord(length: number): string {
    const bytes = this.#reader.bytes(Math.ceil(length * 6 / 8));
    let text = "";
    for (let at = 0; at < bytes.length; at += 3) {
      const bits = bytes[at]! << 16 | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0);
      text += ALPHABET[bits >>> 18]! + ALPHABET[bits >>> 12 & 63]! + ALPHABET[bits >>> 6 & 63]! + ALPHABET[bits & 63]!;
    }
    return text.slice(0, length);
  }
}

function isSame(a: ModelRef, b: ModelRef): boolean {
  return a === b || (a.model === b.model && a.provider === b.provider);
}

/** Where a text falls into two that may stand elsewhere by themselves: -1 when it does not. */
function separatorOf(text: string): number {
  const most = text.length - LEAST_PIECE - 1;
  let at = text.lastIndexOf("/");
  if (at >= LEAST_PIECE && at <= most) return at;
  at = text.indexOf(":");
  if (at >= LEAST_PIECE && at <= most) return at;
  at = text.indexOf("_");
  return at >= LEAST_PIECE && at <= most ? at : -1;
}
