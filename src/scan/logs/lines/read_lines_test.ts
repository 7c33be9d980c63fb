import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { zstdCompressSync } from "node:zlib";
import type { ByteSource } from "../../../host/files.ts";
import { loadZstd } from "../../../host/zstd_file.ts";
import { takeAllSteps } from "../take_steps.ts";
import { readLines, type ReadLinesOptions, type ReadLinesResult } from "./read_lines.ts";

interface Reading {
  readonly lines: readonly [string, number][];
  readonly problems: readonly [string, number | undefined][];
  readonly result: ReadLinesResult;
}

type Settings = Partial<Pick<ReadLinesOptions, "from" | "needles" | "everyLine" | "chunkBytes" | "maximumLineBytes">>;

const NEEDLES = ['"usage":', '"type":"session"'];

function collect(read: (options: ReadLinesOptions) => ReadLinesResult, settings: Settings): Reading {
  const lines: [string, number][] = [];
  const problems: [string, number | undefined][] = [];
  const result = read({
    from: 0,
    needles: NEEDLES,
    ...settings,
    onLine: (bytes, offset) => lines.push([new TextDecoder().decode(bytes), offset]),
    onProblem: (message, offset) => problems.push([message, offset]),
  });
  return { lines, problems, result };
}

/** A source that gives at most `most` bytes at a time. */
function sourceOf(text: string, most = Infinity): ByteSource {
  let bytes = new TextEncoder().encode(text);
  return {
    read(buffer) {
      const count = Math.min(buffer.length, bytes.length, most);
      buffer.set(bytes.subarray(0, count));
      bytes = bytes.subarray(count);
      return count;
    },
    close() {},
  };
}

const readText = (text: string, settings: Settings = {}) =>
  collect((options) => readLinesFrom(sourceOf(text), options), settings);

/** Of no file: the bytes are given. */
function readLinesFrom(source: ByteSource, options: ReadLinesOptions): ReadLinesResult {
  return takeAllSteps(readLines({ path: "", compressed: false }, options, () => source));
}

async function withFile(content: string | Uint8Array, body: (path: string) => void): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    body(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readLines() gives the same for every size of chunk", () => {
  // Lines of Pi's format, version 3, with Windows line ends, a torn line, a blank one, and one without an end.
  const log = [
    '{"type":"session","version":3,"id":"01a1fb69-ada0-7589-9cc0-fd086de33c5e","timestamp":"2026-11-21T00:02:49.389Z","cwd":"/srv/dev/pi/proj4"}\n',
    '{"type":"model_change","id":"4431351b","parentId":null,"timestamp":"2026-11-21T00:02:49.484Z","provider":"opper"}\r\n',
    "\n",
    '{"type":"message","message":{"role":"assistant","usage":{"input":3}}}\r\n',
    '{"type":"message","mess\n',
    '{"type":"message","text":"Grüße"}\n',
    '{"usage":1}\n{"usage":',
  ].join("");
  const expected = {
    lines: [
      [log.slice(0, 139), 0],
      ['{"type":"message","message":{"role":"assistant","usage":{"input":3}}}\r', 256],
      ['{"type":"message","mess', 327],
      ['{"usage":1}', 387],
    ],
    problems: [],
    // Two characters of the log take two bytes each.
    result: { endOffset: 399, tail: new TextEncoder().encode('{"usage":'), bytesRead: 408 },
  };
  for (let chunkBytes = 1; chunkBytes <= 300; chunkBytes++) {
    deepStrictEqual(readText(log, { chunkBytes }), expected, `chunks of ${chunkBytes} bytes`);
  }
  const source = sourceOf(log, 7);
  deepStrictEqual(collect((options) => readLinesFrom(source, options), {}), expected, "reads of 7 bytes");
});

Deno.test("readLines() says where whole lines end, and what follows", async (t) => {
  const encode = (text: string) => new TextEncoder().encode(text);
  const rows: [string, ReadLinesResult][] = [
    ["", { endOffset: 100, tail: undefined, bytesRead: 0 }],
    ["\n", { endOffset: 101, tail: undefined, bytesRead: 1 }],
    ["{}\n", { endOffset: 103, tail: undefined, bytesRead: 3 }],
    ["{}\n{", { endOffset: 103, tail: encode("{"), bytesRead: 4 }],
    ["{}", { endOffset: 100, tail: encode("{}"), bytesRead: 2 }],
  ];
  for (const [text, expected] of rows) {
    await t.step(JSON.stringify(text), () => deepStrictEqual(readText(text, { from: 100 }).result, expected));
  }
});

Deno.test("a line beyond the cap is left out, at the same length for every size of chunk", () => {
  const line = (length: number) => `{"usage":${"x".repeat(length - 10)}}`;
  const text = `${line(20)}\n${line(50)}\n${line(51)}\n{}\n${line(400)}\n${line(30)}\n${line(60)}`;
  for (let chunkBytes = 1; chunkBytes <= 300; chunkBytes++) {
    const { lines, problems, result } = readText(text, { chunkBytes, maximumLineBytes: 50 });
    deepStrictEqual(lines, [[line(20), 0], [line(50), 21], [line(30), 528]], `chunks of ${chunkBytes} bytes`);
    // 21 + 51 = 72; 72 + 52 + 3 = 127.
    deepStrictEqual(problems.map(([, offset]) => offset), [72, 127]);
    // The last one has not ended: where it begins is where the next reading goes on. 127 + 401 + 31 = 559.
    deepStrictEqual(result, { endOffset: 559, bytesRead: 619 });
  }
});

