/**
 * Streams the lines of a log through one buffer: memory does not grow with the file, only with its longest line, and
 * that up to a cap. Hands out only lines that a source may want, and lines that are no JSON object.
 */
import { Buffer } from "node:buffer";
import { type ByteSource, type FoundFile, openFile } from "../host/files.ts";
import { openZstdFile } from "../host/zstd_file.ts";

export interface ReadLinesOptions {
  /** Offset of the first byte, at the beginning of a line. */
  readonly from: number;
  /** A line is handed out when it contains one of these. ASCII. */
  readonly needles: readonly string[];
  /** Hand out every line, blank ones too. @default false */
  readonly everyLine?: boolean;
  /** @param bytes The line without its newline; valid only during the call */
  onLine(bytes: Uint8Array, offset: number): void;
  /** What could not be handed out: a line beyond the cap, compressed data that breaks off. */
  onProblem(message: string, offset?: number): void;
  /** Bytes at a time. @default 1 MiB */
  readonly chunkBytes?: number;
  /** Longest line that is handed out. @default 32 MiB */
  readonly maximumLineBytes?: number;
}

export interface ReadLinesResult {
  /** Just past the last newline. */
  readonly endOffset: number;
  /** What follows it; absent when nothing does. */
  readonly tail?: Uint8Array;
  readonly bytesRead: number;
}

const NEWLINE = 10;
const DEFAULT_CHUNK_BYTES = 1 << 20;
const DEFAULT_MAXIMUM_LINE_BYTES = 32 << 20;

/** @throws {Error} when the file cannot be opened or read */
export function readLines(file: Pick<FoundFile, "path" | "compressed">, options: ReadLinesOptions): ReadLinesResult {
  const source = file.compressed
    ? openZstdFile(file.path, (message) => options.onProblem(message))
    : openFile(file.path, options.from);
  try {
    return readLinesFrom(source, options);
  } finally {
    source.close();
  }
}

/** The same over any source of bytes, which begins at `options.from`. */
export function readLinesFrom(source: ByteSource, options: ReadLinesOptions): ReadLinesResult {
  const { chunkBytes = DEFAULT_CHUNK_BYTES, maximumLineBytes = DEFAULT_MAXIMUM_LINE_BYTES } = options;
  let buffer = new Uint8Array(chunkBytes);
  /** The buffer holds `filled` bytes, and its first byte is at `offset` in the file. */
  let filled = 0;
  let offset = options.from;
  let bytesRead = 0;
  /** Inside a line beyond the cap: its bytes are thrown away up to the newline. */
  let skippingFrom: number | undefined;

  for (;;) {
    if (filled === buffer.length) buffer = grow(buffer);
    const count = source.read(buffer.subarray(filled));
    if (count === 0) break;
    bytesRead += count;
    let start = 0;
    if (skippingFrom !== undefined) {
      const newline = indexOfNewline(buffer, filled, filled + count);
      if (newline < 0) {
        offset += filled + count;
        filled = 0;
        continue;
      }
      options.onProblem(`A line longer than ${maximumLineBytes >> 20} MiB is left out.`, skippingFrom);
      skippingFrom = undefined;
      start = newline + 1;
    }
    const searchFrom = Math.max(start, filled);
    filled += count;
    start = takeLines(buffer, start, searchFrom, filled, offset, options);
    buffer.copyWithin(0, start, filled);
    filled -= start;
    offset += start;
    if (filled > maximumLineBytes) {
      skippingFrom = offset;
      offset += filled;
      filled = 0;
    }
  }
  if (skippingFrom !== undefined) return { endOffset: skippingFrom, bytesRead };
  return { endOffset: offset, tail: filled === 0 ? undefined : buffer.slice(0, filled), bytesRead };
}

function grow(buffer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(buffer.length * 2);
  larger.set(buffer);
  return larger;
}

/** @returns the start of the last, unfinished line */
function takeLines(
  buffer: Uint8Array,
  start: number,
  searchFrom: number,
  end: number,
  offset: number,
  options: ReadLinesOptions,
): number {
  const lastNewline = buffer.subarray(searchFrom, end).lastIndexOf(NEWLINE);
  if (lastNewline < 0) return start;
  const wholeLinesEnd = searchFrom + lastNewline + 1;
  // One byte is one character in Latin-1, so that positions in the text are positions in the buffer.
  const text = options.everyLine ? "" : latin1(buffer, start, wholeLinesEnd);
  const next = options.needles.map((needle) => ({ needle, at: -1 }));
  let line = start;
  while (line < wholeLinesEnd) {
    const newline = indexOfNewline(buffer, line, wholeLinesEnd);
    if (
      options.everyLine || isWanted(text, next, line - start, newline - start) ||
      !isObjectOrBlank(buffer, line, newline)
    ) {
      options.onLine(buffer.subarray(line, newline), offset + line);
    }
    line = newline + 1;
  }
  return wholeLinesEnd;
}

/** Each needle's next place is looked up only once the lines have come to it: the text is searched once for each. */
function isWanted(text: string, next: { needle: string; at: number }[], from: number, to: number): boolean {
  let wanted = false;
  for (const place of next) {
    if (place.at < from) {
      const found = text.indexOf(place.needle, from);
      place.at = found < 0 ? Infinity : found;
    }
    wanted ||= place.at + place.needle.length <= to;
  }
  return wanted;
}

function isObjectOrBlank(buffer: Uint8Array, from: number, to: number): boolean {
  let [first, last] = [from, to - 1];
  while (first <= last && isSpace(buffer[first]!)) first++;
  while (last >= first && isSpace(buffer[last]!)) last--;
  return first > last || (buffer[first] === 0x7b && buffer[last] === 0x7d);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

function indexOfNewline(buffer: Uint8Array, from: number, to: number): number {
  return buffer.subarray(0, to).indexOf(NEWLINE, from);
}

function latin1(buffer: Uint8Array, from: number, to: number): string {
  return Buffer.from(buffer.buffer, buffer.byteOffset + from, to - from).toString("latin1");
}

/** How many newlines lie before an offset: one less than the number of the line that begins there. */
export function countLinesBefore(path: string, offset: number): number {
  const source = openFile(path, 0);
  try {
    const buffer = new Uint8Array(DEFAULT_CHUNK_BYTES);
    let lines = 0;
    for (let left = offset; left > 0;) {
      const count = source.read(buffer.subarray(0, Math.min(left, buffer.length)));
      if (count === 0) break;
      left -= count;
      for (let at = buffer.subarray(0, count).indexOf(NEWLINE); at >= 0;) {
        lines++;
        at = buffer.subarray(0, count).indexOf(NEWLINE, at + 1);
      }
    }
    return lines;
  } finally {
    source.close();
  }
}
