/** The index only ever saves time: whatever happens to it or to the logs, the answer is that of a fresh scan. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { makeManyLogs } from "../bench/many_logs.ts";
import { indexName, indexPath } from "../src/scan/index/tables/index_file.ts";
import { openIndex } from "../src/scan/index/open_index.ts";
import { runAgent, runAgentAsNobody, withTemporaryDirectory } from "./support/run_agent.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import { makeMachine } from "../src/host/environment.ts";

const ID = "01a1fb64-0000-7000-8000-000000000001";
const OTHER = "01a1fb64-0000-7000-8000-000000000002";
const NOW = { now: Date.parse("2026-11-20T12:00:00Z"), isPast: false };

interface Scanned {
  readonly turns: number;
  readonly input: number;
  readonly ids: string[];
  readonly problems: string[];
  readonly warnings: string[];
  readonly bytesRead: number;
}

/** Later than anything was written: what is written right before a scan is looked at again by the next. */
const LONG_AFTER = () => Number.MAX_SAFE_INTEGER;

async function scan(home: string, options: { useIndex?: boolean; now?: () => number } = {}): Promise<Scanned> {
  const warnings: string[] = [];
  let bytesRead = 0;
  const result = await openIndex({
    machine: makeMachine({ home }),
    stateDirectory: join(home, ".opper/agent"),
    useIndex: options.useIndex,
    now: options.now ?? LONG_AFTER,
    onWarning: (message) => warnings.push(message),
    onProgress: (_done, total) => bytesRead = total,
  });
  try {
    const sessions = await result.sessions(NOW);
    return {
      turns: sessions.reduce((sum, { turns }) => sum + turns, 0),
      input: sessions.reduce((sum, { usage }) => sum + usage.input, 0),
      ids: sessions.map(({ sessionId }) => sessionId).sort(),
      problems: (await result.readProblems()).map(({ message }) => message),
      warnings,
      bytesRead,
    };
  } finally {
    result.close();
  }
}

const turn = (id: string, input = 10) => piTurn({ id, at: `2026-11-20T10:0${id}:00.000Z`, input });

Deno.test("an unchanged log is not read again", async () => {
  await withTemporaryDirectory(async (home) => {
    await writeLog(piLogPath(home, ID), [piHeader(ID), turn("1")]);
    const first = await scan(home);
    ok(first.bytesRead > 0);
    deepStrictEqual(await scan(home), { ...first, bytesRead: 0 });
  });
});

Deno.test("a grown log is read from where it was left, and its last line counts once complete", async () => {
  await withTemporaryDirectory(async (home) => {
    const path = piLogPath(home, ID);
    await writeLog(path, [piHeader(ID), turn("1")]);
    await scan(home);
    const line = JSON.stringify(turn("2"));
    await Deno.writeTextFile(path, line.slice(0, 40), { append: true });
    strictEqual((await scan(home)).turns, 1);
    await Deno.writeTextFile(path, line.slice(40), { append: true });
    strictEqual((await scan(home)).turns, 2);
    await Deno.writeTextFile(path, `\n${JSON.stringify(turn("3"))}\n`, { append: true });
    strictEqual((await scan(home)).turns, 3);
    deepStrictEqual((await scan(home)).problems, []);
  });
});

Deno.test("a log that shrank, or was replaced by a longer one, is read anew", async (t) => {
  await withTemporaryDirectory(async (home) => {
    const path = piLogPath(home, ID);
    await writeLog(path, [piHeader(ID), turn("1", 10), turn("2", 10)]);
    strictEqual((await scan(home)).input, 20);
    await t.step("shrunk", async () => {
      await writeLog(path, [piHeader(ID), turn("1", 10)]);
      strictEqual((await scan(home)).input, 10);
    });
    await t.step("rewritten in place and longer", async () => {
      await writeLog(path, [piHeader(ID), turn("5", 1), turn("6", 2), turn("7", 3), turn("8", 4)]);
      strictEqual((await scan(home)).input, 10);
      strictEqual((await scan(home)).turns, 4);
    });
    await t.step("replaced by another file of the same length and time", async () => {
      const { mtime, atime } = await Deno.stat(path);
      await writeLog(`${path}.new`, [piHeader(ID), turn("5", 9), turn("6", 2), turn("7", 3), turn("8", 4)]);
      await Deno.rename(`${path}.new`, path);
      await Deno.utime(path, atime!, mtime!);
      strictEqual((await scan(home)).input, 18);
    });
  });
});

