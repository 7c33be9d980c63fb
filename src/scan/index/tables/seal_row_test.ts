import { DatabaseSync } from "node:sqlite";
import { notStrictEqual, strictEqual } from "node:assert/strict";
import type { SqlValue } from "../../../host/sqlite.ts";
import { seededRandom } from "../../../../tests/support/random.ts";
import { sealRow } from "./seal_row.ts";

Deno.test("sealRow() tells rows apart that differ in a bit, a type or a place", () => {
  const row: SqlValue[] = ["a text of some length, with an é", 12.5, null, "", new Uint8Array([1, 2, 3])];
  const seal = sealRow(row);
  strictEqual(sealRow([...row]), seal);
  strictEqual(Number.isInteger(seal) && seal >= 0 && seal < 2 ** 32, true);
  const others = [
    row.with(0, "a text of some length, with an e"),
    row.with(1, 9.5),
    row.with(1, "12.5"),
    row.with(2, 0),
    row.with(2, ""),
    row.with(3, null),
    row.with(4, new Uint8Array([1, 2, 4])),
    row.with(4, "\x01\x02\x03"),
    [row[3]!, ...row.slice(1, 3), row[0]!, row[4]!],
    row.slice(0, 4),
  ];
  for (const other of others) notStrictEqual(sealRow(other), seal, String(other));
});

Deno.test("sealRow(): every bit of a long text and of bytes counts", () => {
  const random = seededRandom(2);
  const bytes = Uint8Array.from({ length: 101 }, () => 1 + Math.floor(random() * 127));
  const text = String.fromCharCode(...bytes);
  const [sealOfBytes, sealOfText] = [sealRow([bytes]), sealRow([text])];
  for (let bit = 0; bit < 7 * bytes.length; bit++) {
    const place = Math.floor(bit / 7);
    const changed = bytes.with(place, bytes[place]! ^ (1 << bit % 7));
    notStrictEqual(sealRow([changed]), sealOfBytes);
    notStrictEqual(sealRow([String.fromCharCode(...changed)]), sealOfText);
  }
});

Deno.test("sealRow(): a text is what SQLite hands out of it", () => {
  const database = new DatabaseSync(":memory:");
  for (const text of ["", "a\0b", "\0", "half \ud800 of a pair", "\u00e9\u{1f600}"]) {
    const read = Object.values(database.prepare("SELECT ? AS text").get(text)!);
    strictEqual(sealRow(read), sealRow([text]), JSON.stringify(text));
  }
  database.close();
});
