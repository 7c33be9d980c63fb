import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { LineFinder } from "./line_finder.ts";

interface Found {
  readonly text: string;
  readonly start: number;
  readonly wellFormed: boolean;
}

/** Lines found in Latin-1 text that arrives in pieces; starts are counted from the beginning of the text. */
function find(text: string, needles: readonly string[], pieceBytes = text.length, everyLine = false): Found[] {
  const found: Found[] = [];
  let offset = 0;
  const finder = new LineFinder({
    needles,
    everyLine,
    onLine: (bytes, start, wellFormed) => {
      found.push({ text: latin1(bytes), start: offset + start, wellFormed });
    },
  });
  try {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      finder.space(piece.length).set(piece);
      offset += finder.search(piece.length);
    }
    strictEqual(latin1(finder.copyHeld()), text.slice(text.lastIndexOf("\n") + 1));
  } finally {
    finder.close();
  }
  return found;
}

/** The same by the plainest means. */
function findNaively(text: string, needles: readonly string[], everyLine = false): Found[] {
  let start = 0;
  return text.split("\n").slice(0, -1).flatMap((line) => {
    const found = { text: line, start, wellFormed: /^[ \t\r]*(\{(.*\})?[ \t\r]*)?$/s.test(line) };
    // A lone brace is no object.
    if (line.trim() === "{") found.wellFormed = false;
    start += line.length + 1;
    return everyLine || !found.wellFormed || needles.some((needle) => line.includes(needle)) ? [found] : [];
  });
}

const latin1 = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const textsOf = (found: readonly Found[]) => found.map(({ text }) => text);

/** Numbers from 0 to below `limit`, the same in every run. */
function makeRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}

const USAGE = ['"usage":', '"type":"session"'];

Deno.test("a line is found by what it holds", async (t) => {
  const rows: [string, string, readonly string[]][] = [
    ["needle in the middle", '{"a":1,"usage":{}}\n', ['{"a":1,"usage":{}}']],
    ["no needle", '{"a":1,"usages":{}}\n', []],
    ["needle at the start of a line", '"usage": 1\n', ['"usage": 1']],
    ["needle at the end of a line", 'x"usage":\n', ['x"usage":']],
    ["needle split across two lines", '{"us}\n{age":}\n{"usage"}\n{:}\n', []],
    ["needle that begins in the line before", '{"type":"ses}\n{sion"}\n', []],
    ["needle after the last newline", '{}\n{"usage":', []],
    ["two needles in one line: found once", '{"type":"session","usage":"usage":}\n', [
      '{"type":"session","usage":"usage":}',
    ]],
    ["neighbouring lines", '{"usage":1}\n{}\n{"usage":2}\n{"usage":3}\n', [
      '{"usage":1}',
      '{"usage":2}',
      '{"usage":3}',
    ]],
    ["carriage returns stay in the line", '{"usage":1}\r\n{}\r\n', ['{"usage":1}\r']],
    ["NUL and bytes that are no UTF-8", '{\0\xff\xfe"usage":\0\x80}\n{\0\xff}\n', ['{\0\xff\xfe"usage":\0\x80}']],
    ["nothing", "", []],
  ];
  for (const [name, text, expected] of rows) {
    await t.step(name, () => deepStrictEqual(textsOf(find(text, USAGE)), expected));
  }
});

Deno.test("a line that does not look like an object is found", async (t) => {
  const rows: [string, boolean][] = [
    ["{}", true],
    [' \t{"a":1} \t\r', true],
    ["", true],
    ["\r", true],
    [" \t \r", true],
    ["{", false],
    ["}", false],
    ['{"a":1', false],
    ['"a":1}', false],
    ["[]", false],
    ["text", false],
    ["\0\0\0\0", false],
    ["{}\0", false],
    ["\xef\xbb\xbf{}", false],
    ["\x0b{}", false],
  ];
  for (const [line, wellFormed] of rows) {
    await t.step(JSON.stringify(line), () => {
      deepStrictEqual(find(`{}\n${line}\n{}\n`, USAGE), wellFormed ? [] : [{ text: line, start: 3, wellFormed }]);
      deepStrictEqual(find(`${line}\n`, [], 1, true), [{ text: line, start: 0, wellFormed }]);
    });
  }
});

Deno.test("needles of every length are found wherever they stand", () => {
  const random = makeRandom(1);
  for (let length = 1; length <= 64; length++) {
    // A needle of few letters overlaps itself and makes many false candidates.
    const needle = Array.from({ length }, () => "ab"[random(2)]).join("");
    for (let at = 0; at <= 70; at++) {
      const text = `{${"-".repeat(at)}${needle}}\n{${needle.slice(1)}}\n`;
      for (const pieceBytes of [text.length, 1 + random(80)]) {
        deepStrictEqual(find(text, [needle], pieceBytes), findNaively(text, [needle]));
      }
    }
  }
});

