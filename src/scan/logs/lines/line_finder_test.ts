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

/** What is left of lines when only members with these keys are kept, one by one or as they are handed out together. */
function keep(text: string, keptKeys: readonly string[], together = false): string[] {
  const bytes = new TextEncoder().encode(text);
  const lines: string[] = [];
  const decoder = new TextDecoder();
  const finder = new LineFinder({
    needles: [],
    everyLine: true,
    keptKeys,
    onLine: (line) => lines.push(decoder.decode(line)),
    ...(together && {
      onLines: (array, starts) => {
        for (const start of starts) strictEqual(start === 0 || bytes[start - 1] === 10, true);
        return lines.push(`${starts.length}: ${decoder.decode(array)}`) > 0;
      },
    }),
  });
  try {
    finder.space(bytes.length).set(bytes);
    finder.search(bytes.length);
  } finally {
    finder.close();
  }
  return lines;
}

Deno.test("kept keys", async (t) => {
  const long = "x".repeat(32);
  const deep = (depth: number, inner: string) => '{"a":'.repeat(depth) + inner + "}".repeat(depth);
  const same = (line: string): [string, string] => [line, line];
  const rows: readonly (readonly [name: string, line: string, expected: string])[] = [
    ["all members", ...same('{"a":1,"usage":{"a":"x"}}')],
    ["no members", ...same("{}")],
    ["an empty object among others", ...same('{"a":{},"usage":{}}')],
    ["the first one left out", '{"b":1,"a":2}', '{"a":2}'],
    ["one in the middle", '{"a":1,"b":2,"a":3}', '{"a":1,"a":3}'],
    ["the last one", '{"a":1,"b":2}', '{"a":1}'],
    ["several at the front", '{"b":1,"c":[],"d":{},"a":2}', '{"a":2}'],
    ["several at the end", '{"a":2,"b":1,"c":[],"d":{}}', '{"a":2}'],
    ["several apart", '{"b":0,"a":1,"c":2,"d":3,"a":4,"e":5}', '{"a":1,"a":4}'],
    ["all of them", '{"b":1,"c":2}', "{}"],
    ["at any depth", '{"b":1,"a":{"c":2,"usage":{"d":3,"a":4,"e":5}}}', '{"a":{"usage":{"a":4}}}'],
    ["a kept one within one that is not", '{"b":{"a":1},"a":2}', '{"a":2}'],
    ["arrays stay whole", ...same('{"a":[{"b":1},[2],"]"],"usage":[]}')],
    ["every kind of value", '{"b":true,"c":false,"d":null,"e":-1.5E+3,"f":"g","a":0}', '{"a":0}'],
    ["every kind of value, kept", ...same('{"a":true,"a":false,"a":null,"a":-1.5E+3,"a":"g"}')],
    ["escaped quotes and backslashes", String.raw`{"b":"\"a\":1\\","a":"\\\""}`, String.raw`{"a":"\\\""}`],
    ["braces within strings", '{"b":"}{","a":"{}"}', '{"a":"{}"}'],
    ["the key as a value", '{"b":"a","a":"b"}', '{"a":"b"}'],
    ["keys that begin or end alike", '{"aa":1,"usag":2,"usages":3,"_usage":4,"usage":5}', '{"usage":5}'],
    ["the empty key", '{"":1,"a":2}', '{"a":2}'],
    ["keys of 16, 17 and 32 bytes", ...same(`{"abcdefghijklmnop":1,"abcdefghijklmnopq":2,"${long}":3}`)],
    ["others of 16, 17 and 32 bytes", `{"abcdefghijklmnoq":1,"abcdefghijklmnopr":2,"${long.slice(1)}y":3}`, "{}"],
    ["a key too long to tell", ...same(`{"${"y".repeat(33)}":1}`)],
    ["an escaped letter in a key", ...same(String.raw`{"\u0061":1}`)],
    ["an escaped letter late in a key", ...same(String.raw`{"abcdefghijklmno\u0070":1}`)],
    ["an escaped quote in a key", ...same(String.raw`{"b\"":1}`)],
    ["a backslash behind a key", '{"b":"\\\\","a":"\\\\"}', '{"a":"\\\\"}'],
    ["a key that is not ASCII", '{"ä":1,"a":"ä€😀"}', '{"a":"ä€😀"}'],
    ["white space", ' \t{ "b" : 1 , "a" :\t2 , "c" : [ ] } \r', '{ "a" :\t2  }'],
    ["white space, all left out", '{ "b" : 1 }', "{  }"],
    ["white space within nothing", ...same('{ "a" : { } }')],
    ["nesting of 60", ...same(deep(60, '{"a":1}'))],
    ["beyond it all is kept", deep(60, '{"b":2,"a":{"b":1}}'), deep(60, '{"a":{"b":1}}')],
    // What is not plainly an object is handed out as it is, for the parser to say what is wrong.
    ["a string that does not end", ...same('{"b":1,"a":"x}')],
    ["a key that does not end", ...same('{"b":1,"a}')],
    ["an array that does not end", ...same('{"b":[1,"a":2}')],
    ["an object that does not end", ...same('{"b":1,"a":{"a":2}')],
    ["too many braces", ...same('{"b":1,"a":2}}')],
    ["text behind it", ...same('{"b":1} {"a":2}')],
    ["no colon", ...same('{"b" 1,"a":2}')],
    ["no value", ...same('{"b":,"a":2}')],
    ["no key", ...same('{1:2,"a":2}')],
    ["a comma too many", ...same('{"b":1,,"a":2}')],
    ["a comma at the end", ...same('{"a":1,}')],
    ["a comma at the end, nothing kept", ...same('{"b":1,}')],
    ["a comma at the front", ...same('{,"a":1}')],
    ["no comma", ...same('{"b":1 "a":2}')],
    ["a word that is no value", ...same('{"b":SECRET,"a":2}')],
    ["a number that goes on", ...same('{"b":1;2,"a":2}')],
    ["a wrong bracket", ...same('{"b":1,"a":2]')],
    ["an array", ...same('[{"b":1}]')],
    ["nothing", ...same("")],
    ["a byte order mark", ...same('\ufeff{"b":1}')],
  ];
  const keys = ["a", "usage", "abcdefghijklmnop", "abcdefghijklmnopq", long];
  for (const [name, line, expected] of rows) {
    await t.step(name, () => {
      deepStrictEqual(keep(`${line}\n`, keys), [expected.replace(/^\ufeff/, "")]);
      // Another line behind it is neither read nor written over.
      deepStrictEqual(keep(`{"c":"\n${line}\n{"a":"\n`, keys)[1], expected.replace(/^\ufeff/, ""));
    });
  }
  await t.step("no keys at all", () => deepStrictEqual(keep('{"a":1}\n', []), ["{}"]));
  await t.step("64 keys, each told from all others", () => {
    const many = Array.from({ length: 64 }, (_, index) => `k${index}`.padEnd(1 + index % 32, "_"));
    many.forEach((key) => {
      const line = JSON.stringify(Object.fromEntries([...many, "k64"].map((name) => [name, name])));
      deepStrictEqual(keep(`${line}\n`, [key]), [JSON.stringify({ [key]: key })]);
    });
    const all = JSON.stringify(Object.fromEntries(many.map((name) => [name, name])));
    deepStrictEqual(keep(`{"b":1,${all.slice(1)}\n`, many), [all]);
  });
  await t.step("keys that are no words", () => {
    const line = '{"event.name":{"a b":1,"event_name":2},"event":3,"$ref-[0]/~":4}';
    deepStrictEqual(keep(`${line}\n`, ["event.name", "a b", "$ref-[0]/~"]), [
      '{"event.name":{"a b":1},"$ref-[0]/~":4}',
    ]);
  });
  await t.step("keys that cannot be kept", () => {
    const rows = [
      [""],
      ['a"b'],
      ["a\\b"],
      ["a\nb"],
      ["é"],
      ["x".repeat(33)],
      Array.from({ length: 65 }, (_, index) => `k${index}`),
    ];
    for (const keptKeys of rows) {
      throws(() => new LineFinder({ needles: [], everyLine: false, keptKeys, onLine: () => {} }), RangeError);
    }
  });
  await t.step("handed out together, but for those that are not plainly objects", () => {
    const text = '{"b":1,"a":1}\n{"a":2}\n[3]\n{"c":4}\n\n{"a":"5}\n{"a":6}\n';
    deepStrictEqual(keep(text, keys, true), ['2: [{"a":1},{"a":2}]', "[3]", "1: [{}]", "", '{"a":"5}', '1: [{"a":6}]']);
  });
  await t.step("one by one when that is asked for", () => {
    const found: [string, number][] = [];
    const finder = new LineFinder({
      needles: [],
      everyLine: true,
      keptKeys: ["a"],
      onLines: () => false,
      onLine: (bytes, start) => found.push([latin1(bytes), start]),
    });
    const text = '{"b":1}\n{"a":x}\n{"b":1,"a":2}\n';
    finder.space(text.length).set(new TextEncoder().encode(text));
    finder.search(text.length);
    finder.close();
    deepStrictEqual(found, [["{}", 0], ['{"a":x}', 8], ['{"a":2}', 16]]);
  });
});

