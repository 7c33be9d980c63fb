import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { seededRandom } from "../../../../tests/support/random.ts";
import { salvageRecords } from "./salvage_records.ts";
import { cpuMsOf } from "../../../../tests/support/cpu_time.ts";

const encode = (text: string) => new TextEncoder().encode(text);
/** What is found, each record by its `n`, and whether something is left over. */
const found = (line: string | Uint8Array, isGrowing = false): [names: string, isPartial: boolean] => {
  const bytes = typeof line === "string" ? encode(line) : line;
  const { records, isPartial } = salvageRecords(bytes, isGrowing);
  return [records.map(({ record }) => (record as { n?: unknown }).n ?? "?").join(""), isPartial];
};
const record = (n: string, more: object = {}) => JSON.stringify({ type: "message", n, ...more });
const A = record("A", { message: { type: "message", n: "inner", content: [{ type: "text", text: 'say "{" \\' }] } });
const B = record("B", { usage: { input: 1, list: [1, -2.5e3, true, null, []] } });
const NULS = "\0".repeat(512);

Deno.test("salvageRecords()", async (t) => {
  const rows: [name: string, line: string, names: string, isPartial: boolean][] = [
    ["two records", A + B, "AB", false],
    ["with a space", `${A} \t${B}\r`, "AB", false],
    ["with a comma", `${A},${B}`, "AB", false],
    ["with a comma and spaces, as elements of a list", `${A} , ${B},`, "AB", false],
    ["seven records", [..."1234567"].map((n) => record(n)).join(""), "1234567", false],
    ["other spaces", `${JSON.stringify(JSON.parse(A), null, "\t").replaceAll("\n", " ")}${B}`, "AB", false],
    ["NULs before", NULS + A, "A", true],
    ["NULs behind", A + NULS, "A", true],
    ["NULs between", A + NULS + B, "AB", true],
    ["NULs with spaces and a carriage return", ` ${NULS} ${A}\r`, "A", true],
    ["a byte order mark", `\ufeff${A}`, "A", false],
    ["a byte order mark between", `${A}\ufeff${B}`, "AB", false],
    ["half a mark", `${A}\uf0ff${B}`, "AB", true],
    ["text before", `WARN: ${A}`, "A", true],
    ["text behind", `${A} and so on`, "A", true],
    ["text around, with braces", `at f() {} ${A}{`, "A", true],
    ["an end of a record before", `xt","usage":{"input":1}}${B}`, "B", true],
    [
      "an end of a record before, with something that looks like one",
      `t":[{"type":"text","n":"x"}],"a":{}}${B}`,
      "B",
      true,
    ],
    ["no JSON between", `${A}{"type":nul}${B}`, "AB", true],
    ["no type between", `${A}{"a":1}${B}`, "AB", true],
    ["a type that is no text", `${A}{"type":{}}`, "A", true],
    ["an array before", `[1,{"a":[]}]${B}`, "B", true],
    ["one record, cut off", A.slice(0, -1), "", true],
    ["the same behind a whole one", B + A.slice(0, -1), "B", true],
    ["a record that looks whole inside of one that is not", `{"type":"x","message":${B}`, "", true],
    ["the same, one deeper", `{"type":"x","data":{"message":${B}}`, "", true],
    ["the same in a list", `{"type":"x","content":[${A},${B}`, "", true],
    ["a record that is a member, behind a lost colon", `{"type":"x","message"${B},"uuid":"u"}`, "", true],
    ["behind a lost quote", `{"type":"x","content":[{"type":"text","text":"abc},${B}]}`, "", true],
    ["records in a string", `{"type":"x","text":${JSON.stringify(A + B)}`, "", true],
    ["in a broken object", `{"type":"x" 1,"message":${B},"a":2}`, "", true],
    ["blank", " \r", "", false],
    ["nothing", "", "", false],
    ["NULs alone", NULS, "", true],
  ];
  for (const [name, line, names, isPartial] of rows) {
    await t.step(name, () => deepStrictEqual(found(line), [names, isPartial]));
  }
});

