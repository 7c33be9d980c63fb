/** The memory of sum_engine.wasm, of which there is one in each thread. assembly/memory.ts says what lies where. */
import { memory } from "./sum_engine.wasm";

/** Offsets in it. */
export const SUM_AT = {
  modelCount: 0,
  chainCount: 4,
  seenModels: 8,
  seenChains: 12,
  rateCount: 16,
  partCount: 20,
  samples: 24,
  samplesEnd: 28,
  buckets: 32,
  bucketsEnd: 36,
  doubts: 40,
  isAnswered: 44,
  misses: 48,
  copied: 52,
  countedChains: 56,
  unpricedMisses: 60,
  modelTraits: 64,
  chainTraits: 96,
  modelOrder: 160,
  rateOrder: 192,
  partOrder: 224,
  chainOrder: 288,
  countedOrder: 352,
  asked: 416,
  part: 420,
  rollup: 424,
  writtenEnd: 428,
  lostUsd: 432,
  largestPrompt: 440,
  askedOrder: 448,
  modelRanks: 480,
  total: 512,
  warmUsd: 640,
  coldUsd: 648,
  modelSums: 1024,
  chainSums: 4608,
  rates: 11776,
  chains: 19712,
  knownCharacters: 39168,
  book: 42240,
  given: 48384,
} as const;

/** In bytes. */
export const [SUM_SIZE, RATE_SIZE, CHAIN_SIZE, ROW_SIZE, DOUBT_SIZE, MISS_SIZE] = [112, 104, 128, 152, 48, 56] as const;
/** Of the price of a model. */
export const BOOK_SIZE = 128;

const PAGE = 65536;

/** Views of it. They are others once it has grown. */
export const sumMemory = {
  bytes: new Uint8Array(memory.buffer),
  words: new Int32Array(memory.buffer),
  numbers: new Float64Array(memory.buffer),
  /** Those of what is given. */
  given: new Uint8Array(memory.buffer, SUM_AT.given),
};

/** Makes room for that many bytes at `SUM_AT.given`. */
export function reserve(length: number): void {
  const missing = SUM_AT.given + length - memory.buffer.byteLength;
  if (missing <= 0) return;
  // In larger steps than are asked for: the buffer of a memory that grew is a new one. Untouched pages cost nothing.
  memory.grow(Math.ceil(2 * missing / PAGE));
  sumMemory.bytes = new Uint8Array(memory.buffer);
  sumMemory.words = new Int32Array(memory.buffer);
  sumMemory.numbers = new Float64Array(memory.buffer);
  sumMemory.given = new Uint8Array(memory.buffer, SUM_AT.given);
}
