/**
 * Names traces as trace_id.ts does, for who names those of all sessions: what that loads takes as long as a hundred logs
 * take to read.
 */
import { TRACE_NAMESPACE } from "./trace_namespace.ts";

/**
 * A version 5 UUID, lower case, as RFC 9562 has it.
 *
 * @param name what a trace is named over, see trace_id.ts
 */
export async function nameTrace(name: string): Promise<string> {
  const hash = new Uint8Array(
    await crypto.subtle.digest("SHA-1", new Uint8Array([...NAMESPACE, ...encoder.encode(name)])),
  );
  hash[6] = hash[6]! & 0x0f | 0x50;
  hash[8] = hash[8]! & 0x3f | 0x80;
  const hex = Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const encoder = new TextEncoder();
const NAMESPACE = TRACE_NAMESPACE.replaceAll("-", "").match(/../g)!.map((digits) => parseInt(digits, 16));