Deno.test("kept keys of random objects: each is what a parser would leave of it, together as well", () => {
  const random = makeRandom(13);
  const keys = ["a", "b", "usage", "usages", "cache_creation_input_tokens", "cache_creation_input_token", 'b"', "c\\"];
  const kept = ["a", "usage", "cache_creation_input_tokens"];
  const strings = ["", "x", 'a"b', "\\", "{[", "]}", ',"a":', "é", "y".repeat(40), '\\"'];
  const makeValue = (depth: number): unknown => {
    const kind = random(depth > 4 ? 3 : 6);
    if (kind === 0) return strings[random(strings.length)];
    if (kind === 1) return random(1000) / 8 - 50;
    if (kind === 2) return [true, false, null][random(3)];
    if (kind === 3) return Array.from({ length: random(4) }, () => makeValue(depth + 1));
    return Object.fromEntries(
      Array.from({ length: random(6) }, () => [keys[random(keys.length)]!, makeValue(depth + 1)]),
    );
  };
  // Keys with a backslash are kept: only a parser could tell which they are.
  const leave = (value: unknown): unknown =>
    typeof value !== "object" || value === null || Array.isArray(value) ? value : Object.fromEntries(
      Object.entries(value).filter(([key]) => kept.includes(key) || /["\\]/.test(key))
        .map(([key, inner]) => [key, leave(inner)]),
    );
  for (let round = 0; round < 300; round++) {
    const values = Array.from(
      { length: 1 + random(6) },
      () => ({ a: makeValue(0), b: makeValue(0), usage: makeValue(1) }),
    );
    const space = [undefined, " ", "\t"][random(3)];
    const text = values.map((value) => `${JSON.stringify(value, undefined, space).replaceAll("\n", "\r")}\n`).join("");
    const expected = values.map(leave);
    const [together, ...rest] = keep(text, kept, true).map((line) => line.replace(/^\d+: /, ""));
    // Objects with nothing but white space in them are handed out whole.
    if (rest.length === 0 && together?.startsWith("[")) deepStrictEqual(JSON.parse(together), expected);
    else strictEqual(space !== undefined, true);
    if (space === undefined) deepStrictEqual(keep(text, kept), expected.map((value) => JSON.stringify(value)));
  }
});

Deno.test("damaged lines with kept keys: what is handed out together is JSON when each line of it is", () => {
  const random = makeRandom(17);
  const pieces = ["{", "}", "[", "]", '"', '"a":', '"b":', ",", "1", "null", "x", " ", "\\"];
  const members = [
    '"a":{"b":1,"a":2}',
    '"b":[}',
    '"a":[{]]',
    '"a":[1 2]',
    '"a":nul',
    '"a":1-',
    '"a":"\t"',
    '"a":[],"b":{}',
  ];
  const parse = (text: string): { value?: unknown } => {
    try {
      return { value: JSON.parse(text) };
    } catch {
      return {};
    }
  };
  const counts = { together: 0, broken: 0 };
  let neighbours = ["{}", "{}"];
  for (let round = 0; round < 20_000; round++) {
    const parts = round % 2 === 0 ? pieces : members;
    const line = `{${
      Array.from({ length: random(9) }, () => parts[random(parts.length)]).join(parts === members ? "," : "")
    }}`;
    const [found] = keep(`${line}\n`, ["a"], true);
    if (!found?.startsWith("1: ")) {
      strictEqual(found, line);
      continue;
    }
    const alone = found.slice("1: [".length, -1);
    // No line can take another one in, whatever is wrong with either.
    const all = [...neighbours, alone];
    const values = all.map(parse);
    const expected = values.every((each) => "value" in each) ? { value: values.map(({ value }) => value) } : {};
    deepStrictEqual(parse(`[${all.join(",")}]`), expected);
    neighbours = all.slice(1);
    counts.together++;
    if (!("value" in parse(alone))) counts.broken++;
  }
  strictEqual(counts.together > 1000 && counts.broken > 100, true, JSON.stringify(counts));
});