Deno.test("a log that changed behind its times, or before its end, is read anew", async (t) => {
  const lines = [piHeader(ID), ...["1", "2", "3", "4", "5", "6"].map((id) => turn(id, 10))];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const place = text.indexOf('"input":10', text.length / 2) + '"input":'.length;
  const overwrite = async (path: string) => {
    using file = await Deno.open(path, { write: true });
    await file.seek(place, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode("9"));
  };
  await t.step("written again within the grain of its times, with the same size and time", async () => {
    await withTemporaryDirectory(async (home) => {
      const path = piLogPath(home, ID);
      await writeLog(path, lines);
      const { mtime, atime } = await Deno.stat(path);
      const rightAfter = () => mtime!.getTime() + 50;
      strictEqual((await scan(home, { now: rightAfter })).input, 60);
      await overwrite(path);
      await Deno.utime(path, atime!, mtime!);
      strictEqual((await scan(home)).input, 140);
      strictEqual((await scan(home)).bytesRead, 0);
    });
  });
  await t.step("looked at again only once", async () => {
    await withTemporaryDirectory(async (home) => {
      const path = piLogPath(home, ID);
      await writeLog(path, lines);
      const { mtime } = await Deno.stat(path);
      const rightAfter = () => mtime!.getTime() + 50;
      const first = await scan(home, { now: rightAfter });
      // It is compared with what was read; what cannot be is read anew.
      deepStrictEqual(await scan(home), { ...first, bytesRead: 0 });
      deepStrictEqual(await scan(home), { ...first, bytesRead: 0 });
      await Deno.writeTextFile(path, text.slice(0, -1));
      const { mtime: changedAt } = await Deno.stat(path);
      const second = await scan(home, { now: () => changedAt!.getTime() + 50 });
      deepStrictEqual(await scan(home), second);
      deepStrictEqual(await scan(home), { ...second, bytesRead: 0 });
    });
  });
  await t.step("a clock that went back by a week does not keep all logs from being known", async () => {
    await withTemporaryDirectory(async (home) => {
      const path = piLogPath(home, ID);
      await writeLog(path, lines);
      const { mtime } = await Deno.stat(path);
      const weekBefore = () => mtime!.getTime() - 7 * 24 * 3_600_000;
      const first = await scan(home, { now: weekBefore });
      deepStrictEqual(await scan(home, { now: weekBefore }), { ...first, bytesRead: 0 });
    });
  });
  await t.step("overwritten in its middle, and longer", async () => {
    await withTemporaryDirectory(async (home) => {
      const path = piLogPath(home, ID);
      await writeLog(path, lines);
      await scan(home);
      await overwrite(path);
      await Deno.writeTextFile(path, `${JSON.stringify(turn("7", 10))}\n`, { append: true });
      strictEqual((await scan(home)).input, 150);
    });
  });
  await t.step("a record behind one without its newline, and what is no record", async () => {
    const cut = text.slice(0, -1);
    const behind: [more: string, turns: number, problems: number][] = [
      [`${JSON.stringify(turn("7"))}\n`, 7, 0],
      [`\n${JSON.stringify(turn("7"))}\n`, 7, 0],
      // No tool's record: it has no type.
      [`${JSON.stringify({ ...turn("7"), type: undefined })}\n${JSON.stringify(turn("8"))}\n`, 7, 1],
      [`,"more":1}\n${JSON.stringify(turn("8"))}\n`, 7, 1],
      ["\0\0\0\n", 6, 1],
    ];
    for (const [more, turns, problems] of behind) {
      await withTemporaryDirectory(async (home) => {
        const path = piLogPath(home, ID);
        await writeLog(path, []);
        await Deno.writeTextFile(path, cut);
        strictEqual((await scan(home)).turns, 6);
        await Deno.writeTextFile(path, more, { append: true });
        const { bytesRead: _, ...indexed } = await scan(home);
        const { bytesRead: __, ...fresh } = await scan(home, { useIndex: false });
        deepStrictEqual(indexed, fresh, more);
        deepStrictEqual([indexed.turns, indexed.problems.length], [turns, problems], more);
      });
    }
  });
});

