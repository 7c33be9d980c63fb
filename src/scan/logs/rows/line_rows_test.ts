import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { type Fields, name, numeric } from "../../../agents/fields.ts";
import { FIELDS, linesOf, readFast, readSlowly } from "../../../../tests/support/read_rows.ts";
import { LineFinder } from "../lines/line_finder.ts";
import { LineRows } from "./line_rows.ts";
import { RecordRows } from "./record_rows.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const lineOf = (text: string) => encode(`${text}\n`);

Deno.test("a row has what a parser gives", async (t) => {
  const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const deepObject = (depth: number) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
  const lines: readonly [name: string, line: string | Uint8Array][] = [
    ["nothing", "{}"],
    ["all kinds", '{"a":"x","at":"2026-11-21T14:12:38.085Z","b":{"a":5,"b":{"c":"y","a":1.5}},"n":-2,"w":3}'],
    ["null everywhere", '{"a":null,"at":null,"b":null,"n":null,"w":null}'],
    ["null on the way", '{"b":{"b":null,"a":null}}'],
    ["a text on the way", '{"b":"x"}'],
    ["a list on the way", '{"b":[{"a":1}]}'],
    ["a list deeper on the way", '{"b":{"b":[{"a":1}]}}'],
    ["spaces and tabs anywhere", ' \t{ "a" : "x" , "b"\t:\r{ "a" : 1 , "b" : { } }\t, "n" : 0 } \r'],
    ["keys of others' objects", '{"x":{"a":"no","b":{"a":1}},"y":[{"a":"no"}],"a":"yes"}'],
    ["the last of two", '{"a":"x","a":"y","b":{"a":1},"b":{"a":2}}'],
    ["the last of two objects, which has less", '{"b":{"a":1,"b":{"c":"x"}},"b":{}}'],
    ["the last of two, which is none", '{"b":{"a":1,"b":{"c":"x"}},"b":5}'],
    ["the last of two, which is null", '{"b":{"a":1},"b":null}'],
    ["the last of two, deeper", '{"b":{"b":{"c":"x"},"b":{"a":7}}}'],
    ["objects behind others of their name", '{"b":7,"b":{"a":2}}'],
    ["numbers at limits", '{"n":9007199254740993,"w":9007199254740991,"b":{"a":1000000000}}'],
    ["beyond them", '{"n":1e400,"w":9007199254740992,"b":{"a":1000000001}}'],
    ["below them", '{"n":-1e400,"w":-1,"b":{"a":-1}}'],
    ["zeros", '{"n":-0,"w":-0,"b":{"a":-0}}'],
    ["zeros with exponents", '{"n":-0e5,"w":0E+99999,"b":{"a":0.000e-4000}}'],
    ["exponents", '{"n":1E5,"w":1e2,"b":{"a":25e-1,"b":{"a":0.1e1}}}'],
    ["whole numbers with points", '{"w":3.0,"b":{"a":10.00}}'],
    ["the wrong kinds", '{"a":1,"at":true,"b":{"a":"5","b":7},"n":{},"w":[]}'],
    ["texts where numbers are wanted", String.raw`{"n":"say \"é\" \ud83d","w":"${"x".repeat(99)}"}`],
    ["a list of what is wanted", '{"a":[1,{"x":[]}],"b":{"a":[true,null,"x",-1.5e3]}}'],
    ["blank names", '{"a":" \\t","b":{"b":{"c":""}}}'],
    ["blanks around", '{"a":"  x\\n","b":{"b":{"c":"\u00a0y\u2003"}}}'],
    ["escapes", String.raw`{"a":"\"\\\/\b\f\n\r\t\u00e9x","b":{"b":{"c":"\ud83d\ude00"}}}`],
    ["halves of surrogates", String.raw`{"a":"x\ud83dy","b":{"b":{"c":"\ude00"}}}`],
    ["NUL in a text", String.raw`{"a":"x\u0000y"}`],
    ["not ASCII", '{"a":"é€😀","ä":1,"é€😀":{"a":2}}'],
    ["a byte order mark within", '{"a":"\ufeffx\ufeff","b":{"b":{"c":"\ufeff"}}}'],
    ["bytes that are no UTF-8", Uint8Array.of(...encode('{"a":"x'), 0xff, 0xe2, 0x82, ...encode('","n":1}'))],
    ["a key with such bytes", Uint8Array.of(...encode('{"a'), 0xff, ...encode('":"y","n":1}'))],
    ["numbers as times", '{"a":1793456789,"at":1793456789123.7}'],
    ["times that are none", '{"a":"2026-13-21T14:12:38.085Z","at":5}'],
    ["times with other zones", '{"a":"2026-11-21T14:12:38+01:00","at":"2026-11-21T14:12:38.1234567Z"}'],
    ["milliseconds", '{"a":1793456789123,"at":1793456789123}'],
    ["numbers that are no time of a log", '{"a":999999999999,"at":253402300800000}'],
    ["the 31st", '{"a":"2026-08-31T14:12:38.085Z","at":"2026-09-31T14:12:38.085Z"}'],
    ["a leap day", '{"at":"2028-02-29T23:59:59.999Z"}'],
    ["no leap day", '{"at":"2026-02-29T23:59:59.999Z"}'],
    ["a time of long ago", '{"at":"1969-12-31T23:59:59.999Z"}'],
    ["letters in a time", '{"at":"2026-11-21T14:1x:38.085Z"}'],
    ["a time with blanks", '{"at":" 2026-11-21T14:12:38.085"}'],
    ["a key of 32 letters", '{"a_key_of_thirty_two_ASCII_signs_":"x","a_key_of_thirty_two_ASCII_signs":"y"}'],
    ["one more", '{"a_key_of_thirty_two_ASCII_signs__":"x"}'],
    ["a very long key", `{"${"k".repeat(5000)}":1,"a":"x"}`],
    ["an empty key", '{"":1,"b":{"":{"a":1},"a":2}}'],
    ["keys that begin or end alike", '{"aa":1,"":2,"b":{"aa":3,"ba":4}}'],
    ["keys that are no words", '{"b":{"$ref-[0]/~ x":"y"}}'],
    ["names of Object's", '{"__proto__":"x","constructor":{"a":1},"b":{"__proto__":{"a":5}}}'],
    ["an object for a prototype", '{"__proto__":{"a":"x","b":{"a":1}}}'],
    ["nesting beside", `{"x":${deep(100_000)},"y":${deepObject(100_000)},"a":"z"}`],
    ["nesting within", `{"b":{"x":${deepObject(100_000)},"a":5},"a":"z"}`],
    ["nesting of what is parsed", `{"a":${deep(100)}}`],
    ["a long name", `{"a":"${"n".repeat(1000)}"}`],
    ["names that differ late", `{"a":"${"n".repeat(127)}x","b":{"b":{"c":"${"n".repeat(127)}y"}}}`],
  ];
  const slow = new RecordRows<Fields>(FIELDS);
  for (const [title, line] of lines) {
    await t.step(title, () => {
      const bytes = typeof line === "string" ? encode(line) : line;
      const expected = readSlowly(bytes, slow, FIELDS);
      ok(expected !== undefined);
      const neighbour = encode('{"a":"neighbour","n":1,"b":{"a":1}}');
      // What lies around it is neither read nor changed.
      const [, found] = readFast(linesOf(neighbour, bytes, neighbour), FIELDS);
      deepStrictEqual(found, expected);
    });
  }
});

