/**
 * Names the traces of sessions as trace_id.ts does, for who names those of all at once: what that loads takes as long as a
 * hundred logs take to read.
 */
import { TRACE_NAMESPACE } from "./trace_namespace.ts";

/**
 * What the trace of the session that is kept in a file is named by.
 *
 * @param sessionFile absolute path, as the agent that writes it spells it: symbolic links are not followed
 * @throws {TypeError} for a relative path, whose id would change with the working directory
 */
export function traceNameOfFile(sessionFile: string): string {
  if (IS_ABSOLUTE.test(sessionFile)) return sessionFile;
  throw new TypeError(`The path of a session file must be absolute to name a trace, but is "${sessionFile}".`);
}

const IS_ABSOLUTE = /^(?:[/\\]|[A-Za-z]:[/\\])/;

/** Trace id of the session with such a name, as `traceIdOfSession` has it: a version 5 UUID, lower case. */
export async function traceIdOver(name: string): Promise<string> {
  const bytes = new Uint8Array([...NAMESPACE, ...encoder.encode(name)]);
  return traceOfHash(new Uint8Array(await crypto.subtle.digest("SHA-1", bytes)));
}

/** @param hash SHA-1 of {@linkcode NAMESPACE} and a name. Is changed */
export function traceOfHash(hash: Uint8Array): string {
  // Version and variant, as RFC 9562 has them.
  hash[6] = hash[6]! & 0x0f | 0x50;
  hash[8] = hash[8]! & 0x3f | 0x80;
  const hex = Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const encoder = new TextEncoder();

/** What all names begin with. */
export const NAMESPACE: readonly number[] = TRACE_NAMESPACE.replaceAll("-", "").match(/../g)!.map((digits) =>
  parseInt(digits, 16)
);