Deno.test("a vanished log drops out, and what it owned goes to whoever has a copy", async () => {
  await withTemporaryDirectory(async (home) => {
    const parent = piLogPath(home, ID);
    await writeLog(parent, [piHeader(ID), turn("1"), turn("2")]);
    // A fork: a later header, the parent's entries verbatim, and one of its own.
    await writeLog(piLogPath(home, OTHER), [
      { ...piHeader(OTHER), timestamp: "2026-11-20T10:05:00.000Z", parentSession: parent },
      turn("1"),
      turn("2"),
      turn("7"),
    ]);
    const both = await scan(home);
    strictEqual(both.turns, 3);
    await Deno.remove(parent);
    const fork = await scan(home);
    deepStrictEqual(fork.ids, [OTHER]);
    strictEqual(fork.turns, 3);
    await writeLog(parent, [piHeader(ID), turn("1"), turn("2")]);
    strictEqual((await scan(home)).turns, 3);
  });
});

Deno.test("what logs show of another session is weighed again as it was the first time", async () => {
  await withTemporaryDirectory(async (home) => {
    const log = (name: string) => join(home, `.claude/projects/-p/${name}.jsonl`);
    const line = (uuid: string, request: string, message: string, minute: number) => ({
      type: "assistant",
      uuid,
      parentUuid: null,
      isSidechain: false,
      sessionId: OTHER,
      cwd: "/p",
      timestamp: `2026-11-20T10:0${minute}:00.000Z`,
      requestId: request,
      message: {
        id: message,
        type: "message",
        role: "assistant",
        model: "claude-opus-4-6",
        content: [],
        usage: {
          input_tokens: 13,
          cache_read_input_tokens: 10_000,
          cache_creation_input_tokens: 500,
          output_tokens: 100,
        },
      },
    });
    // One record under two names of its request, and one of them twice: whichever counts, the others are no logs of it.
    const first = line("u1", "req_1", "msg_1", 1);
    await writeLog(log("a"), [first]);
    await writeLog(log("b"), [first]);
    await writeLog(log("c"), [line("u2", "req_2", "msg_1", 1)]);
    strictEqual((await scan(home)).turns, 1);
    for (const [name, minute] of [["a", 3], ["b", 4], ["c", 5]] as const) {
      const grown = line(`u${minute}`, `req_${minute}`, `msg_${minute}`, minute);
      await Deno.writeTextFile(log(name), `${JSON.stringify(grown)}\n`, { append: true });
      const { turns, input } = await scan(home, { useIndex: false });
      const indexed = await scan(home);
      deepStrictEqual([indexed.turns, indexed.input, turns], [turns, input, minute - 1]);
    }
  });
});

Deno.test("the index may be deleted at any time", async () => {
  await withTemporaryDirectory(async (home) => {
    await writeLog(piLogPath(home, ID), [piHeader(ID), turn("1")]);
    const first = await scan(home);
    await Deno.remove(join(home, ".opper"), { recursive: true });
    deepStrictEqual(await scan(home), first);
  });
});

Deno.test("the index of another version of the program is left alone", async () => {
  await withTemporaryDirectory(async (home) => {
    const other = join(home, ".opper/agent", indexName("0.0.1"));
    await Deno.mkdir(join(home, ".opper/agent"), { recursive: true });
    await Deno.writeTextFile(other, "in a form that only that version knows");
    await writeLog(piLogPath(home, ID), [piHeader(ID), turn("1")]);
    const { turns, warnings } = await scan(home);
    deepStrictEqual([turns, warnings], [1, []]);
    strictEqual(await Deno.readTextFile(other), "in a form that only that version knows");
    strictEqual((await scan(home)).bytesRead, 0);
  });
});