Deno.test("is the same as a plain search, whatever the text, the needles and the pieces", () => {
  const random = makeRandom(2);
  const parts = [
    "{",
    "}",
    "\n",
    "\r\n",
    '"',
    "a",
    "ab",
    "usage",
    '"usage":',
    '"type":"session"',
    " ",
    "\0",
    "\xff",
    "{}\n",
  ];
  const pool = [
    ...USAGE,
    "a",
    "ab",
    "ba",
    "aab",
    '"',
    "}{",
    "usage",
    'e":"s',
    "\r",
    "{a",
    "{b",
    "bb",
    "aa",
    "abab",
    "s",
    "u",
    "}",
  ];
  let hits = 0;
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: random(120) }, () => parts[random(parts.length)]).join("");
    const needles = Array.from({ length: random(17) }, () => pool[random(pool.length)]!);
    const found = find(text, needles, 1 + random(200), round % 5 === 0);
    deepStrictEqual(found, findNaively(text, needles, round % 5 === 0));
    hits += found.length;
  }
  strictEqual(hits > 10_000, true, `only ${hits} lines were found`);
});

Deno.test("more lines than fit into the list at once", () => {
  // The list has room for 4096.
  for (const count of [4095, 4096, 4097, 8192, 20_000]) {
    const text = Array.from({ length: count }, (_, i) => i % 2 === 0 ? `{"usage":${i}}\n` : "x\n").join("");
    deepStrictEqual(find(text, USAGE), findNaively(text, USAGE));
  }
});

Deno.test("a line that outgrows the memory", () => {
  const text = `{}\n{"usage":${"x".repeat(3 << 20)}}\n{"usage":1}\n{${"y".repeat(2 << 20)}"usage":`;
  deepStrictEqual(find(text, USAGE, 100_000), findNaively(text, USAGE));
});

Deno.test("bytes of an earlier, longer search are not seen again", () => {
  find('{"usage":1}\n{"usage":2}\n', USAGE);
  deepStrictEqual(find('{"usa', USAGE), []);
  // What is left in memory goes on with `ge":1}` and a newline.
  deepStrictEqual(find('{"usa', USAGE, 1), []);
});

Deno.test("drop() forgets the unfinished line, and that it held a needle", () => {
  const found: string[] = [];
  const finder = new LineFinder({ needles: USAGE, everyLine: false, onLine: (bytes) => found.push(latin1(bytes)) });
  const give = (text: string) => {
    finder.space(text.length).set(new TextEncoder().encode(text));
    return finder.search(text.length);
  };
  try {
    give('{"usage":');
    strictEqual(finder.held, 9);
    finder.drop();
    strictEqual(finder.held, 0);
    give("{}\n");
    deepStrictEqual(found, []);
  } finally {
    finder.close();
  }
});

Deno.test("refuses needles that it cannot find, and a second finder", async (t) => {
  const open = (needles: readonly string[]) => new LineFinder({ needles, everyLine: false, onLine: () => {} });
  const rows: [string, readonly string[]][] = [
    ["empty", [""]],
    ["65 characters", ["x".repeat(65)]],
    ["not ASCII", ["é"]],
    ["a newline", ["a\nb"]],
    ["17 needles", Array.from({ length: 17 }, (_, i) => `n${i}`)],
  ];
  for (const [name, needles] of rows) {
    await t.step(name, () => {
      throws(() => open(needles), RangeError);
      open([]).close();
    });
  }
  await t.step("a search while a line is handed out", () => {
    const finder = new LineFinder({
      needles: [],
      everyLine: true,
      onLine: () => throws(() => open([]), /while a line is handed out/),
    });
    finder.space(2).set([97, 10]);
    finder.search(2);
    finder.close();
  });
});

Deno.test("finders that take turns find what each would find alone", () => {
  const random = makeRandom(7);
  const texts = [USAGE, ['"compaction"']].map((needles) => {
    const lines = Array.from({ length: 300 }, () => {
      const word = needles[random(needles.length * 2)] ?? '"text":';
      return `{${"x".repeat(random(90))}${word}${"y".repeat(random(90))}}\n`;
    });
    return { needles, text: lines.join("") };
  });
  const found: string[][] = [[], []];
  const finders = texts.map(({ needles }, index) =>
    new LineFinder({ needles, everyLine: false, onLine: (bytes) => found[index]!.push(latin1(bytes)) })
  );
  const read = [0, 0];
  while (read.some((at, index) => at < texts[index]!.text.length)) {
    const index = random(2);
    const piece = texts[index]!.text.slice(read[index], read[index]! + random(200));
    read[index]! += piece.length;
    finders[index]!.space(piece.length).set(Uint8Array.from(piece, (character) => character.charCodeAt(0)));
    finders[index]!.search(piece.length);
  }
  finders.forEach((finder) => finder.close());
  deepStrictEqual(found, texts.map(({ text, needles }) => textsOf(findNaively(text, needles))));
});
