import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { SessionStamps } from "./session_stamps.ts";

Deno.test("stamps of sessions survive JSON, ten bytes each", () => {
  const names = [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 48 - 1];
  const stamps = [2 ** 32 - 1, 0, 1, 2 ** 31, 7];
  const text: string = JSON.parse(
    JSON.stringify(new SessionStamps(Float64Array.from(names), Uint32Array.from(stamps))),
  );
  strictEqual(Uint8Array.fromBase64(text).length, 50);
  const read = SessionStamps.parse(text);
  deepStrictEqual(names.map((name) => read.of(name)), stamps);
  deepStrictEqual([2, 2 ** 33, 2 ** 47].map((name) => read.of(name)), [undefined, undefined, undefined]);
  strictEqual(JSON.stringify(read), JSON.stringify(text));
  throws(() => SessionStamps.parse("{"), SyntaxError);
});
