import { strictEqual, throws } from "node:assert/strict";
import { seededRandom } from "../../../../tests/support/random.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";
import { decodeEntries, encodeEntries } from "./entry_codec.ts";

Deno.test("a list of identities is decoded to its end, wherever it is cut on the way", () => {
  const random = seededRandom(13);
  const step = () => BigInt(Math.floor(random() * 2 ** (random() < 0.0002 ? 34 : 25)));
  for (const count of [1, 6_000, 8_000, 50_000]) {
    let identity = 0n;
    const entries = BigUint64Array.from({ length: count }, (_, place) => (identity += step()) << 24n | BigInt(place));
    const bytes = encodeEntries(entries).slice();
    strictEqual(decodeEntries(bytes).toString(), entries.toString());
    throws(() => decodeEntries(bytes.subarray(0, bytes.length - 1)), DamagedBytesError);
    const longer = new Uint8Array(bytes.length + 1).fill(255);
    longer.set(bytes);
    throws(() => decodeEntries(longer), DamagedBytesError);
  }
});
