/** Broken logs stop no scan, are never counted wrongly, and each shows in doctor with file and line. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { runAgent, runAgentAsNobody, withTemporaryDirectory } from "./support/run_agent.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";

const ID = "01a1fb64-0000-7000-8000-000000000001";
const GOOD = "01a1fb64-0000-7000-8000-0000000000ff";
const turn = (id: string, input = 10) => piTurn({ id, at: `2026-11-20T10:0${id}:00.000Z`, input });

interface Doctor {
  readonly problems: { readonly path: string; readonly line?: number; readonly message: string }[];
}

/** A home with one good log beside the bad one: whatever happens, the good one is counted. */
async function examine(make: (home: string, bad: string) => Promise<void>): Promise<{
  turns: number | undefined;
  input: number | undefined;
  problems: Doctor["problems"];
}> {
  return await withTemporaryDirectory(async (home) => {
    await writeLog(piLogPath(home, GOOD), [piHeader(GOOD), turn("9", 1000)]);
    await make(home, piLogPath(home, ID));
    const list = await runAgent(["sessions", "--json", "--limit", "0"], { home });
    strictEqual(list.code, 0, list.stderr);
    const { sessions } = JSON.parse(list.stdout);
    const byId = new Map<string, { turns: number; usage: { input: number } }>(
      sessions.map((session: { sessionId: string }) => [session.sessionId, session]),
    );
    strictEqual(byId.get(GOOD)?.usage.input, 1000);
    const doctor = await runAgent(["doctor", "--json"], { home });
    strictEqual(doctor.code, 0, doctor.stderr);
    return {
      turns: byId.get(ID)?.turns,
      input: byId.get(ID)?.usage.input,
      problems: (JSON.parse(doctor.stdout) as Doctor).problems,
    };
  });
}

Deno.test("broken lines and files", async (t) => {
  const encode = (text: string) => new TextEncoder().encode(text);
  const line = (value: object) => `${JSON.stringify(value)}\n`;
  const head = line(piHeader(ID));
  const rows: [
    name: string,
    bytes: Uint8Array,
    turns: number,
    input: number,
    line: number | undefined,
    message: RegExp,
  ][] = [
    ["truncated last line", encode(head + line(turn("1")) + line(turn("2")).slice(0, 60)), 1, 10, 3, /incomplete/],
    [
      "broken JSON in the middle",
      encode(`${head}${line(turn("1")).slice(0, 90)}\n${line(turn("2"))}`),
      1,
      10,
      2,
      /Not JSON/,
    ],
    [
      "broken JSON before its usage",
      encode(`${head}{"type":"message","id":"1\n${line(turn("2"))}`),
      1,
      10,
      2,
      /Not JSON/,
    ],
    ["NUL bytes between lines", encode(`${head}${"\0".repeat(64)}\n${line(turn("2"))}`), 1, 10, 2, /Not JSON/],
    [
      "invalid UTF-8 in a text",
      concat(encode(head), withBrokenText(line(turn("1"))), encode(line(turn("2")))),
      2,
      20,
      2,
      /UTF-8/,
    ],
    ["text that is no JSON", encode(`${head}hello\n${line(turn("2"))}`), 1, 10, 2, /Not JSON/],
    ["an array", encode(`${head}[1,2]\n${line(turn("2"))}`), 1, 10, 2, /Not a JSON object/],
    ["negative tokens", encode(`${head}${line(turn("1", -5))}${line(turn("2"))}`), 2, 10, 2, /-5|negative|token/i],
    ["absurd tokens", encode(`${head}${line(turn("1", 1e15))}${line(turn("2"))}`), 2, 10, 2, /token|1000000000000000/i],
    [
      "dates in the future",
      encode(`${head}${line(piTurn({ id: "f", at: "2999-01-01T00:00:00.000Z" }))}`),
      1,
      10,
      2,
      /future/,
    ],
  ];
  for (const [name, bytes, turns, input, lineNumber, message] of rows) {
    await t.step(name, async () => {
      const found = await examine(async (_home, bad) => {
        await Deno.writeFile(bad, bytes);
      });
      strictEqual(found.turns, turns);
      strictEqual(found.input, input);
      strictEqual(found.problems.length, 1, JSON.stringify(found.problems));
      strictEqual(found.problems[0]!.line, lineNumber);
      match(found.problems[0]!.message, message);
      ok(found.problems[0]!.path.endsWith(`_${ID}.jsonl`));
    });
  }
  await t.step("the message of a broken line quotes nothing of it", async () => {
    const found = await examine(async (_home, bad) => {
      await Deno.writeTextFile(bad, `${head}{"type":"message","usage": SECRET-WORDS }\n`);
    });
    ok(!JSON.stringify(found.problems).includes("SECRET"), JSON.stringify(found.problems));
  });
  await t.step("an empty file", async () => {
    const found = await examine(async (_home, bad) => {
      await Deno.writeTextFile(bad, "");
    });
    strictEqual(found.turns, undefined);
    match(found.problems[0]!.message, /empty/);
  });
  await t.step("no session at all", async () => {
    const found = await examine(async (_home, bad) => {
      await Deno.writeTextFile(bad, '{"hello":"world"}\n');
    });
    strictEqual(found.turns, undefined);
    strictEqual(found.problems.length, 1);
  });
});