Deno.test("an index that cannot be used never stops an answer", async (t) => {
  const damage: [name: string, damage: (index: string) => void, warning: RegExp][] = [
    ["not a database", (index) => Deno.writeTextFileSync(index, "nonsense ".repeat(1000)), /was damaged/],
    ["pages overwritten", (index) => overwritePages(index), /was damaged/],
    ["a directory in its place", (index) => {
      Deno.removeSync(index);
      Deno.mkdirSync(index);
    }, /cannot be used/],
  ];
  for (const [name, break_, warning] of damage) {
    await t.step(name, async () => {
      await withTemporaryDirectory(async (home) => {
        await writeLog(piLogPath(home, ID), [piHeader(ID), turn("1")]);
        const first = await scan(home);
        break_(indexPath(join(home, ".opper/agent")));
        await writeLog(piLogPath(home, OTHER), [piHeader(OTHER), turn("3")]);
        const second = await scan(home);
        strictEqual(second.turns, first.turns + 1);
        strictEqual(second.warnings.length, 1);
        match(second.warnings[0]!, warning);
      });
    });
  }
  await t.step("a corrupt one is built anew by the next run", async () => {
    await withTemporaryDirectory(async (home) => {
      await writeLog(piLogPath(home, ID), [piHeader(ID), turn("1")]);
      await scan(home);
      Deno.writeTextFileSync(indexPath(join(home, ".opper/agent")), "nonsense ".repeat(1000));
      strictEqual((await scan(home)).warnings.length, 1);
      strictEqual((await scan(home)).warnings.length, 0);
      strictEqual((await scan(home)).bytesRead, 0);
    });
  });
  await t.step("no directory can be made", async () => {
    await withTemporaryDirectory(async (home) => {
      await writeLog(piLogPath(home, ID), [piHeader(ID), turn("1")]);
      await Deno.writeTextFile(join(home, ".opper"), "a file where the directory should be");
      const { turns, warnings } = await scan(home);
      strictEqual(turns, 1);
      match(warnings[0]!, /cannot be used/);
    });
  });
  await t.step("read-only", async () => {
    await withTemporaryDirectory(async (home) => {
      await writeLog(piLogPath(home, ID), [piHeader(ID), turn("1")]);
      await scan(home);
      const state = join(home, ".opper/agent");
      for (const { name } of Deno.readDirSync(state)) Deno.chmodSync(join(state, name), 0o444);
      Deno.chmodSync(state, 0o555);
      await writeLog(piLogPath(home, OTHER), [piHeader(OTHER), turn("3")]);
      const run = await runAgentAsNobody(["sessions", "--json"], { home });
      Deno.chmodSync(state, 0o755);
      strictEqual(run.code, 0, run.stderr);
      strictEqual(JSON.parse(run.stdout).total, 2);
      match(run.stderr, /warning: The index .* cannot be used/);
    });
  });
  await t.step("locked by another process", async () => {
    await withTemporaryDirectory(async (home) => {
      await writeLog(piLogPath(home, ID), [piHeader(ID), turn("1")]);
      await scan(home);
      const lock = new DatabaseSync(indexPath(join(home, ".opper/agent")));
      lock.exec("BEGIN IMMEDIATE");
      await writeLog(piLogPath(home, OTHER), [piHeader(OTHER), turn("3")]);
      const run = await runAgent(["sessions", "--json"], { home });
      lock.exec("ROLLBACK");
      lock.close();
      strictEqual(run.code, 0);
      strictEqual(JSON.parse(run.stdout).total, 2);
      match(run.stderr, /warning: The index .* cannot be used \(another process has locked it\)/);
    });
  });
});