Deno.test("salvageRecords() behind a record that was cut off", async (t) => {
  const first =
    `{"type":"message","n":"X","id":-12.5,"ok":true,"list":[1,{"a":"b"}],"message":{"text":"é \\" {\\\\"},"z":[]}`;
  const bytes = encode(first);
  let taken = 0;
  for (let cut = 1; cut < bytes.length; cut++) {
    const line = new Uint8Array([...bytes.subarray(0, cut), ...encode(B)]);
    // Where an object may stand, what follows may as well be nested.
    const mayBeNested = /[:[]$|\[1,$/.test(new TextDecoder().decode(bytes.subarray(0, cut)));
    const [names, isPartial] = found(line);
    ok(isPartial);
    if (names === "B") taken++;
    else ok(mayBeNested && names === "", `cut at ${cut}: ${names}`);
  }
  ok(taken > bytes.length - 15, `${taken} of ${bytes.length}`);

  const rows: [name: string, line: string, names: string][] = [
    ["the next one spaced", `{"type":"x","text":"abc{ "type": "message", "n": "B" }`, "B"],
    ["two behind it", `{"type":"x","text":"abc${A}${B}`, "AB"],
    ["two that were cut off", `{"type":"x","te{"type":"y","a":1${B}`, "B"],
    ["one whole between two", `{"type":"x","text":"a${A}{"type":"y`, "A"],
    ["NULs within its text", `{"type":"x","text":"abc${NULS}${B}`, "B"],
    ["NULs behind a number", `{"type":"x","a":12${NULS}${B}`, "B"],
    ["a newer one, cut off inside", `{"type":"x","text":"abc{"type":"y","message":${B}`, ""],
    ["the next one is not at the end", `{"type":"x","text":"abc${B}]}`, ""],
    ["and has no type", `{"type":"x","text":"abc{"n":"B"}`, ""],
  ];
  for (const [name, line, names] of rows) {
    await t.step(name, () => deepStrictEqual(found(line), [names, true]));
  }
});

Deno.test("salvageRecords() of a growing line takes what no more bytes can change", async (t) => {
  const rows: [name: string, line: string, names: string, end: number, isPartial: boolean][] = [
    ["two records", A + B, "AB", A.length + B.length, false],
    ["a record and the beginning of one", A + B.slice(0, -1), "A", A.length, false],
    ["a record and NULs", A + NULS, "A", A.length, false],
    ["NULs and a record", NULS + A, "A", NULS.length + A.length, true],
    ["a beginning", A.slice(0, -1), "", 0, false],
    ["a beginning and a record, which may be nested", `{"type":"x","a":1${B}`, "", 0, false],
    ["text and a record", `x${B}`, "", 0, false],
  ];
  for (const [name, line, names, end, isPartial] of rows) {
    await t.step(name, () => {
      deepStrictEqual(found(line, true), [names, isPartial]);
      strictEqual(salvageRecords(encode(line), true).end, end);
    });
  }
});

Deno.test("salvageRecords() says where the records lie in bytes, whatever they are", () => {
  const broken = encode(A.replace("say", "€?"));
  broken[broken.indexOf(0x3f)] = 0xff;
  const line = new Uint8Array([0xef, 0xbb, 0xbf, ...broken, ...encode(B)]);
  deepStrictEqual(
    salvageRecords(line).records.map(({ start, end }) => [start, end]),
    [[3, 3 + broken.length], [3 + broken.length, line.length]],
  );
});

Deno.test("salvageRecords() of random pieces: nothing but whole records, each once, in order", () => {
  const random = seededRandom(5);
  let taken = 0;
  for (let round = 0; round < 3000; round++) {
    let [line, whole] = ["", ""];
    for (let piece = Math.floor(random() * 5); piece >= 0; piece--) {
      const n = String.fromCharCode(97 + Math.floor(random() * 26));
      const text = record(n, { message: { type: "message", n: "#", text: '}{"\\' }, list: [{ type: "text", n: "#" }] });
      const isWhole = random() < 0.6;
      line += isWhole ? text : text.slice(0, 1 + Math.floor(random() * (text.length - 1)));
      if (isWhole) whole += n;
      line += ["", "", " ", ",", "\0", "junk"][Math.floor(random() * 6)];
    }
    const [names] = found(line);
    ok(!names.includes("#"), line);
    let at = 0;
    for (const name of names) at = whole.indexOf(name, at) + 1 || NaN;
    ok(!Number.isNaN(at), `${line}: ${names}`);
    taken += names.length;
  }
  ok(taken > 3000, `${taken}`);
});

Deno.test("salvageRecords() takes time in proportion to the line", async (t) => {
  const size = 1 << 20;
  const fill = (piece: string) => encode(piece.repeat(Math.ceil(size / piece.length)));
  const pieces = [
    "{",
    "}",
    "{}",
    '{"',
    '{"a":',
    '{"a":{"b":',
    "[{",
    '{"type":"x"',
    '{"type":"x"}',
    '{"type":"x"}x',
    "\\",
    '"\\',
    '\\"',
    '{"\\\\\\"',
    `{${" ".repeat(100)}"`,
    "\0",
    ",",
    `{"type":"x","text":"abc`,
    `x{"type":"x","a":[`,
  ];
  for (const piece of pieces) {
    await t.step(JSON.stringify(piece), () => {
      const line = fill(piece);
      const ms = cpuMsOf(() => {
        salvageRecords(line);
        salvageRecords(line, true);
      });
      // Some 20 ms, where a square would take hours.
      ok(ms < 2000, `${ms} ms`);
    });
  }
});