Deno.test("the cap's problem names its size", () => {
  const { problems } = readText(`${"x".repeat((1 << 20) + 1)}\n`, { maximumLineBytes: 1 << 20 });
  deepStrictEqual(problems, [["A line longer than 1 MiB is left out.", 0]]);
});

Deno.test("every line can be asked for", () => {
  const { lines } = readText("{}\n\nx\n", { needles: [], everyLine: true, chunkBytes: 2 });
  deepStrictEqual(lines, [["{}", 0], ["", 3], ["x", 4]]);
});

Deno.test("a reader that fails lets the next one in", () => {
  const failing: ByteSource = {
    read() {
      throw new Error("broken disk");
    },
    close() {},
  };
  const message = (() => {
    try {
      return collect((options) => readLinesFrom(failing, options), {}).result;
    } catch (error) {
      return error instanceof Error ? error.message : error;
    }
  })();
  strictEqual(message, "broken disk");
  deepStrictEqual(readText('{"usage":1}\n').lines, [['{"usage":1}', 0]]);
});

Deno.test("readLines()", async (t) => {
  await t.step("goes on at an offset", () =>
    withFile('{"usage":1}\n{"usage":2}\n{"usa', (path) => {
      const { lines, result } = collect((options) => takeAllSteps(readLines({ path, compressed: false }, options)), {
        from: 12,
      });
      deepStrictEqual(lines, [['{"usage":2}', 12]]);
      strictEqual(result.endOffset, 24);
      // A copy: it outlives the next reading.
      readText("x".repeat(100));
      strictEqual(new TextDecoder().decode(result.tail), '{"usa');
    }));
  await t.step("begins behind the end of a file that shrank", () =>
    withFile("{}\n", (path) => {
      const { lines, result } = collect((options) => takeAllSteps(readLines({ path, compressed: false }, options)), {
        from: 50,
      });
      deepStrictEqual([lines, result], [[], { endOffset: 50, tail: undefined, bytesRead: 0 }]);
    }));
  await t.step("reads what a file grows by meanwhile, and ends", () =>
    withFile('{"usage":0}\n', (path) => {
      let written = 0;
      const lines: string[] = [];
      const steps = readLines({ path, compressed: false }, {
        from: 0,
        needles: NEEDLES,
        onLine(bytes) {
          lines.push(new TextDecoder().decode(bytes));
          if (written < 3) Deno.writeTextFileSync(path, `{"usage":${++written}}\n`, { append: true });
        },
        onProblem: () => {},
      });
      takeAllSteps(steps);
      deepStrictEqual(lines, [0, 1, 2, 3].map((n) => `{"usage":${n}}`));
    }));
  await loadZstd();
  await t.step("decompresses", () =>
    withFile(new Uint8Array(zstdCompressSync('{}\n{"usage":1}\n{"usa')), (path) => {
      const { lines, result } = collect((options) => takeAllSteps(readLines({ path, compressed: true }, options)), {
        chunkBytes: 5,
      });
      deepStrictEqual(lines, [['{"usage":1}', 3]]);
      deepStrictEqual([result.endOffset, result.bytesRead], [15, 20]);
    }));
  await t.step("compressed data that breaks off: its beginning counts, and it is said", () => {
    const text = Array.from({ length: 40_000 }, (_, i) => `{"usage":${Math.imul(i, 2654435761) >>> 0}}\n`).join("");
    const compressed = new Uint8Array(zstdCompressSync(text));
    return withFile(compressed.subarray(0, compressed.length - 1000), (path) => {
      const { lines, problems } = collect(
        (options) => takeAllSteps(readLines({ path, compressed: true }, options)),
        {},
      );
      ok(lines.length > 0 && lines.length < 40_000);
      strictEqual(lines[0]![0], '{"usage":0}');
      strictEqual(problems.length, 1);
    });
  });
});

Deno.test("memory follows the longest line, not the file", () => {
  const line = new TextEncoder().encode(`{"text":"${"x".repeat(1 << 20)}"}\n`);
  const total = 200 * line.length;
  let given = 0;
  let memoryBytes = 0;
  const source: ByteSource = {
    read(buffer) {
      memoryBytes = Math.max(memoryBytes, buffer.buffer.byteLength);
      const at = given % line.length;
      const piece = line.subarray(at, Math.min(line.length, at + buffer.length, at + total - given));
      buffer.set(piece);
      given += piece.length;
      return piece.length;
    },
    close() {},
  };
  const { result } = collect((options) => readLinesFrom(source, options), {});
  deepStrictEqual(result, { endOffset: total, tail: undefined, bytesRead: total });
  ok(memoryBytes < 8 << 20, `${memoryBytes} bytes of memory`);
});
