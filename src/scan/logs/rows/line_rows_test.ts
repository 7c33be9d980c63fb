import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { count, exists, type Fields, flag, json, name, number, object, time, whole } from "../../../agents/fields.ts";
import { loadSource, LOGGED_AGENTS } from "../../../agents/agents.ts";
import { isRecord } from "../../../core/json/is_record.ts";
import { seededRandom } from "../../../../tests/support/random.ts";
import { LineFinder } from "../lines/line_finder.ts";
import { LineRows } from "./line_rows.ts";
import { RecordRows } from "./record_rows.ts";

interface Read {
  readonly values: Readonly<Record<string, unknown>>;
  readonly misfits: readonly string[];
}

const NEWLINE = 10;
const encode = (text: string) => new TextEncoder().encode(text);
const decoder = new TextDecoder();

/** All fields of a row, in the order of their declaration. */
function readAll(row: Readonly<Record<string, unknown>>, fields: Fields): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, row[name]]));
}

/** What the rows of lines are, undefined for one that is left to a parser. The bytes come in pieces. */
function readFast(bytes: Uint8Array, fields: Fields, pieceBytes = bytes.length): (Read | undefined)[] {
  const found: (Read | undefined)[] = [];
  const rows = LineRows.of(fields);
  const finder = new LineFinder({
    needles: ["{"],
    everyLine: true,
    rows,
    onRow: () => found.push({ values: readAll(rows.row, fields), misfits: rows.misfits() }),
    onLine: () => found.push(undefined),
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    finder.space(piece.length).set(piece);
    finder.search(piece.length);
  }
  finder.close();
  return found;
}

/** The same by a parser; undefined for what is no object. */
function readSlowly(line: Uint8Array, rows: RecordRows<Fields>, fields: Fields): Read | undefined {
  let record: unknown;
  try {
    record = JSON.parse(decoder.decode(line));
  } catch {
    return undefined;
  }
  if (!isRecord(record)) return undefined;
  const values = readAll(rows.rowOf(record), fields);
  return { values, misfits: rows.misfits() };
}

function linesOf(...lines: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(lines.flatMap((line) => [...line, NEWLINE]));
}

const lineOf = (text: string) => encode(`${text}\n`);
const FIELDS = {
  a: name("a"),
  aTime: time("a"),
  aNumber: number("a"),
  aFlag: flag("a"),
  aJson: json("a"),
  at: time("at"),
  b: exists("b"),
  bObject: object("b"),
  bA: count("b", "a"),
  bAWhole: whole("b", "a"),
  bAJson: json("b", "a"),
  bBC: name("b", "b", "c"),
  bBCount: count("b", "b"),
  bBA: number("b", "b", "a"),
  n: number("n"),
  w: whole("w"),
  long: name("a_key_of_thirty_two_ASCII_signs_"),
  proto: name("__proto__"),
  odd: name("b", "$ref-[0]/~ x"),
} satisfies Fields;

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
  const lines = ['{"x":[1 2],"a":"y"}', '{"x":{"y" 1},"a":"y"}', '{"x":01,"a":"y"}', '{"x":"\t","a":"y"}'];
  for (const line of lines) deepStrictEqual(readFast(lineOf(line), { a: name("a") })[0]?.values, { a: "y" });
});

/** Makes JSON, and what is nearly JSON, of whatever tells one reading from another. */
class HostileText {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  space(): string {
    return this.pick(["", "", "", "", " ", "\t", "\r", " \t "]);
  }

  key(): string {
    return this.pick(["a", "b", "c", "n", "w", "at", "a", "b", "", "aa", "ä", "__proto__", "k".repeat(this.below(40))]);
  }

  text(): string {
    const pieces = [
      "",
      "x",
      "é",
      "😀",
      '\\"',
      "\\\\",
      "\\n",
      "\\u00e9",
      "\\ud83d",
      "\\ude00",
      "{",
      "}",
      '\\u0022,\\"a',
      " ",
    ];
    const times = ["2026-11-21T14:12:38.085Z", "2026-02-31T14:12:38.085Z", "2026-11-21T14:12:38Z", "2026-11-21T14:12Z"];
    return `"${this.below(6) === 0 ? this.pick(times) : this.texts(pieces, 5)}"`;
  }