/** Keeps the header, so that SQLite opens the file and finds the damage only when it reads on. */
function overwritePages(index: string): void {
  for (const suffix of ["-wal", "-shm"]) {
    try {
      Deno.removeSync(index + suffix);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  const bytes = Deno.readFileSync(index);
  bytes.fill(0xa5, 100);
  Deno.writeFileSync(index, bytes);
}

Deno.test("nobody else can read the index", async () => {
  await withTemporaryDirectory(async (home) => {
    await writeLog(piLogPath(home, ID), [piHeader(ID), turn("1")]);
    const result = await openIndex({
      machine: makeMachine({ home }),
      stateDirectory: join(home, ".opper/agent"),
    });
    try {
      // While it is open, with the files that SQLite puts beside it.
      const directory = join(home, ".opper/agent");
      const modes = [...Deno.readDirSync(directory)].map(({ name }) =>
        Deno.statSync(join(directory, name)).mode! & 0o77
      );
      ok(modes.length > 1);
      deepStrictEqual([...new Set(modes)], [0]);
      strictEqual(Deno.statSync(directory).mode! & 0o77, 0);
    } finally {
      result.close();
    }
  });
});

Deno.test("--no-index leaves no file", async () => {
  await withTemporaryDirectory(async (home) => {
    await writeLog(piLogPath(home, ID), [piHeader(ID), turn("1")]);
    const run = await runAgent(["sessions", "--json", "--no-index"], { home });
    strictEqual(JSON.parse(run.stdout).total, 1);
    deepStrictEqual([...Deno.readDirSync(home)].map(({ name }) => name), [".pi"]);
  });
});

Deno.test("several processes may scan at once", async () => {
  await withTemporaryDirectory(async (home) => {
    for (let log = 0; log < 50; log++) {
      const id = `01a1fb64-0000-7000-8000-0000000001${String(log).padStart(2, "0")}`;
      await writeLog(
        piLogPath(home, id),
        [piHeader(id), ...["1", "2", "3"].map((n) => turn(n, log + 1))].map((line, n) => ({
          ...line,
          ...(n === 0 ? {} : { id: `${log}-${n}` }),
        })),
      );
    }
    const runs = await Promise.all(
      Array.from({ length: 6 }, () => runAgent(["sessions", "--json", "--limit", "0"], { home })),
    );
    for (const run of runs) {
      strictEqual(run.stderr, "");
      const { sessions, total } = JSON.parse(run.stdout);
      strictEqual(total, 50);
      strictEqual(sessions.reduce((sum: number, session: { turns: number }) => sum + session.turns, 0), 150);
    }
  });
});

Deno.test("a log of a kilobyte takes less than a kilobyte of the index, and grows like any other", async () => {
  await withTemporaryDirectory(async (home) => {
    const { count, turns } = makeManyLogs(home, 1200);
    const ask = async (...flags: string[]) => {
      const run = await runAgent(["sessions", "--json", "--limit", "0", "--as-of", "2027-01-01T00:00:00Z", ...flags], {
        home,
      });
      strictEqual(run.stderr, "");
      return JSON.parse(run.stdout);
    };
    const answer = await ask();
    strictEqual(answer.sessions.reduce((sum: number, session: { turns: number }) => sum + session.turns, 0), turns);
    deepStrictEqual(answer, await ask("--no-index"));
    const directory = join(home, ".opper/agent");
    const bytes = [...Deno.readDirSync(directory)].filter(({ name }) => name.startsWith("index-"))
      .reduce((sum, { name }) => sum + Deno.statSync(join(directory, name)).size, 0);
    // Each path is there twice. The logs lie below a temporary directory, whose name may be much longer than a home's.
    const perLog = bytes / count - 2 * (home.length - "/home/somebody".length);
    ok(perLog < 1000, `${perLog} bytes a log`);
    // One that stays small, one that no longer is, and one that belongs to another's session.
    const [small, large, other] = answer.sessions.filter(({ source }: { source: string }) => source === "claude");
    const lines = (await Deno.readTextFile(small.file)).trimEnd().split("\n");
    const again = (number: number) => `${lines[0]!.replaceAll(/msg_01|req_01/g, (prefix) => `${prefix}${number}`)}\n`;
    await Deno.writeTextFile(small.file, again(1), { append: true });
    const many = Array.from({ length: 9 }, (_, number) => again(number)).join("");
    await Deno.writeTextFile(large.file, many.replaceAll(small.sessionId, large.sessionId), { append: true });
    await Deno.writeTextFile(other.file.replace(/[^/]+$/, "00000000-0000-4000-8000-000000000000.jsonl"), again(77));
    for (let round = 0; round < 2; round++) {
      deepStrictEqual(await ask(), await ask("--no-index"));
      await Deno.writeTextFile(large.file, again(100 + round).replaceAll(small.sessionId, large.sessionId), {
        append: true,
      });
    }
    deepStrictEqual(await ask(), await ask("--no-index"));
  });
});