Deno.test("records that share a line, or lie between NULs, are counted, and what is lost is said", async (t) => {
  const text = (id: string) => JSON.stringify(turn(id));
  const rows: [name: string, line: string, turns: number, problem: RegExp | undefined][] = [
    ["two on a line", text("1") + text("2"), 2, undefined],
    ["with a comma", `${text("1")} , ${text("2")}`, 2, undefined],
    ["a byte order mark", `\ufeff${text("1")}`, 1, undefined],
    ["NULs, then a record", "\0".repeat(4096) + text("1"), 1, /^Part of the line is not JSON/],
    ["one cut off, then a whole one", text("1").slice(0, 140) + text("2"), 1, /^Part of the line is not JSON/],
  ];
  for (const [name, line, turns, problem] of rows) {
    await t.step(name, async () => {
      await withTemporaryDirectory(async (home) => {
        const log = piLogPath(home, ID);
        await writeLog(log, [piHeader(ID), line, turn("3")]);
        const list = await runAgent(["sessions", "--json"], { home });
        strictEqual(JSON.parse(list.stdout).sessions[0].turns, turns + 1);
        for (const quick of [[], ["--quick"]]) {
          const { problems } = JSON.parse((await runAgent(["doctor", "--json", ...quick], { home })).stdout) as Doctor;
          deepStrictEqual(problems.map((each) => [each.path, each.line]), problem === undefined ? [] : [[log, 2]]);
          if (problem !== undefined) match(problems[0]!.message, problem);
        }
      });
    });
  }
});

Deno.test("a log that yielded nothing is named until it yields something", async () => {
  await withTemporaryDirectory(async (home) => {
    const log = piLogPath(home, ID);
    const problemsOf = async (...flags: string[]) =>
      (JSON.parse((await runAgent(["doctor", "--json", ...flags], { home })).stdout) as Doctor).problems
        .map(({ line, message }) => [line, message.replace(/^.*: the/, "the")]);
    const damaged = piTurn({ id: "1", at: "2026-11-20T10:01:00.000Z", input: -5, output: -5 });
    await writeLog(log, [piHeader(ID), damaged]);
    const [[line]] = await problemsOf("--quick") as [[number | undefined, string]];
    strictEqual(line, undefined);
    for (const flags of [["--quick"], []]) {
      deepStrictEqual((await problemsOf(...flags)).filter(([, message]) => message === "the file yielded nothing."), [
        [undefined, "the file yielded nothing."],
      ]);
    }
    await Deno.writeTextFile(log, `${JSON.stringify(turn("2"))}\n`, { append: true });
    for (const flags of [["--quick"], []]) deepStrictEqual((await problemsOf(...flags)).map(([line]) => line), [2]);
  });
});

Deno.test("a line of 5 MB is read like any other", async () => {
  const long = { ...turn("1") as Record<string, unknown>, padding: "x".repeat(5_000_000) };
  const found = await examine(async (_home, bad) => {
    await writeLog(bad, [piHeader(ID), long, turn("2")]);
  });
  strictEqual(found.turns, 2);
  deepStrictEqual(found.problems, []);
});

Deno.test("things that are no files", async (t) => {
  await t.step("a directory named x.jsonl", async () => {
    const found = await examine(async (_home, bad) => {
      await Deno.mkdir(bad);
    });
    strictEqual(found.turns, undefined);
  });
  await t.step("a FIFO, which would block", async () => {
    const found = await examine(async (_home, bad) => {
      strictEqual((await new Deno.Command("mkfifo", { args: [bad] }).output()).code, 0);
    });
    strictEqual(found.turns, undefined);
    match(found.problems[0]!.message, /not a (regular )?file|FIFO|pipe/i);
  });
  await t.step("a symbolic link to itself", async () => {
    const found = await examine(async (_home, bad) => {
      await Deno.symlink(bad, bad);
    });
    strictEqual(found.turns, undefined);
    strictEqual(found.problems.length, 1);
  });
  await t.step("a directory that contains itself", async () => {
    const found = await examine(async (home, bad) => {
      await writeLog(bad, [piHeader(ID), turn("1")]);
      await Deno.symlink(join(home, ".pi/agent/sessions"), join(home, ".pi/agent/sessions/loop"));
    });
    strictEqual(found.turns, 1);
    strictEqual(found.input, 10);
  });
});

Deno.test("a log that cannot be read", { ignore: Deno.build.os === "windows" }, async () => {
  await withTemporaryDirectory(async (home) => {
    await writeLog(piLogPath(home, GOOD), [piHeader(GOOD), turn("9", 1000)]);
    await writeLog(piLogPath(home, ID), [piHeader(ID), turn("1")]);
    await Deno.chmod(piLogPath(home, ID), 0);
    const run = await runAgentAsNobody(["doctor", "--json"], { home });
    strictEqual(run.code, 0, run.stderr);
    const { problems, sessions } = JSON.parse(run.stdout);
    strictEqual(sessions, 1);
    strictEqual(problems[0].path, piLogPath(home, ID));
    match(problems[0].message, /cannot be read|permission/i);
  });
});

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** Puts bytes that are no UTF-8 into the text of a turn. */
function withBrokenText(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const at = text.indexOf("done");
  bytes.set([0xff, 0xfe], at);
  return bytes;
}