  texts(pieces: readonly string[], most: number): string {
    return Array.from({ length: this.below(most) }, () => this.pick(pieces)).join("");
  }

  number(): string {
    const digits = (most: number) => this.texts([..."0123456789"], most);
    const whole = this.pick(["0", `${1 + this.below(9)}${digits(3)}`, `${1 + this.below(9)}${digits(25)}`]);
    const fraction = this.pick(["", "", `.${this.below(10)}${digits(20)}`]);
    const exponent = this.pick(["", "", `${this.pick(["e", "E"])}${this.pick(["", "+", "-"])}${this.below(400)}`]);
    return this.pick(["", "-"]) + whole + fraction + exponent;
  }

  value(depth: number): string {
    const kind = this.below(depth > 5 ? 6 : 11);
    if (kind < 2) return this.number();
    if (kind < 4) return this.text();
    if (kind < 6) return this.pick(["true", "false", "null", "1793456789123", "12"]);
    return kind < 7 ? this.list(depth + 1) : this.object(depth + 1);
  }

  list(depth: number): string {
    const values = Array.from({ length: this.below(4) }, () => this.space() + this.value(depth) + this.space());
    return `[${values.length === 0 ? this.space() : values.join(",")}]`;
  }

  object(depth: number): string {
    const members = Array.from({ length: this.below(6) }, () => {
      const key = `${this.space()}"${this.key()}"${this.space()}`;
      return `${key}:${this.space()}${this.value(depth)}${this.space()}`;
    });
    return `{${members.length === 0 ? this.space() : members.join(",")}}`;
  }
}

Deno.test("random objects: a row has what a parser gives", () => {
  const hostile = new HostileText(23);
  const slow = new RecordRows<Fields>(FIELDS);
  let misfits = 0;
  for (let round = 0; round < 300; round++) {
    const lines = Array.from({ length: 20 }, () => encode(hostile.object(0)));
    const bytes = linesOf(...lines);
    const found = readFast(bytes, FIELDS, 1 + hostile.below(round % 2 === 0 ? 60 : bytes.length));
    const expected = lines.map((line) => readSlowly(line, slow, FIELDS));
    deepStrictEqual(found, expected);
    misfits += expected.reduce((sum, each) => sum + each!.misfits.length, 0);
  }
  ok(misfits > 1000, `${misfits}`);
});

/** Every member of these objects is of some field, so that no byte is passed over. */
const WHOLE = { a: json("a"), b: json("b"), bA: count("b", "a"), bB: name("b", "b") } satisfies Fields;

