import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { checkByteOrder, filesIn, isSameKey, joinEntries, listOf } from "./key_list.ts";

/** As the drawing has it: 40 bits of identity above 24 of the log. */
const entry = (identity: bigint, log: bigint) => (identity << 24n) | log;

Deno.test("an entry's words are where the drawing shows them", () => {
  checkByteOrder();
  const { words } = listOf(undefined, BigUint64Array.of(entry(0x12_3456_78_9an, 7n)));
  deepStrictEqual([...words], [0x9a00_0007, 0x1234_5678]);
});

Deno.test("filesIn() finds every log of an identity, by its 40 bits alone", () => {
  const [low, wanted, high] = [0x12_3456_78_99n, 0x12_3456_78_9an, 0x12_3456_78_9bn];
  const entries = joinEntries(
    BigUint64Array.of(entry(low, 1n), entry(wanted, 2n), entry(wanted, 0xff_ffffn)),
    BigUint64Array.of(entry(wanted, 3n), entry(high, 4n)),
  );
  const list = listOf(undefined, entries);
  deepStrictEqual(filesIn(list, 0x1234_5678, 0x9a00_0000), [2, 3, 0xff_ffff]);
  // What stands in the bits of the log does not matter.
  deepStrictEqual(filesIn(list, 0x1234_5678, 0x9aff_ffff), [2, 3, 0xff_ffff]);
  deepStrictEqual(filesIn(list, 0x1234_5678, 0x9c00_0000), []);
  strictEqual(isSameKey(list.words, 2, 4), true);
  strictEqual(isSameKey(list.words, 0, 2), false);
});
