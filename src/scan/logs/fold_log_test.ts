import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { piHeader, piTurn } from "../../../tests/support/logs.ts";
import { withTemporaryDirectory } from "../../../tests/support/run_agent.ts";
import { walkFiles } from "../../host/walk_files.ts";
import { foldFile } from "../../../tests/support/fold_file.ts";
import type { FileFold, FoldOptions, FoldPosition } from "./fold_log.ts";
import { PARTLY_JSON } from "./lines/parse_line.ts";
import { count, json, name, time } from "../../agents/fields.ts";
import type { NamedSource, Source } from "../../agents/source.ts";
import { loadSource, LOGGED_AGENTS } from "../../agents/agents.ts";
import { mergeTurns } from "./merge_turns.ts";
import { verifyLogs } from "./verify_logs.ts";

const ID = "01a1fb64-0000-7000-8000-000000000001";
const PI = await loadSource("pi");
const CLAUDE = await loadSource("claude");
const encode = (text: string) => new TextEncoder().encode(text);
const lines = (...records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

/** Folds a file of these bytes, after what was folded of it before. */
function foldBytes(
  directory: string,
  source: NamedSource,
  bytes: Uint8Array,
  from?: FoldPosition,
  options?: FoldOptions,
): FileFold {
  Deno.writeFileSync(join(directory, `${ID}.jsonl`), bytes);
  return foldFile(source, walkFiles(directory, () => true).files[0]!, from, options);
}

/** What two folds of a log found together, as the index puts it together. */
function putTogether(first: FileFold, second: FileFold): unknown {
  const turns = new Map(first.turns.map((entry) => [entry.turn.key, entry]));
  for (const entry of second.turns) {
    const known = turns.get(entry.turn.key);
    turns.set(
      entry.turn.key,
      known === undefined ? entry : { seq: known.seq, turn: mergeTurns(known.turn, entry.turn) },
    );
  }
  return plain({ ...second, turns: [...turns.values()], problems: [...first.problems, ...second.problems] });
}

/** As the index keeps it, without rows, how many bytes it took, and of the numbers of the turns only their order. */
function plain({ table: _, ...fold }: FileFold): unknown {
  const turns = fold.turns.toSorted((a, b) => a.seq - b.seq).map(({ turn }) => turn);
  return JSON.parse(JSON.stringify({ ...fold, turns, nextSeq: 0, bytesRead: 0 }));
}

Deno.test("foldLog() stopped at any byte and gone on gives what one pass gives", async (t) => {
  const claudeLine = (message: string, output: number, seconds: number) => ({
    parentUuid: "u",
    type: "assistant",
    message: { id: message, model: "claude-sonnet-4-5", usage: { input_tokens: 9, output_tokens: output } },
    requestId: `req_${message}`,
    uuid: `uuid-${message}-${output}`,
    timestamp: `2026-11-21T12:00:0${seconds}.000Z`,
    sessionId: ID,
  });
  const logs: [name: string, source: NamedSource, text: string][] = [
    [
      "pi",
      PI,
      lines(
        piHeader(ID),
        piTurn({ id: "1", at: "2026-11-20T10:01:00.000Z" }),
        // Holds no needle: that it was written later must not show in either pass.
        { type: "message", id: "2", timestamp: "2026-11-20T10:02:00.000Z", message: { role: "user", content: "ä€😀" } },
      ) + "not JSON\n\n" + lines(piTurn({ id: "3", at: "2026-11-20T10:03:00.000Z" })) +
      JSON.stringify({ type: "message", id: "4", timestamp: "2026-11-20T10:04:00.000Z", message: { role: "user" } }),
    ],
    [
      "claude, a response of several lines",
      CLAUDE,
      lines(claudeLine("m1", 3, 1), { type: "user", timestamp: "2026-11-21T12:00:02.000Z" }, claudeLine("m1", 30, 2)) +
      "\r\n" + JSON.stringify(claudeLine("m2", 4, 3)),
    ],
  ];
  const claudeText = (message: string, output: number) => JSON.stringify(claudeLine(message, output, output));
  const noNeedle = '{"type":"user","timestamp":"2026-11-21T13:00:00.000Z"}';
  logs.push([
    "claude, lines of several records",
    CLAUDE,
    `\ufeff${claudeText("m1", 1)}\n${claudeText("m2", 2)}${noNeedle}${claudeText("m3", 3)}\n` +
    `${claudeText("m4", 4)} , ${claudeText("m5", 5)}\r\n${"\0".repeat(20)}${claudeText("m6", 6)}\n` +
    `${claudeText("m7", 7).slice(0, 99)}${claudeText("m8", 8)}\n${claudeText("m8", 9)}${claudeText("m9", 9)}`,
  ]);
  for (const [name, source, text] of logs) {
    await t.step(name, async () => {
      await withTemporaryDirectory((directory) => {
        const bytes = encode(text);
        const whole = foldBytes(directory, source, bytes);
        ok(whole.turns.length >= 2 && whole.facts !== undefined);
        // Around the ends of lines every byte counts; within them every seventh will do.
        let goneOn = 0;
        const isNearEnd = (cut: number) => bytes.subarray(Math.max(0, cut - 3), cut + 3).includes(10);
        for (let cut = 0; cut <= bytes.length; cut++) {
          if (cut % 7 > 0 && cut < bytes.length - 3 && !isNearEnd(cut)) continue;
          const first = foldBytes(directory, source, bytes.slice(0, cut));
          ok(first.nextOffset <= cut);
          // What counts of a line that has not ended is read again with the rest of the line.
          if (first.fingerprint === "") continue;
          goneOn++;
          const state: unknown = JSON.parse(JSON.stringify(first.state));
          const second = foldBytes(directory, source, bytes, { ...first, state });
          deepStrictEqual(putTogether(first, second), plain(whole), `cut at ${cut}`);
        }
        ok(goneOn > 20);
        return Promise.resolve();
      });
    });
  }
});

Deno.test("foldLog() last line", async (t) => {
  const head = lines(piHeader(ID), piTurn({ id: "1", at: "2026-11-20T10:01:00.000Z" }));
  const turn = JSON.stringify(piTurn({ id: "2", at: "2026-11-20T10:02:00.000Z" }));
  const rows: [name: string, tail: string, turns: number, taken: boolean][] = [
    ["none", "", 1, false],
    ["complete", turn, 2, true],
    ["cut off", turn.slice(0, -1), 1, false],
    ["cut off within a character", turn.replace("done", "ä").slice(0, 40), 1, false],
    ["complete, with a carriage return", `${turn}\r`, 2, true],
    ["a record that no line finder would hand out", '{"type":"message"}', 1, false],
    ["no object", '"usage"', 1, false],
    ["two records", turn + turn.replace('"2"', '"3"'), 3, true],
    ["a byte order mark and a record", `\ufeff${turn}`, 2, true],
    ["a byte order mark, a line's end and a record", `\ufeff\r\n${turn}`, 2, true],
    ["NULs and a record", `\0\0${turn}`, 2, true],
  ];
  for (const [name, tail, turns, taken] of rows) {
    await t.step(name, async () => {
      await withTemporaryDirectory((directory) => {
        const fold = foldBytes(directory, PI, encode(head + tail));
        strictEqual(fold.turns.length, turns);
        strictEqual(fold.nextOffset, head.length + encode(tail).lastIndexOf(10) + 1);
        strictEqual(fold.fingerprint === "", taken);
        const parts = name.startsWith("NULs") ? [PARTLY_JSON] : [];
        deepStrictEqual(fold.problems.map(({ message }) => message), parts);
        return Promise.resolve();
      });
    });
  }
  await t.step("a record and the beginning of one: the first is taken", async () => {
    await withTemporaryDirectory((directory) => {
      const text = head + turn + turn.slice(0, 50);
      const { turns, fingerprint, problems } = foldBytes(directory, PI, encode(text));
      deepStrictEqual([turns.length, fingerprint, problems], [2, "", []]);
      return Promise.resolve();
    });
  });
});

Deno.test("foldLog() problems", async (t) => {
  const header = lines(piHeader(ID));
  await t.step("carry their line, and quote nothing", async () => {
    await withTemporaryDirectory((directory) => {
      const { problems } = foldBytes(directory, PI, encode(`${header}{"usage": SECRET }\n\n{}\nSECRET\n`));
      deepStrictEqual(problems.map(({ line }) => line), [2, 5]);
      for (const { message } of problems) {
        match(message, /^Not JSON: /);
        ok(!message.includes("SECRET"), message);
      }
      return Promise.resolve();
    });
  });
  await t.step("of a line among good ones leave those as they are", async () => {
    const turn = (id: string) => lines(piTurn({ id, at: `2026-11-20T10:0${id}:00.000Z` }));
    // The second begins and ends as an object should: only the parser finds what is wrong with it.
    for (const broken of ['{"usage":\n', '{"usage":nul}\n', '{"usage":[{"a":1]}}\n']) {
      await withTemporaryDirectory((directory) => {
        const { turns, problems } = foldBytes(directory, PI, encode(header + turn("1") + broken + turn("2")));
        deepStrictEqual(turns.map((entry) => entry.turn.key.slice(0, 2)), ["1@", "2@"]);
        deepStrictEqual(problems.map(({ line }) => line), [3]);
        match(problems[0]!.message, /^Not JSON: /);
        return Promise.resolve();
      });
    }
  });
  await t.step("of two lines that would be JSON together", async () => {
    await withTemporaryDirectory((directory) => {
      const { problems } = foldBytes(directory, PI, encode(`${header}{"usage":[1}\n{"usage":2]}\n`));
      deepStrictEqual(problems.map(({ line }) => line), [2, 3]);
      return Promise.resolve();
    });
  });
  await t.step("are counted beyond the first hundred", async () => {
    await withTemporaryDirectory((directory) => {
      const { problems } = foldBytes(directory, PI, encode(header + "broken\n".repeat(130)));
      strictEqual(problems.length, 101);
      deepStrictEqual(problems.slice(0, 100).map(({ line }) => line), Array.from({ length: 100 }, (_, n) => n + 2));
      deepStrictEqual(problems.at(-1), { message: "30 more problems in this file." });
      return Promise.resolve();
    });
  });
  await t.step("of a later fold count lines from the top of the file", async () => {
    await withTemporaryDirectory((directory) => {
      const first = foldBytes(directory, PI, encode(header));
      const second = foldBytes(directory, PI, encode(`${header}\nbroken\n`), first);
      deepStrictEqual(second.problems.map(({ line }) => line), [3]);
      return Promise.resolve();
    });
  });
});

const FIELDS = { id: name("id"), tokens: count("usage", "tokens"), at: time("at"), list: json("list") } as const;

/** Keeps what it is given of each row, whatever that is. */
const ROWS: Source<unknown[], typeof FIELDS> & { readonly title: string } = {
  title: "Rows",
  needles: ['"id"', '"tokens"'],
  fields: FIELDS,
  start: () => [],
  fold(state, { id, tokens, at, list }) {
    if (id === undefined && tokens === undefined) return { state, problem: "A record without an id" };
    state.push([id, tokens, at, list]);
    return { state };
  },
  uncounted: ({ tokens }, isFaulty) => tokens === undefined ? isFaulty ? "count" : undefined : "response",
  text: () => undefined,
  session: (state) => state.length > 0 ? { sessionId: ID } : undefined,
};

Deno.test("foldLog() reads rows out of bytes, and parses what only a parser can read", async () => {
  const log = [
    '{"id":"a","usage":{"tokens":5},"at":"2026-11-21T14:12:38.085Z","list":[1,"é"]}',
    '{"id":"b","usage":{"tokens":"many"},"x":{"id":1}}',
    String.raw`{"\u0069d":"c","usage":{"tokens":6}}`.replace("\\\\", "\\"),
    '\ufeff{"id":"d"}',
    '{"id":"e"}{"id":"no type"}',
    '{"type":"x","id":"f"}{"type":"x","id":"g","usage":{"tokens":-1}}',
    '{"id":" "}',
    '["id"]',
    '{"id":"h","at":01}',
    '{"nothing":1}',
    '{"id":"i","list":[}',
    '{"id":"j","list":{"id":"k"}} \r',
  ].join("\n");
  await withTemporaryDirectory((directory) => {
    for (const end of ["", "\n"]) {
      const fold = foldBytes(directory, ROWS, encode(log + end));
      deepStrictEqual(fold.state, [
        ["a", 5, Date.parse("2026-11-21T14:12:38.085Z"), [1, "é"]],
        ["b", undefined, undefined, undefined],
        ["c", 6, undefined, undefined],
        ["d", undefined, undefined, undefined],
        ["f", undefined, undefined, undefined],
        ["g", undefined, undefined, undefined],
        ["j", undefined, undefined, { id: "k" }],
      ]);
      deepStrictEqual(fold.problems.map(({ line, message }) => `${line}: ${message}`.slice(0, 50)), [
        '2: "usage.tokens" is "many", expected a whole numb',
        "5: Not JSON: Unexpected non-whitespace character a",
        '6: "usage.tokens" is -1, expected a whole number o',
        "7: A record without an id",
        "8: Expected an object, found an array",
        "9: Not JSON: Unexpected number in JSON at position",
        "11: Not JSON: Unexpected token '}'",
        "undefined: It looks like a log of Rows with respon",
      ]);
      deepStrictEqual(fold, foldBytes(directory, ROWS, encode(log + end), undefined, { isParsed: true }));
    }
    return Promise.resolve();
  });
});

Deno.test("foldLog() takes whole records out of lines that are not JSON", async (t) => {
  const turn = (id: string) => JSON.stringify(piTurn({ id, at: `2026-11-20T10:0${id}:00.000Z` }));
  const nuls = "\0".repeat(4096);
  const rows: [name: string, line: string, ids: string, problem: RegExp | undefined][] = [
    ["two records", turn("1") + turn("2"), "12", undefined],
    ["two records and a carriage return", `${turn("1")}, ${turn("2")}\r`, "12", undefined],
    ["NULs before", nuls + turn("1"), "1", /^Part of the line is not JSON/],
    ["NULs behind", turn("1") + nuls, "1", /^Part of the line is not JSON/],
    ["a record cut off within its text", turn("1").slice(0, 150) + turn("2"), "2", /^Part of the line is not JSON/],
    ["a record cut off behind a colon", `{"type":"message","message":${turn("2")}`, "", /^Not JSON: /],
    ["NULs alone", nuls, "", /^Not JSON: /],
    ["two records without a needle", '{"type":"x"}{"type":"y"}', "", undefined],
  ];
  for (const [name, line, ids, problem] of rows) {
    await t.step(name, async () => {
      await withTemporaryDirectory(async (directory) => {
        // With lines around, of which those before and behind are parsed together.
        const text = `${lines(piHeader(ID))}${turn("7")}\n${line}\n${turn("8")}\n${turn("9")}\n`;
        const fold = foldBytes(directory, PI, encode(text));
        strictEqual(fold.turns.map((entry) => entry.turn.key[0]).join(""), `7${ids}89`);
        deepStrictEqual(fold.problems.map((each) => each.line), problem === undefined ? [] : [3]);
        if (problem !== undefined) match(fold.problems[0]!.message, problem);
        const [source, file] = [LOGGED_AGENTS[0]!, walkFiles(directory, () => true).files[0]!];
        const verified = await verifyLogs({ roots: [], files: [{ source, file }], problems: [] }, Date.now() + 1e12);
        deepStrictEqual(
          verified.map((each) => [each.line, each.message]),
          fold.problems.map((each) => [each.line, each.message]),
        );
      });
    });
  }
});
