/** Names a trace as traceIdOver does (core/name_trace.ts), by the engine: to wait for WebCrypto takes longer than to hash. */
import { NAMESPACE, traceOfHash } from "../../../core/name_trace.ts";
import { sha1 } from "./sum_engine.wasm";
import { reserve, SUM_AT, sumMemory } from "./sum_memory.ts";

/** In bytes: of a hash, and what it takes to make one. */
const [HASH_BYTES, HASH_ROOM] = [20, 512];

const encoder = new TextEncoder();

/** Leaves alone what was added up and written last. */
export function nameTraceNow(name: string): string {
  const at = (sumMemory.words[SUM_AT.writtenEnd / 4]! + 7) & ~7;
  reserve(at - SUM_AT.given + 3 * name.length + HASH_ROOM);
  const { bytes } = sumMemory;
  bytes.set(NAMESPACE, at);
  sha1(at, NAMESPACE.length + encoder.encodeInto(name, bytes.subarray(at + NAMESPACE.length)).written);
  return traceOfHash(bytes.subarray(at, at + HASH_BYTES));
}
