import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { oddValues } from "../../../../tests/support/odd_values.ts";
import { seededRandom } from "../../../../tests/support/random.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";
import { packAsJson } from "./pack_json.ts";
import { packValues, ValueReader } from "./pack_value.ts";

const AT = Date.parse("2026-11-20T12:00:00Z");

/** Both ways. */
const PACKERS = { packValues, packAsJson: (values: readonly unknown[]) => packAsJson(values)! };

Deno.test("texts of texts, lists in lists and objects of nothing do not grow beyond what is there", () => {
  // Each text is the one before twice, with a slash: 2^200 characters.
  const doubling = [
    7,
    1,
    0,
    1,
    97,
    ...Array.from({ length: 200 }, (_, place) => [5, 4, 8 + 2 * place, 8 + 2 * place]).flat(),
  ];
  throws(() => readAll(Uint8Array.from([6, 201, 1, 5, 0, 1, 97, ...doubling.slice(5)])), DamagedBytesError);
  for (const kind of [6, 7]) throws(() => readAll(new Uint8Array(1e6).fill(kind)), DamagedBytesError);
  throws(() => readAll(Uint8Array.from([6, 255, 255, 255, 255, 255, 255, 255, 15])), DamagedBytesError);
  throws(() => readAll(new Uint8Array(1e6).fill(255, 1).fill(5, 0, 1)), DamagedBytesError);
});

function readAll(bytes: Uint8Array): unknown {
  return new ValueReader(bytes).next();
}

Deno.test("values that are too deep to be taken apart are kept all the same", async (t) => {
  for (const [name, pack] of Object.entries(PACKERS)) {
    await t.step(name, () => {
      let deep: unknown = { end: "main", quoted: '}"\\]' };
      for (let depth = 0; depth < 500; depth++) deep = depth % 2 === 0 ? [deep] : { deep };
      deepStrictEqual(readAll(pack([deep])), deep);
    });
  }
});

Deno.test("members that are undefined are left out, and stay behind nothing that was packed before", () => {
  packValues([{ before: "another list of bytes", at: AT }]);
  const values = new ValueReader(packValues([{ a: undefined, b: 1 }, { b: 2 }, undefined]));
  deepStrictEqual([values.next(), values.next(), values.next()], [{ b: 1 }, { b: 2 }, null]);
});

Deno.test("packAsJson() packs what JSON says, and nothing else", () => {
  const random = seededRandom(17);
  const odd = oddValues(random);
  let packed = 0;
  for (let round = 0; round < 5000; round++) {
    const values = JSON.parse(JSON.stringify([odd.value(5), odd.value(2)])) as readonly unknown[];
    const bytes = packAsJson(values);
    // Null may have been a number that is none, and half of a character has no bytes.
    const text = JSON.stringify(values);
    if (/null|\\ud/.test(text)) continue;
    ok(bytes !== undefined, text);
    const reader = new ValueReader(bytes);
    deepStrictEqual(values.map(() => reader.next()), values);
    packed++;
  }
  ok(packed > 1000, `${packed} packed`);
});

Deno.test("packAsJson() leaves what it cannot say to packValues()", async (t) => {
  for (const value of [undefined, null, NaN, -Infinity, "\ud800", { "\udc00": 1 }, "x".repeat(1 << 16)]) {
    await t.step(
      String(JSON.stringify(value)).slice(0, 20),
      () => strictEqual(packAsJson([{ value }, value]), undefined),
    );
  }
});

Deno.test("packAsJson() gives the bytes that packValues() gives of what sources say", async (t) => {
  const model = { provider: "anthropic", model: "claude-opus-4-6" };
  const id = "263655cd-d823-4094-9f86-68e2b2aafd68";
  const cases: Readonly<Record<string, readonly unknown[]>> = {
    "objects of one shape": [[model, { ...model, model: "x" }, {}, {}], model],
    "whole numbers, and others": [0, 1, 223, 224, -1, -0.5, 0.1, 123456.789, 2 ** 40, 99_999_999_999, -(2 ** 49)],
    times: [AT, AT + 5, AT - 1, { at: AT }],
    "texts of an alphabet": ["abcdefghijkl", "abcdefghijklm", "abcdefghijklmn", "-_09azAZ-_09", "short", ""],
    ids: [id, id, id.toUpperCase(), `${id.slice(0, -1)}g`, id.replaceAll("-", "_"), `msg_${id}:${id}`],
    "times as text": [
      ...[
        "2026-08-31T16:14:07.386Z",
        "1969-12-31T23:59:59.999Z",
        "2000-02-29T00:00:00.000Z",
        "0000-01-01T00:00:00.000Z",
      ],
      ...[
        "1900-02-28T24:00:00.000Z",
        "1900-02-29T00:00:00.000Z",
        "2026-13-01T00:00:00.000Z",
        "2026-08-31T16:14:07,386Z",
      ],
    ],
    "pieces of texts": [
      "/home/dev/work/api",
      "/home/dev/work/docs",
      "a".repeat(8) + "_" + "b".repeat(8),
      "a/".repeat(30),
    ],
    "texts with escapes": ['a "quoted" text', "a\\b\n\t\r\b\f\u0001", { 'na"me': "\u007f" }],
    "known texts": ["main", "anthropic", "lastActivityAt", "main"],
    "true and false": [true, false, [true], [], [[]]],
  };
  for (const [name, values] of Object.entries(cases)) {
    await t.step(name, () => deepStrictEqual(packAsJson(values), packValues(values)));
  }
});

Deno.test("packAsJson() has room for all that a text of its length can say", async (t) => {
  const many = <T>(value: (place: number) => T): readonly T[] => {
    const values: T[] = [];
    for (let length = 2; length < (1 << 16) - 80;) {
      length += JSON.stringify(values[values.push(value(values.length)) - 1]).length + 1;
    }
    return values;
  };
  const cases: Readonly<Record<string, readonly unknown[]>> = {
    "short numbers": many((place) => place % 10),
    "numbers with exponents": many((place) => (1 + place % 9) * 1e21),
    "numbers that are doubles": many((place) => place % 9 + 0.5),
    "short texts": many((place) => place.toString(36)),
    "pieces of texts": many((place) => `/home/${place}/12345678/1234567${place % 7}/0123456${place % 9}`),
    "objects of other members": many((place) => ({ [place.toString(36)]: 0 })),
    "characters of three bytes": [...many((place) => "日本語".repeat(place % 5))].slice(0, 8000),
  };
  for (const [name, values] of Object.entries(cases)) {
    await t.step(name, () => {
      const bytes = packAsJson([values]);
      ok(bytes !== undefined);
      deepStrictEqual(readAll(bytes), values);
    });
  }
});
