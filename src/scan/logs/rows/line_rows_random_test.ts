/** Rows of lines that nobody thought of, and of those that tools wrote. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { count, exists, type Fields, flag, json, name, numeric, object, time, whole } from "../../../agents/fields.ts";
import { loadSource, LOGGED_AGENTS } from "../../../agents/agents.ts";
import { isRecord } from "../../../core/json/is_record.ts";
import { HostileJson } from "../../../../tests/support/hostile_json.ts";
import { seededRandom } from "../../../../tests/support/random.ts";
import { FIELDS, linesOf, readFast, readSlowly } from "../../../../tests/support/read_rows.ts";
import { RecordRows } from "./record_rows.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decoder = new TextDecoder();

Deno.test("random objects: a row has what a parser gives", () => {
  const hostile = new HostileJson(23);
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

Deno.test("numbers are what a parser gives, to the last bit", () => {
  const random = seededRandom(31);
  const below = (end: number) => Math.floor(random() * end);
  const digits = (count: number) => Array.from({ length: count }, () => below(10)).join("");
  const texts = ["9007199254740993", "0.9007199254740993e-3", "1844674407370955161.5", "9999999999999999999", "5e-324"];
  for (let round = 0; round < 20_000; round++) {
    const whole = below(3) === 0 ? `${1 + below(9)}${digits(below(19))}` : "0";
    const fraction = below(5) === 0 ? "" : `.${"0".repeat(below(6))}${digits(1 + below(20))}`;
    const exponent = below(6) === 0 ? `e${below(50) - 25}` : "";
    texts.push(`${below(2) === 0 ? "-" : ""}${whole}${fraction}${exponent}`, String(random() / 10 ** below(9)));
    // Halfway between two doubles, and beside that.
    texts.push(`${2 ** 53 + 2 * below(2 ** 40)}`.replace(/.$/, (last) => `${last}.${below(2) === 0 ? "5" : "50000"}`));
  }
  const fields = { n: numeric("n") };
  const rows = readFast(encode(texts.map((text) => `{"n":${text}}\n`).join("")), fields);
  texts.forEach((text, index) => strictEqual(rows[index]?.values["n"], Number(text), text));
});

/** Every member of these objects is of some field, so that no byte is passed over. */
const WHOLE = { a: json("a"), b: json("b"), bA: count("b", "a"), bB: name("b", "b") } satisfies Fields;

Deno.test("damaged lines: there is a row of what is JSON, and of nothing else", () => {
  const hostile = new HostileJson(29);
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

Deno.test("what is passed over ends where it does, wherever its quotes, backslashes and brackets lie", () => {
  const fields = { a: name("a") };
  const lines: Uint8Array[] = [];
  for (let before = 0; before <= 140; before++) {
    for (let backslashes = 0; backslashes <= 5; backslashes++) {
      const text = `"${"y".repeat(before)}${"\\\\".repeat(backslashes)}${backslashes % 2 === 0 ? '\\"]}' : ""}"`;
      lines.push(encode(`{"x":${text},"a":"yes"}`), encode(`{"x":[{"a":"no","y":${text}},[[]]],"a":"yes"}`));
    }
  }
  lines.forEach((line) => JSON.parse(new TextDecoder().decode(line)));
  const yes = { values: { a: "yes" }, misfits: [] };
  deepStrictEqual(readFast(linesOf(...lines), fields), lines.map(() => yes));
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
  const kinds = [name, time, count, whole, numeric, flag, exists, object, json];
  let lines = 0;
  let parsed = 0;
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
        const expected = readSlowly(encode(text), slow, fields);
        if (found[index] === undefined && expected !== undefined) parsed++;
        else deepStrictEqual(found[index], expected, `${url} ${index}`);
        lines++;
      });
    }
  }
  // Those with a backslash in a key.
  ok(lines > 1000 && parsed < lines / 100, `${lines}, ${parsed} of them parsed`);
});
