/** `export` with real processes: its figures beside those of `cost`, repeats, corrections, logs that vanish, and bad places. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { basename, join } from "node:path";
import { exportJson, readRows, readTree, runExport, usdOf, writePiSession } from "./support/export_stage.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import {
  agentCommand,
  agentEnvironment,
  FIXTURE_HOME,
  runAgent,
  runAgentAsNobody,
  withTemporaryDirectory,
} from "./support/run_agent.ts";
import { FORK, makeSmallHome, PI, SMALL_USD } from "./support/small_home.ts";

const SESSION = "01a1fb64-0000-7000-8000-0000000000aa";
const COPY = "01a1fb64-0000-7000-8000-0000000000bb";

Deno.test("rows add up to what cost says, and a repeat writes nothing", async (t) => {
  await withTemporaryDirectory(async (home) => {
    const [team, opperHome] = [join(home, "team"), join(home, "opper")];
    for (const [zone, person] of [["Asia/Tokyo", "kim"], ["America/Lima", "lee"]] as const) {
      await t.step(zone, async () => {
        const run = async (...args: string[]) => {
          const env = { TZ: zone, USER: person };
          const { code, stdout, stderr } = await runAgent(args, { home: FIXTURE_HOME, cwd: home, opperHome, env });
          deepStrictEqual([code, stderr], [0, ""]);
          return stdout;
        };
        const { total } = JSON.parse(await run("cost", "--json"));
        const made = JSON.parse(await run("export", team, "--json"));
        const rows = (await readRows(team)).filter((row) => row.person === person);
        const turns = rows.filter(({ is_total }) => is_total === 0);
        ok(Math.abs(usdOf(rows) - total.cost.usd) < 1e-9, `${usdOf(rows)} and ${total.cost.usd}`);
        deepStrictEqual([made.newRows, made.changedRows, turns.length], [rows.length, 0, total.turns]);
        strictEqual(rows.filter(({ usd }) => usd === null).length, total.cost.unpricedTurns);
        const sum = (name: "input_tokens" | "cache_read_tokens" | "cache_write_tokens" | "output_tokens") =>
          rows.reduce((sum, row) => sum + row[name], 0);
        deepStrictEqual(
          [sum("input_tokens"), sum("cache_read_tokens"), sum("cache_write_tokens"), sum("output_tokens")],
          [total.usage.input, total.usage.cacheRead, total.usage.cacheWrite, total.usage.output],
        );
        strictEqual(turns.filter(({ cache_outcome }) => cache_outcome === "miss").length, total.misses);
        const before = readTree(team);
        const again = JSON.parse(await run("export", team, "--json"));
        deepStrictEqual([again.newRows, again.changedRows, again.writtenFiles, again.sessions], [0, 0, 0, 0]);
        deepStrictEqual(readTree(team), before);
      });
    }
    await t.step("two people have the same turns under the same ids, in files of their own", async () => {
      const byPerson = Map.groupBy(await readRows(team), ({ person }) => person);
      const ids = [...byPerson.values()].map((rows) => rows.map(({ turn_id }) => turn_id).sort());
      deepStrictEqual(ids[0], ids[1]);
    });
    await t.step("the text formats have the same rows", async () => {
      const print = async (format: string) =>
        (await runAgent(["export", "--format", format], {
          home: FIXTURE_HOME,
          cwd: home,
          opperHome,
          env: { USER: "kim" },
        })).stdout.trimEnd().split("\n");
      const objects = (await print("jsonl")).map((line) => JSON.parse(line));
      const rows = (await readRows(team)).filter(({ person }) => person === "kim");
      deepStrictEqual(objects.map(({ turn_id }) => turn_id).sort(), rows.map(({ turn_id }) => `${turn_id}`).sort());
      const [header, ...lines] = await print("csv");
      strictEqual(lines.length, rows.length);
      deepStrictEqual(header!.split(","), Object.keys(objects[0]));
    });
  });
});

Deno.test("what changed takes its place, and what vanished stays", async (t) => {
  await withTemporaryDirectory(async (home) => {
    const team = join(home, "team");
    await makeSmallHome(home);
    const path = await writePiSession(home, SESSION, ["2026-10", "2026-11"]);
    await exportJson(home, [team]);
    const usd = async () => usdOf(await readRows(team)).toFixed(9);
    // The small home, and two cents.
    strictEqual(await usd(), (SMALL_USD + 0.02).toFixed(9));
    await t.step("a correction", async () => {
      await writePiSession(home, SESSION, ["2026-10", "2026-11"], 0.02);
      const { newRows, changedRows } = await exportJson(home, [team]);
      deepStrictEqual([newRows, changedRows], [0, 2]);
      strictEqual(await usd(), (SMALL_USD + 0.04).toFixed(9));
    });
    await t.step("the cursor is lost, and the index", async () => {
      const before = readTree(team);
      await Deno.remove(join(home, ".opper"), { recursive: true });
      const { newRows, changedRows } = await exportJson(home, [team]);
      deepStrictEqual([newRows, changedRows], [0, 0]);
      deepStrictEqual(readTree(team), before);
    });
    await t.step("a log that vanished", async () => {
      await Deno.remove(path);
      await exportJson(home, [team]);
      strictEqual(await usd(), (SMALL_USD + 0.04).toFixed(9));
    });
    await t.step("an original that vanished, whose copy claims its turn", async () => {
      const before = readTree(team);
      await Deno.remove(piLogPath(home, PI));
      const { total } = JSON.parse((await runAgent(["cost", FORK, "--json"], { home })).stdout);
      strictEqual(total.turns, 2);
      const { newRows, changedRows } = await exportJson(home, [team]);
      deepStrictEqual([newRows, changedRows], [0, 0]);
      deepStrictEqual(readTree(team), before);
    });
  });
});

Deno.test("a copy that came first gives way to its original", async () => {
  await withTemporaryDirectory(async (home) => {
    const team = join(home, "team");
    const first = piTurn({ id: "1", at: "2026-11-15T12:00:00.000Z", usd: 0.01 });
    await writeLog(piLogPath(home, COPY), [
      { ...piHeader(COPY), parentSession: piLogPath("/srv", SESSION) },
      first,
      piTurn({ id: "2", at: "2026-11-21T12:00:00.000Z", usd: 0.02 }),
    ]);
    await exportJson(home, [team]);
    const told = async () =>
      (await readRows(team)).map(({ session_id, inherited, usd }) => [session_id, inherited, usd]);
    const own = [COPY, 0, 20_000_000n];
    deepStrictEqual(await told(), [[COPY, 1, 10_000_000n], own]);
    await writeLog(piLogPath(home, SESSION), [{ ...piHeader(SESSION), timestamp: "2026-11-15T11:00:00.000Z" }, first]);
    await exportJson(home, [team]);
    deepStrictEqual(await told(), [[SESSION, 0, 10_000_000n], own]);
  });
});

Deno.test("names leave as they were asked to", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const repository = join(home, "src/shop");
    await Deno.mkdir(join(repository, ".git"), { recursive: true });
    await Deno.writeTextFile(join(repository, ".git/config"), '[remote "origin"]\n\turl = git@host:acme/shop.git\n');
    await Deno.mkdir(join(repository, "web"));
    await writeLog(piLogPath(home, SESSION), [
      piHeader(SESSION, join(repository, "web")),
      piTurn({ id: "9", at: "2026-11-21T12:00:00.000Z" }),
    ]);
    const key = join(home, "team.key");
    await Deno.writeTextFile(key, "0123456789abcdef0123456789abcdef\n");
    const rowsWith = async (...args: string[]) => {
      const { code, stdout, stderr } = await runExport(home, ["--format", "jsonl", ...args]);
      deepStrictEqual([code, stderr], [0, ""]);
      return stdout.trimEnd().split("\n").map((line): Record<string, unknown> => JSON.parse(line));
    };
    const own = (rows: readonly Record<string, unknown>[]) => rows.find(({ usd }) => usd === 0.01)!;
    const rows: [args: string[], fields: Record<string, unknown>][] = [
      [[], { person: "anna", project: "acme/shop", session_id: SESSION }],
      [["--projects", "directory"], { project: "web" }],
      [["--projects", "path"], { project: join(repository, "web") }],
      [["--hide-project", repository], { project: "(hidden)", session_id: SESSION }],
      [["--person", "kim", "--host", "box"], { person: "kim", host: "box" }],
      [["--without", "host,project,session"], { host: "", project: "", session_id: "", trace_id: null }],
    ];
    for (const [args, fields] of rows) {
      await t.step(args.join(" "), async () => {
        const row = own(await rowsWith(...args));
        deepStrictEqual(Object.fromEntries(Object.keys(fields).map((name) => [name, row[name]])), fields);
      });
    }
    await t.step("hashed, the same each time, and another one with another key", async () => {
      const args = ["--hash", "person,host,project", "--key-file", key];
      const [first, second] = [own(await rowsWith(...args)), own(await rowsWith(...args))];
      for (const name of ["person", "host", "project"]) {
        match(String(first[name]), /^[0-9a-f]{24}$/);
        strictEqual(first[name], second[name]);
      }
      if (Deno.build.os !== "windows") {
        // As a shell makes it of <(pass show team).
        const pipe = join(home, "key.pipe");
        strictEqual((await new Deno.Command("mkfifo", { args: [pipe] }).output()).code, 0);
        const writer = new Deno.Command("sh", { args: ["-c", 'cat "$0" > "$1"', key, pipe] }).spawn();
        strictEqual(own(await rowsWith(...args.with(-1, pipe)))["person"], first["person"]);
        await writer.status;
        await Deno.remove(pipe);
      }
      await Deno.writeTextFile(key, "another key that is long enough\n");
      ok(own(await rowsWith(...args))["person"] !== first["person"]);
    });
    await t.step("git's address goes before the user's name, and config.json before both", async () => {
      await Deno.writeTextFile(join(home, ".gitconfig"), "[user]\n\temail = anna@example.com\n");
      strictEqual((await rowsWith())[0]!["person"], "anna@example.com");
      const set = await runAgent(["config", "set", "export.person", "A. Berg"], { home });
      strictEqual(set.code, 0, set.stderr);
      strictEqual((await rowsWith())[0]!["person"], "A. Berg");
    });
    await t.step("--dry-run shows the rows that would leave, and writes nothing", async () => {
      const before = [...readTree(home).keys()];
      const args = ["--dry-run", "--hash", "person", "--key-file", key, "--without", "session"];
      const { stdout, code } = await runExport(home, args);
      strictEqual(code, 0);
      match(stdout, /^person +hashed +[0-9a-f]{24} /m);
      match(stdout, /^session_id +empty/m);
      match(stdout, /^Nothing was written\. There are 8 turns of 5 sessions;/m);
      ok(!stdout.includes("Berg"), stdout);
      deepStrictEqual([...readTree(home).keys()], before);
    });
  });
});

Deno.test("what is wrong is said in one sentence, and nothing is lost", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const team = join(home, "team");
    await exportJson(home, [team]);
    const [month] = [...readTree(team).keys()];
    const fails = async (args: readonly string[], code: number, message: RegExp) => {
      const run = await runExport(home, args);
      match(run.stderr, message);
      deepStrictEqual([run.code, run.stdout], [code, ""]);
    };
    const before = readTree(team);
    await t.step("a damaged month is moved aside, said, and written anew", async () => {
      const path = join(team, month!);
      for (const bytes of [new Uint8Array(), new TextEncoder().encode("PAR1"), before.get(month!)!.slice(0, 900)]) {
        await Deno.writeFile(path, bytes);
        const { stderr, newRows } = await exportJson(home, [team]);
        match(
          stderr,
          /^warning: ".*\.parquet" was damaged \(.*\)\. It is ".*\.damaged(-\d)?" now, and is written anew/,
        );
        strictEqual(newRows, 7);
      }
      strictEqual((await readRows(team)).length, 7);
      const names = Deno.readDirSync(join(team, month!, "..")).map(({ name }) => name).toArray();
      strictEqual(names.filter((name) => name.includes(".damaged")).length, 3);
    });
    await t.step("a month that somebody removed is written anew", async () => {
      await Deno.remove(join(team, month!));
      strictEqual((await exportJson(home, [team])).newRows, 7);
    });
    await t.step(
      "a share that is not mounted",
      () =>
        fails(
          [join(home, "mnt/team/files")],
          1,
          /^error: ".*mnt\/team" does not exist, so ".*" was not made\.\nhint: /,
        ),
    );
    await t.step("a file in place of the directory", async () => {
      await Deno.writeTextFile(join(home, "file"), "");
      await fails([join(home, "file")], 1, /^error: ".*file" cannot be used: /);
    });
    await t.step("a directory that is read-only", async () => {
      const locked = join(home, "locked");
      await Deno.mkdir(locked, { mode: 0o555 });
      const run = await runAgentAsNobody(["export", locked], { home, env: { USER: "anna" } });
      match(run.stderr, /^error: ".*locked\/month=2026-11" cannot be made: permission denied\.\nhint: /);
      deepStrictEqual([run.code, [...Deno.readDirSync(locked)]], [1, []]);
    });
    await t.step("a disk that is full", async () => {
      // As one: no file may be longer than 4 KB.
      const other = join(home, "other");
      const [program, ...args] = agentCommand();
      const { code, stderr } = await new Deno.Command("bash", {
        args: ["-c", 'trap "" XFSZ; ulimit -f 4; exec "$0" "$@"', program, ...args, "export", other, "--no-index"],
        cwd: home,
        clearEnv: true,
        env: agentEnvironment({ home, env: { USER: "anna" } }),
        stdin: "null",
      }).output();
      match(
        new TextDecoder().decode(stderr),
        /^error: ".*\.parquet" could not be written: file too large\.\nhint: Nothing is lost\. .*\n$/,
      );
      strictEqual(code, 1);
      // No half of a file, and nothing beside it.
      deepStrictEqual([...readTree(other).keys()], []);
      strictEqual((await exportJson(home, [other])).newRows, 7);
    });
    await t.step("wrong flags", async () => {
      await fails([], 2, /^error: Expected DIRECTORY, --format csv, or an address/);
      await fails([team, "--format", "csv"], 2, /^error: Rows go to one place, but ".*" and --format were given\.\n/);
      await fails(["--format", "xml"], 2, /^error: Expected csv or jsonl for --format, not "xml"\.\n/);
      await fails([team, "--hash", "person"], 2, /^error: --hash needs a key: /);
      await fails([team, "--hash", "model"], 2, /^error: Expected person, host or project for --hash, not "model"/);
      await fails([team, "--without", "person"], 2, /^error: Expected host, project or session for --without/);
      await fails([team, "--since", "soon"], 2, /^error: /);
      await Deno.writeTextFile(join(home, "short.key"), "secret");
      const hash = ["--hash", "person", "--key-file", join(home, "short.key")];
      await fails([team, ...hash], 1, /^error: The key in ".*" has 6 characters: expected at least 16\.\nhint: /);
    });
    await t.step("two at once: one writes, the other says so or finds nothing to do", async () => {
      await writePiSession(home, SESSION, ["2026-10", "2026-11"]);
      const runs = await Promise.all([1, 2, 3].map(() => runExport(home, [team])));
      for (const { code, stderr } of runs) {
        if (code !== 0) match(stderr, /^error: Another export is running\.\nhint: Wait until it is done, /);
      }
      ok(runs.some(({ code }) => code === 0));
      const rows = await readRows(team);
      deepStrictEqual([rows.length, new Set(rows.map(({ turn_id }) => turn_id)).size], [9, 9]);
    });
  });
});

Deno.test("--since leaves out what is older, and a later export without it has that too", async () => {
  await withTemporaryDirectory(async (home) => {
    const team = join(home, "team");
    await writePiSession(home, SESSION, ["2026-08", "2026-09", "2026-10"]);
    strictEqual((await exportJson(home, [team, "--since", "2026-09-01"])).newRows, 2);
    strictEqual((await exportJson(home, [team])).newRows, 1);
    deepStrictEqual([...readTree(team).keys()].map((name) => basename(join(name, ".."))), [
      "month=2026-08",
      "month=2026-09",
      "month=2026-10",
    ]);
  });
});
