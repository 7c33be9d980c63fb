/**
 * The memory of line_engine.wasm, in which all that reads lines works: there is one in each thread. assembly/memory.ts says
 * what lies where.
 */
import { memory } from "./line_engine.wasm";

/** Offsets in it. */
export const AT = {
  position: 0,
  lineStart: 4,
  end: 8,
  held: 12,
  everyLine: 16,
  entryCount: 20,
  needleCount: 24,
  sharedGroup: 32,
  newTexts: 48,
  lastTextEnd: 52,
  tables: 64,
  needles: 256,
  vectors: 1408,
  masks: 1536,
  slots: 2048,
  entries: 2560,
  results: 16384,
  cells: 65536,
  names: 94208,
  bytes: 262144,
} as const;

/** What is read may reach so far behind the last of the bytes. */
const SLACK = 128;
const PAGE = 65536;
const GROWTH = 16 * PAGE;

/** Views of it. They are others once it has grown. */
export const lineMemory = {
  bytes: new Uint8Array(memory.buffer),
  /** V8 calls a function for each number that a DataView is asked for. */
  words: new Int32Array(memory.buffer),
  numbers: new Float64Array(memory.buffer),
};

/** Nibbles, newline, quote, backslash, what is no character, what tells { from [ and } from ], and these. */
[0x0f, 0x0a, 0x22, 0x5c, 0x1f, 0x20, 0x7b, 0x7d].forEach((byte, index) => {
  lineMemory.bytes.fill(byte, AT.vectors + index * 16, AT.vectors + index * 16 + 16);
});
lineMemory.bytes.fill(0xff, AT.masks, AT.masks + 32);

/** Makes room for that many bytes to search. */
export function ensureRoom(length: number): void {
  const missing = AT.bytes + length + SLACK - memory.buffer.byteLength;
  if (missing <= 0) return;
  // The buffer of a memory that grew is a new one: growing in larger steps keeps that rare. Untouched pages cost nothing.
  memory.grow(Math.ceil(Math.max(missing, GROWTH) / PAGE));
  lineMemory.bytes = new Uint8Array(memory.buffer);
  lineMemory.words = new Int32Array(memory.buffer);
  lineMemory.numbers = new Float64Array(memory.buffer);
}