Deno.test("what is parsed may be nested deep", () => {
  const depth = 60_000;
  const [found] = readFast(lineOf(`{"a":${'[{"x":'.repeat(depth / 2)}1${"}]".repeat(depth / 2)}}`), FIELDS);
  let levels = 0;
  for (let value = found?.values["aJson"]; typeof value === "object" && value !== null; levels++) {
    value = Object.values(value)[0];
  }
  strictEqual(levels, depth);
});

Deno.test("what only a parser can read is left to it", async (t) => {
  const rows: readonly [name: string, line: string][] = [
    ["an escaped letter in a key", String.raw`{"\u0061":"x"}`],
    ["the same in an object", String.raw`{"b":{"\u0061":1}}`],
    ["in a long key", String.raw`{"${"k".repeat(40)}\n":1}`],
    ["a byte order mark", '\ufeff{"a":"x"}'],
    ["a number that begins with zero", '{"n":01}'],
    ["with a point", '{"n":.5}'],
    ["that ends with one", '{"n":5.}'],
    ["with a plus", '{"n":+5}'],
    ["a minus alone", '{"n":-}'],
    ["half an exponent", '{"n":1e}'],
    ["half a signed exponent", '{"n":1e+}'],
    ["NaN", '{"n":NaN}'],
    ["a word that goes on", '{"a":trues}'],
    ["a word that does not", '{"a":nul}'],
    ["a number that goes on", '{"n":1x}'],
    ["a tab within a text", '{"a":"x\ty"}'],
    ["NUL within a text", '{"a":"x\0y"}'],
    ["NUL around", '{"a":"x"\0}'],
    ["no escape", String.raw`{"a":"\x"}`],
    ["half an escape", String.raw`{"a":"\u12"}`],
    ["a text that does not end", '{"a":"x}'],
    ["a quote that is escaped", String.raw`{"a":"x\"}`],
    ["a key that does not end", '{"a}'],
    ["no colon", '{"a" "x"}'],
    ["no value", '{"a":}'],
    ["no comma", '{"a":"x" "n":1}'],
    ["two commas", '{"a":"x",,"n":1}'],
    ["a comma at the end", '{"a":"x",}'],
    ["a comma at the end, deeper", '{"b":{"a":1,}}'],
    ["a comma at the front", '{,"a":"x"}'],
    ["a comma alone", "{,}"],
    ["a key that is none", "{a:1}"],
    ["a closing bracket", '{"a":"x"]'],
    ["too many braces", '{"a":"x"}}'],
    ["too few", '{"b":{"a":1}'],
    ["rubbish behind", '{"a":"x"} {"a":"y"}'],
    ["a list that is none", '{"a":[1,]}'],
    ["a list that is none, deeper", '{"b":{"a":[1 2]}}'],
    ["brackets that do not fit", '{"a":[{]}}'],
    ["the same where an object is wanted", '{"b":[{"a":1]}}'],
    ["a list that is none where anything may stand", '{"b":{"b":[1 2]}}'],
    ["an object of a field that is none", '{"a":{"x":1,}}'],
    ["nesting of what is parsed that nobody remembers", `{"a":${"[".repeat(70_000)}${"]".repeat(70_000)}}`],
    ["a list", '[{"a":"x"}]'],
    ["nothing", ""],
  ];
  for (const [title, line] of rows) {
    await t.step(title, () => {
      deepStrictEqual(readFast(encode(`{"c":"\n${line}\n{"a":"\n`), FIELDS)[1], undefined);
    });
  }
});

