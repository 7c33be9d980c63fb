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
  modelTraits: 64,
  chainTraits: 96,
  modelOrder: 160,
  rateOrder: 192,
  partOrder: 224,
  chainOrder: 288,
  countedOrder: 352,
  total: 512,
  modelSums: 1024,
  chainSums: 4608,
  rates: 11776,
  chains: 19712,
  knownCharacters: 39168,
  given: 41728,
} as const;

const PAGE = 65536;

/** Views of it. They are others once it has grown. */
export const sumMemory = {
  bytes: new Uint8Array(memory.buffer),
  words: new Int32Array(memory.buffer),
  numbers: new Float64Array(memory.buffer),
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
}
