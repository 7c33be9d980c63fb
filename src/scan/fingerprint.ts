/** Notices that a file was replaced although it only seems to have grown. */
import { readPieces } from "../host/files.ts";

const SAMPLE_BYTES = 256;

/** The first and last bytes before `offset` as text: equal as long as nobody rewrote what lies before it. */
export function readFingerprint(path: string, offset: number): string {
  const length = Math.min(SAMPLE_BYTES, offset);
  const [head, tail] = readPieces(path, [0, offset - length], length);
  return `${offset}:${hash(head!)}:${hash(tail!)}`;
}

/** FNV-1a, twice with different seeds: 64 bits without a module to load. Guards against accidents, not attacks. */
function hash(bytes: Uint8Array): string {
  let [a, b] = [0x811c9dc5, 0x9dc5811c];
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x01000193);
  }
  return [a, b].map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
}
