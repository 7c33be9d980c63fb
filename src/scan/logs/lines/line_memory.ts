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
  steps: 1600,
  slots: 2048,
  entries: 2560,
  results: 16384,
  cells: 65536,
  scratch: 71680,
  names: 98304,
  usual: 262144,
  usualCells: 262208,
  usualTexts: 262272,
  usualLengths: 262400,
  usualPrefix: 262408,
  countState: 262656,
  usualRows: 263168,
  usualKeys: 282624,
  bytes: 327680,
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

/** Numbers without a pattern: each lane of a key goes from one to the next by a step of its own. */
const [STEP, FIRST_KEY] = [
  [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f],
  [0x165667b1, 0xd3a2646d, 0xfd7046c5, 0xb55a4f09],
];
lineMemory.words.set([...STEP, ...STEP.map((step) => Math.imul(step, 4)), ...FIRST_KEY], AT.steps / 4);

/** Makes room for that many bytes to search. */
export function ensureRoom(length: number): void {
  const missing = AT.bytes + length + SLACK - memory.buffer.byteLength;
  if (missing <= 0) return;
  // The buffer of a memory that grew is a new one, and the one before is there until it is collected: twice as large each
  // time, all of those before take no more than the last one. Untouched pages cost nothing.
  memory.grow(Math.ceil(Math.max(missing, GROWTH, memory.buffer.byteLength) / PAGE));
  lineMemory.bytes = new Uint8Array(memory.buffer);
  lineMemory.words = new Int32Array(memory.buffer);
  lineMemory.numbers = new Float64Array(memory.buffer);
}