Deno.test("damaged lines: there is a row of what is JSON, and of nothing else", () => {
  const hostile = new HostileText(29);
  const slow = new RecordRows<Fields>(WHOLE);
  const damage = [
    "{",
    "}",
    "[",
    "]",
    '"',
    ",",
    ":",
    "\\",
    "0",
    "1",
    "-",
    ".",
    "e",
    "t",
    "null",
    "\0",
    "\t",
    "\x1f",
    " ",
    "\xff",
  ];
  const counts = { rows: 0, broken: 0 };
  for (let round = 0; round < 20_000; round++) {
    const text = `{"a":${hostile.value(2)},"b":${hostile.pick(["1", hostile.object(3)])}}`;
    const at = hostile.below(text.length);
    const cut = hostile.below(3);
    const line = Uint8Array.from(
      `${text.slice(0, at)}${hostile.pick(damage)}${text.slice(at + cut)}`,
      (character) => character.charCodeAt(0),
    );
    const expected = readSlowly(line, slow, WHOLE);
    const [found] = readFast(linesOf(line), WHOLE);
    // Keys with backslashes, and members of no field.
    if (found === undefined && expected !== undefined) ok(/\\[^"]*"[\s]*:|^[^{]*$/.test(decoder.decode(line)));
    else if (!/^\{"a":.*,"b":/s.test(decoder.decode(line)) && found !== undefined) continue;
    else deepStrictEqual(found, expected, decoder.decode(line));
    if (found === undefined) counts.broken++;
    else counts.rows++;
  }
  ok(counts.rows > 1000 && counts.broken > 1000, JSON.stringify(counts));
});

Deno.test("lines that were cut off anywhere give no row", () => {
  const line = '{"a":"é \\" {\\\\ \\u00e9","b":{"a":-12.5e3,"b":{"c":[1,{"a":"b"}],"a":true}},"n":0}';
  const bytes = encode(line);
  for (let cut = 0; cut < bytes.length; cut++) {
    deepStrictEqual(readFast(linesOf(bytes.subarray(0, cut)), FIELDS), [undefined]);
  }
});

Deno.test("rows are the same in whatever pieces the bytes come", () => {
  const lines = [
    '{"a":"first","n":1.5,"b":{"a":7,"b":{"c":"\\u00e9"}}}',
    "x",
    "",
    '{"\\u0061":"slow"}',
    `{"a":"${"y".repeat(200)}","at":"2026-11-21T14:12:38.085Z","w":12}`,
  ];
  const bytes = encode(lines.map((line) => `${line}\n`).join(""));
  const expected = readFast(bytes, FIELDS);
  deepStrictEqual(expected.map((found) => found !== undefined), [true, false, false, false, true]);
  for (let pieceBytes = 1; pieceBytes <= bytes.length; pieceBytes++) {
    deepStrictEqual(readFast(bytes, FIELDS, pieceBytes), expected);
  }
});

Deno.test("names are told apart, however many there are, and whoever reads in between", () => {
  const fields = { id: name("id"), other: name("other") };
  const others = { text: name("id"), n: number("n") };
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

const FIXTURES = new URL("../../../../tests/fixtures/home/", import.meta.url);

function* logsIn(directory: URL): Generator<URL> {
  for (const entry of Deno.readDirSync(directory)) {
    const url = new URL(
      entry.isDirectory ? `${encodeURIComponent(entry.name)}/` : encodeURIComponent(entry.name),
      directory,
    );
    if (entry.isDirectory) yield* logsIn(url);
    else if (entry.name.endsWith(".jsonl")) yield url;
  }
}

/** What tools write, by every path that there is in their logs and each kind. */
function fieldsOfAll(
  records: readonly unknown[],
  kinds: readonly ((...path: [string, ...string[]]) => Fields[string])[],
) {
  const fields = new Map<string, Fields[string]>();
  const add = (value: unknown, path: readonly string[]) => {
    if (!isRecord(value) || path.length > 4) return;
    for (const [key, inner] of Object.entries(value)) {
      if (!/^[ !#-[\]-~]{1,32}$/.test(key) || fields.size >= 200) continue;
      const place: [string, ...string[]] = [path[0] ?? key, ...[...path, key].slice(1)];
      const kind = kinds[fields.size % kinds.length]!;
      if (!fields.has(place.join("\0"))) fields.set(place.join("\0"), kind(...place));
      add(inner, place);
    }
  };
  records.forEach((record) => add(record, []));
  return Object.fromEntries(fields);
}

Deno.test("all logs of the tests: rows have what a parser gives", async () => {
  const sources = await Promise.all(LOGGED_AGENTS.map(({ id }) => loadSource(id)));
  const declared = sources.flatMap((source) => "fields" in source ? [source.fields as Fields] : []);
  const kinds = [name, time, count, whole, number, flag, exists, object, json];
  let lines = 0;
  for (const url of logsIn(FIXTURES)) {
    const bytes = Deno.readFileSync(url);
    const texts = decoder.decode(bytes).split("\n").slice(0, -1);
    const records = texts.flatMap((text) => {
      try {
        return [JSON.parse(text) as unknown];
      } catch {
        return [];
      }
    });
    // Each path with one kind, and with the ones after it.
    const made = [0, 3, 6].map((turn) => fieldsOfAll(records, [...kinds.slice(turn), ...kinds.slice(0, turn)]));
    for (const fields of [...declared, ...made]) {
      const slow = new RecordRows<Fields>(fields);
      const found = readFast(bytes, fields, 1000 + lines % 5000);
      texts.forEach((text, index) => {
        if (found[index] === undefined) return;
        deepStrictEqual(found[index], readSlowly(encode(text), slow, fields), `${url} ${index}`);
        lines++;
      });
    }
  }
  ok(lines > 1000, `${lines}`);
});