Deno.test("what is in no field is not looked at beyond where it ends", () => {
  const lines = [
    '{"x":[1 2],"a":"y"}',
    '{"x":{"y" 1},"a":"y"}',
    '{"x":01,"a":"y"}',
    '{"x":"\t","a":"y"}',
    '{"b":{"x":[}},"a":"y"}',
  ];
  for (const line of lines) deepStrictEqual(readFast(lineOf(line), { a: name("a") })[0]?.values, { a: "y" });
});

Deno.test("names are told apart, however many there are, and whoever reads in between", () => {
  const fields = { id: name("id"), other: name("other") };
  const others = { text: name("id"), n: numeric("n") };
  const rows = LineRows.of(fields);
  const found: (string | undefined)[] = [];
  const finder = new LineFinder({
    needles: ["{"],
    everyLine: false,
    rows,
    onRow: () => found.push(rows.row.id, rows.row.other),
    onLine: () => ok(false),
  });
  const expected: string[] = [];
  for (let round = 0; round < 400; round++) {
    const ids = Array.from({ length: 30 }, (_, index) => `${"id".repeat(index)}-number ${round * 30 + index}`);
    const bytes = encode(ids.map((id) => `{"id":"${id}","other":"always"}\n`).join(""));
    expected.push(...ids.flatMap((id) => [id, "always"]));
    finder.space(bytes.length).set(bytes);
    finder.search(bytes.length);
    deepStrictEqual(readFast(lineOf(`{"id":"always","n":${round}}`), others)[0]?.values, { text: "always", n: round });
  }
  finder.close();
  deepStrictEqual(found, expected);
});

Deno.test("names that were forgotten at a line that gives no row", () => {
  const fields = { id: name("id") };
  const ids = Array.from({ length: 9000 }, (_, index) => `number-${index % 3500}`);
  // Two of five lines bring a name and give no row, and those at which all are forgotten are among them.
  const lines = ids.map((id, index) => `{"id":"${id}"${index % 5 > 1 ? "" : ","}}`);
  const found = readFast(encode(lines.map((line) => `${line}\n`).join("")), fields);
  deepStrictEqual(found.map((row) => row?.values["id"]), ids.map((id, index) => index % 5 > 1 ? id : undefined));
});

Deno.test("one line with more names than are remembered", () => {
  const members = Array.from({ length: 5000 }, (_, index) => `"a":"name ${index}"`);
  const line = `{${members.join(",")},"b":{"b":{"c":"last"}}}`;
  const [first, second] = readFast(encode(`${line}\n{"a":"name 4999"}\n`), FIELDS);
  strictEqual(first?.values["a"], "name 4999");
  strictEqual(first.values["bBC"], "last");
  strictEqual(second?.values["a"], "name 4999");
});

Deno.test("fields that cannot be looked for", async (t) => {
  const many = Object.fromEntries(Array.from({ length: 256 }, (_, index) => [`f${index}`, name(`key ${index}`)]));
  const rows: readonly [string, Fields][] = [
    ["an empty key", { a: name("") }],
    ["a quote", { a: name('a"b') }],
    ["a backslash", { a: name("a", "b\\") }],
    ["a newline", { a: name("a\nb") }],
    ["not ASCII", { a: name("é") }],
    ["33 letters", { a: name("x".repeat(33)) }],
    ["256 keys", many],
  ];
  for (const [title, fields] of rows) await t.step(title, () => void throws(() => LineRows.of(fields), RangeError));
  await t.step("255 keys can be, each told from all others", () => {
    const { f0: _, ...most } = many;
    const text = Object.values(most).map(({ path }, index) => `"${path[0]}":"${index}"`).join(",");
    deepStrictEqual(
      readFast(lineOf(`{${text}}`), most)[0]?.values,
      Object.fromEntries(Object.keys(most).map((field, index) => [field, `${index}`])),
    );
  });
});
