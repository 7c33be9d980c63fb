/**
 * What a source says and needs to go on, as bytes: any value that JSON can say, and numbers that it cannot. The members of
 * objects are written once for all objects of one list of bytes that have the same ones.
 *
 *     0 null, 1 false, 2 true
 *     3            a double
 *     4            a time (byte_writer.ts), from the one before it, for whole numbers above {@linkcode LEAST_TIME}
 *     5            a text (text_codec.ts)
 *     6            a list: its length, and its values
 *     7            an object of new members: their number, their texts, and the values
 *     8            any other whole number: zigzag
 *     9            JSON, for what is too deep to be taken apart, and numbers of more digits than pack_json.ts reads
 *     10 to 31     an object with the members of one before it, by its place
 *     32 to 255    a whole number from 0 to 223
 */
import { ByteReader } from "./byte_reader.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";
import { ByteWriter, isPlain } from "./byte_writer.ts";
import { isKnownText, TextReader, TextWriter } from "./text_codec.ts";
import type { Bytes } from "../tables/store.ts";

const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const DOUBLE = 3;
const TIME = 4;
const TEXT = 5;
const LIST = 6;
const OBJECT = 7;
const WHOLE = 8;
const JSON_TEXT = 9;
const SHAPES = 10;
const SMALL = 32;

/** Smaller numbers are no times of any log. */
const LEAST_TIME = 1e11;
const MOST_DEPTH = 64;

const writer = new ByteWriter();
const texts = new TextWriter(writer);
/** The members of the objects before. */
const shapes: (readonly string[])[] = [];
let lastTime = 0;

/** Several values after each other. Members that are undefined are left out, as JSON does. */
export function packValues(values: readonly unknown[]): Bytes {
  writer.begin();
  texts.begin();
  shapes.length = 0;
  lastTime = 0;
  for (const value of values) writeValue(value, 0);
  return writer.take();
}

function writeValue(value: unknown, depth: number): void {
  switch (typeof value) {
    case "string":
      writer.byte(TEXT);
      return texts.text(value);
    case "number":
      return writeNumber(value);
    case "boolean":
      return writer.byte(value ? TRUE : FALSE);
    case "object":
      if (value === null) return writer.byte(NULL);
      if (depth >= MOST_DEPTH) {
        writer.byte(JSON_TEXT);
        return texts.text(JSON.stringify(value));
      }
      return Array.isArray(value) ? writeList(value, depth) : writeObject(value as Record<string, unknown>, depth);
    default:
      return writer.byte(NULL);
  }
}

function writeNumber(value: number): void {
  if (!isPlain(value)) {
    writer.byte(DOUBLE);
    writer.double(value);
  } else if (value >= LEAST_TIME) {
    writer.byte(TIME);
    writer.time(value, lastTime);
    lastTime = value;
  } else if (value >= 0 && value <= 255 - SMALL) writer.byte(SMALL + value);
  else {
    writer.byte(WHOLE);
    writer.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }
}

function writeList(values: readonly unknown[], depth: number): void {
  writer.byte(LIST);
  writer.varint(values.length);
  for (const value of values) writeValue(value, depth + 1);
}

function writeObject(object: Readonly<Record<string, unknown>>, depth: number): void {
  // Lists of both at once: to go through an object by its names takes several times as long.
  let names: readonly string[] = Object.keys(object);
  let values: readonly unknown[] = Object.values(object);
  if (values.includes(undefined)) {
    names = names.filter((name) => object[name] !== undefined);
    values = values.filter((value) => value !== undefined);
  }
  let shape = shapes.length - 1;
  while (shape >= 0 && !hasSame(shapes[shape]!, names)) shape--;
  if (shape >= 0) writer.byte(SHAPES + shape);
  else {
    writer.byte(OBJECT);
    writeNames(names);
    if (shapes.length < SMALL - SHAPES) shapes.push(names);
  }
  for (let place = 0; place < values.length; place++) writeValue(values[place], depth + 1);
}

/** Members that all have their places among the known texts, as they are written whatever came before; by all of them. */
const knownShapes = new Map<string, { readonly names: readonly string[]; readonly bytes: Bytes }>();
const MOST_SHAPES = 128;

function writeNames(names: readonly string[]): void {
  const joined = names.join();
  const known = knownShapes.get(joined);
  // A name may hold whatever joins them.
  if (known !== undefined && hasSame(known.names, names)) return writer.bytes(known.bytes);
  const start = writer.length;
  writer.varint(names.length);
  for (const name of names) texts.text(name);
  if (names.length > 0 && knownShapes.size < MOST_SHAPES && names.every(isKnownText)) {
    knownShapes.set(joined, { names, bytes: writer.take(start) });
  }
}

function hasSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let place = 0; place < a.length; place++) if (a[place] !== b[place]) return false;
  return true;
}

/** Reads values one after the other, in the order in which they were packed. */
export class ValueReader {
  readonly #reader: ByteReader;
  readonly #texts: TextReader;
  readonly #shapes: (readonly string[])[] = [];
  #lastTime = 0;

  /** @param bytes Made by {@linkcode packValues} */
  constructor(bytes: Uint8Array) {
    this.#reader = new ByteReader(bytes);
    this.#texts = new TextReader(this.#reader);
  }

  /** @throws {DamagedBytesError} */
  next(): unknown {
    return this.#read(0);
  }

  #read(depth: number): unknown {
    const reader = this.#reader;
    const kind = reader.byte();
    if (kind >= SMALL) return kind - SMALL;
    switch (kind) {
      case NULL:
        return null;
      case FALSE:
      case TRUE:
        return kind === TRUE;
      case DOUBLE:
        return reader.double();
      case TIME:
        return this.#lastTime = reader.time(this.#lastTime);
      case TEXT:
        return this.#texts.text();
      case WHOLE: {
        const value = reader.varint();
        return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      }
      case JSON_TEXT:
        return this.#readJson();
    }
    if (depth >= MOST_DEPTH) throw new DamagedBytesError("A value is too deep.");
    if (kind === LIST) return this.#readList(depth);
    let names = this.#shapes[kind - SHAPES];
    if (kind === OBJECT) {
      const named: string[] = [];
      for (let count = reader.length(); count > 0; count--) named.push(this.#texts.text());
      if (this.#shapes.length < SMALL - SHAPES) this.#shapes.push(named);
      names = named;
    }
    if (names === undefined) throw new DamagedBytesError("There is no such object before.");
    const object: Record<string, unknown> = {};
    for (const name of names) setMember(object, name, this.#read(depth + 1));
    return object;
  }

  #readList(depth: number): unknown[] {
    const values: unknown[] = [];
    for (let count = this.#reader.length(); count > 0; count--) values.push(this.#read(depth + 1));
    return values;
  }

  #readJson(): unknown {
    try {
      return JSON.parse(this.#texts.text());
    } catch (error) {
      if (error instanceof DamagedBytesError) throw error;
      throw new DamagedBytesError("A text is no JSON.");
    }
  }
}

function setMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
