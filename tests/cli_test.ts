/**
 * The reading commands as processes: what they print, where, and with which status.
 *
 * Golden texts are in golden/, of the small home whose figures are worked out in support/small_home.ts. Where logs are
 * looked for is roots_test.ts, prices are prices_test.ts, terminals e2e/terminal_test.ts.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { ANSWER_VERSION } from "../src/operations/report/report_json.ts";
import { indexPath } from "../src/scan/index/tables/index_file.ts";
import type { SessionJson } from "../src/operations/report/schemas.ts";
import { OPERATIONS } from "../src/operations/registry.ts";
import {
  agentCommand,
  agentEnvironment,
  type AgentRun,
  runAgent,
  runAgentAsNobody,
  withTemporaryDirectory,
} from "./support/run_agent.ts";
import { CLAUDE, CODEX, FORK, makeSmallHome, PI, SMALL_NOW, SMALL_USD } from "./support/small_home.ts";

/** One small home for all rows of a test: an index of its own, made by the first run and used by the others. */
async function withSmallHome(body: (run: Run, home: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await body((args, env) => runAgent([...args, "--as-of", SMALL_NOW], { home, env }), home);
  });
}

type Run = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<AgentRun>;

/** The answer, of a run that succeeded and said nothing beside it. */
function answerOf(run: AgentRun): string {
  deepStrictEqual([run.stderr, run.code], ["", 0]);
  return run.stdout;
}

async function golden(name: string, actual?: string): Promise<string> {
  const file = new URL(`./golden/${name}.txt`, import.meta.url);
  if (actual !== undefined && Deno.args.includes("--update")) await Deno.writeTextFile(file, actual);
  return await Deno.readTextFile(file);
}

function isNear(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) < 1e-9;
}

Deno.test("what people read", async (t) => {
  await withSmallHome(async (run) => {
    // Costs: $0.00714 shows as $0.0071, $0.03135 as $0.031, $0.0032872 as $0.0033, all of it as $0.042; the turn of
    // acme-1 has no price: ? alone, + in a sum. Hits: 1000 read of 10 + 1000 + 20 + 1000 + 200 = 2230 are 44.8 %;
    // 2000 of 2100 + 2050 + 1000 = 5150 are 38.8 %; 1024 of 2000 are 51.2 %.
    // Caches: 5 minutes from 11:57:59 and an hour from 11:20:00, at 12:00:00. Resuming: 1200 tokens at 0.3 or 3.75
    // are $0.00036 or $0.0045, 2000 at 0.5 or 10 are $0.001 or $0.02. acme caches nothing below 1024 tokens.
    // Bars: 20 columns are the largest; 0.0032872 of 0.03849 are 1.7 of them, 0.00714 of 0.03025 are 4.7.
    // Today, the 20th: 0.00714 + 0.03135 = 0.03849, and FORK's turn without a price: $0.038+; 2 + 1 + 3 turns; 3000
    // read of 2230 + 500 + 5150 = 7880 are 38.1 %. Seven days and the month have CODEX's 0.0032872 as well: 0.0417772;
    // 4024 of 9880 are 40.7 %. At stake: 0.0045 - 0.00036 = 0.00414, and 0.02 - 0.001 = 0.019; both 0.02314.
    const rows: [name: string, args: string[]][] = [
      ["overview", ["overview"]],
      ["sessions", ["sessions"]],
      ["session_turns", ["session", PI, "--turns"]],
      ["session_subagent", ["session", "e99"]],
      ["cost_by_day", ["cost"]],
      ["cost_by_model", ["cost", "--by", "model"]],
      ["cache", ["cache"]],
      ["doctor", ["doctor", "--no-index"]],
    ];
    for (const [name, args] of rows) {
      await t.step(name, async () => {
        const answer = answerOf(await run(args));
        strictEqual(answer, await golden(name, answer));
      });
    }
  });
});

Deno.test("without a command, the overview", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await t.step("on a machine without logs", async () => {
      const answer = answerOf(await runAgent([], { home }));
      strictEqual(answer, await golden("overview_none", answer));
    });
    await t.step("with flags of every command", async () => {
      const { sessions, roots, next, schemaVersion } = JSON.parse(answerOf(await runAgent(["--json"], { home })));
      deepStrictEqual([sessions, schemaVersion], [[], ANSWER_VERSION]);
      ok(roots.length >= 7, "the directories of every agent");
      strictEqual(next[0].command, "launch pi");
    });
    await t.step("but not with flags of others, nor with its own before a command", async () => {
      for (const args of [["--by", "day"], ["--as-of"], ["--as-of", SMALL_NOW, "sessions"], ["-n", "3", "cost"]]) {
        strictEqual((await runAgent(args, { home })).code, 2, args.join(" "));
      }
    });
    await makeSmallHome(home);
    await t.step("with its own flags, as by its name", async () => {
      const args = ["--as-of", SMALL_NOW, "-n", "1", "--timezone=Asia/Kolkata"];
      strictEqual(
        answerOf(await runAgent(args, { home })),
        answerOf(await runAgent(["overview", ...args], { home })),
      );
    });
    await t.step("on one with logs, by the machine's clock", async () => {
      const { today, totalSessions, sessions, warm } = JSON.parse(answerOf(await runAgent(["--json"], { home })));
      deepStrictEqual([today.turns, today.cost.basis, totalSessions], [0, "none", 4]);
      deepStrictEqual([sessions.map(({ sessionId }: SessionJson) => sessionId), warm], [[FORK, PI, CLAUDE, CODEX], []]);
    });
    await t.step("its spans are what cost says of them", async () => {
      const ask = async (...args: string[]) =>
        JSON.parse(answerOf(await runAgent([...args, "--json", "--as-of", SMALL_NOW], { home })));
      const { spans, today } = await ask("overview");
      const ranges = {
        today: "today",
        yesterday: "yesterday..yesterday",
        sevenDays: "7d",
        thirtyDays: "30d",
        month: "month",
      };
      for (const [name, since] of Object.entries(ranges)) {
        const { total } = await ask("cost", "--since", since);
        const { since: _, until: __, sessions: ___, previous: ____, ...sum } = spans[name];
        deepStrictEqual(sum, total, name);
      }
      const { previous: _, ...sum } = spans.today;
      deepStrictEqual(today, sum);
      deepStrictEqual([spans.sevenDays.since, spans.sevenDays.previous.until], [
        "2026-11-14T00:00:00.000Z",
        "2026-11-13T12:00:00.000Z",
      ]);
    });
    await t.step("hidden projects are left out of its lists, and not of its sums", async () => {
      const run = await runAgent(["overview", "--hide-project", "/srv", "--digits", "4", "--as-of", SMALL_NOW], {
        home,
      });
      const text = answerOf(run);
      match(text, /^Today +\$0\.0385\+ /m);
      match(text, /^No cache is warm\.$[^]*^No sessions to list\.$/m);
      match(text, /^4 sessions of hidden projects left out; /m);
    });
    await t.step("at most as many as asked for", async () => {
      const args = ["overview", "-n", "1", "--json", "--as-of", SMALL_NOW];
      const { totalWarm, warm, sessions } = JSON.parse(answerOf(await runAgent(args, { home })));
      // PI's cache has three minutes left, CLAUDE's twenty.
      deepStrictEqual([totalWarm, warm.length, warm[0].sessionId, sessions.length], [2, 1, PI, 1]);
    });
  });
});

Deno.test("without any log, every command says where it looked", async (t) => {
  await withTemporaryDirectory(async (home) => {
    for (const command of ["sessions", "cost", "cache"]) {
      await t.step(command, async () => {
        const answer = answerOf(await runAgent([command], { home }));
        strictEqual(answer, await golden(`${command}_none`, answer));
      });
      await t.step(`${command} --json`, async () => {
        const { notes } = JSON.parse(answerOf(await runAgent([command, "--json"], { home })));
        match(
          notes.join("\n"),
          /no logs in any of \d+ directories, such as ~\/\.pi\/agent\/sessions, .*`opper-agent doctor`/,
        );
      });
    }
    await t.step("of one source, where that one was looked for", async () => {
      match(
        answerOf(await runAgent(["sessions", "--source", "pi"], { home })),
        /There are no logs in ~\/\.pi\/agent\/sessions; --root/,
      );
    });
    for (const args of [["session"], ["session", "01a"], ["cost", "latest"], ["cache", "current"]]) {
      await t.step(args.join(" "), async () => {
        const run = await runAgent(args, { home });
        deepStrictEqual([run.code, run.stdout], [2, ""]);
        match(
          run.stderr,
          /^error: .*\nhint: There are no logs in any of \d+ directories, such as ~\/\.pi\/agent\/sessions, .*\n$/,
        );
      });
    }
    await t.step("doctor", async () => {
      const { roots, sessions } = JSON.parse(answerOf(await runAgent(["doctor", "--json"], { home })));
      strictEqual(sessions, 0);
      const looked = new Map(roots.map(({ path, exists }: { path: string; exists: boolean }) => [path, exists]));
      for (
        const path of [
          ".pi/agent/sessions",
          ".config/claude/projects",
          ".claude/projects",
          ".codex/sessions",
          ".codex/archived_sessions",
        ]
      ) strictEqual(looked.get(join(home, path)), false, path);
    });
  });
});

Deno.test("--json holds what its schema declares, and nothing else", async (t) => {
  await withSmallHome(async (run) => {
    const rows: string[][] = [
      ["sessions"],
      ["sessions", "--limit", "1"],
      ["sessions", "--brief"],
      ["session", PI, "--turns"],
      ["session", PI, "--misses"],
      ["overview"],
      ["session", CLAUDE],
      ["cost"],
      ["cost", "latest", "--by", "session"],
      ["cache", "--all"],
      ["doctor"],
    ];
    for (const args of rows) {
      await t.step(args.join(" "), async () => {
        const document = JSON.parse(answerOf(await run([...args, "--json"])));
        const operation = await OPERATIONS.find(({ name }) => name === args[0])!.load();
        const output = await operation.output();
        // Parsing leaves undeclared fields out, at any depth.
        deepStrictEqual(output.parse(document), document);
        strictEqual(document.schemaVersion, ANSWER_VERSION);
        strictEqual(document.asOf, "2026-11-20T12:00:00.000Z");
      });
    }
    await t.step("its sessions are those that were worked out", async () => {
      const { sessions, total, totalCost } = JSON.parse(answerOf(await run(["sessions", "--json"])));
      deepStrictEqual([total, sessions.map(({ sessionId }: SessionJson) => sessionId)], [4, [FORK, PI, CLAUDE, CODEX]]);
      ok(isNear(totalCost.usd, SMALL_USD), String(totalCost.usd));
      deepStrictEqual([totalCost.basis, totalCost.unpricedTurns], ["mixed", 1]);
      const costs = sessions.map(({ cost }: SessionJson) => [cost.basis, cost.unpricedTurns]);
      deepStrictEqual(costs, [["none", 1], ["reported", 0], ["computed", 0], ["computed", 0]]);
      strictEqual(sessions[0].parentSessionId, PI);
      strictEqual(sessions[1].title, "fix the build");
      strictEqual(sessions[2].subagents, 1);
    });
    await t.step("pages by cursor give every session once", async () => {
      const ids: string[] = [];
      let cursor: string[] = [];
      do {
        const page = JSON.parse(answerOf(await run(["sessions", "--json", "--limit", "3", ...cursor])));
        ids.push(...page.sessions.map(({ sessionId }: SessionJson) => sessionId));
        cursor = page.nextCursor === undefined ? [] : ["--cursor", page.nextCursor];
      } while (cursor.length > 0);
      deepStrictEqual(ids, [FORK, PI, CLAUDE, CODEX]);
    });
  });
});

Deno.test("--csv is a table that reads back", async (t) => {
  await withSmallHome(async (run) => {
    const csv = async (...args: string[]) =>
      answerOf(await run([...args, "--csv"])).trimEnd().split("\r\n").map((line) => line.split(","));
    await t.step("sessions", async () => {
      const [header, ...rows] = await csv("sessions");
      const columns =
        "lastActivityAt,session,source,title,project,models,turns,durationMs,tokens,largestPrompt,cacheHitRatio,missUsd," +
        "usd,cache";
      strictEqual(header!.join(), columns);
      deepStrictEqual(rows.map((row) => [row[1], row[6], row[8], row[13]]), [
        [FORK, "1", "520", "cold"],
        [PI, "2", "2380", "warm"],
        [CLAUDE, "3", "5510", "warm"],
        [CODEX, "1", "2100", "unknown"],
      ]);
      strictEqual(rows[0]![12], "", "a cost that is not known is an empty field");
      ok(isNear(Number(rows[1]![12]), 0.00714) && isNear(Number(rows[2]![12]), 0.03135), rows.join("\n"));
    });
    await t.step("cost: rows without the total", async () => {
      const [header, ...rows] = await csv("cost");
      strictEqual(header!.join(), "day,turns,input,cacheRead,cacheWrite,output,cacheHitRatio,usd");
      deepStrictEqual(rows.map(([day, turns]) => [day, turns]), [["2026-11-19", "1"], ["2026-11-20", "6"]]);
    });
    await t.step("session --turns: the turns", async () => {
      const [header, ...rows] = await csv("session", PI, "--turns");
      deepStrictEqual([header![0], rows.length, rows[1]![1]], ["at", 2, "30000"]);
    });
    await t.step("cache", async () => {
      const [header, ...rows] = await csv("cache");
      deepStrictEqual([header![0], rows.map(([state, id]) => [state, id])], ["cache", [["warm", PI], [
        "warm",
        CLAUDE,
      ]]]);
    });
  });
});

Deno.test("days are the reader's", async (t) => {
  // 20:00 in UTC is 01:30 of the next day in India, and 15:00 of the same day in New York.
  const rows: [name: string, args: string[], zone: string, days: string[]][] = [
    ["UTC", [], "UTC", ["2026-11-19 1", "2026-11-20 6"]],
    ["India", [], "Asia/Kolkata", ["2026-11-20 7"]],
    ["New York", [], "America/New_York", ["2026-11-19 1", "2026-11-20 6"]],
    ["--timezone before TZ", ["--timezone", "Asia/Kolkata"], "UTC", ["2026-11-20 7"]],
  ];
  await withSmallHome(async (run) => {
    for (const [name, args, zone, days] of rows) {
      await t.step(name, async () => {
        const found = JSON.parse(answerOf(await run(["cost", "--by", "day", "--json", ...args], { TZ: zone })));
        deepStrictEqual(found.rows.map(({ key, turns }: { key: string; turns: number }) => `${key} ${turns}`), days);
        ok(isNear(found.total.cost.usd, SMALL_USD), String(found.total.cost.usd));
      });
    }
    await t.step("times too", async () => {
      match(
        answerOf(await run(["sessions"], { TZ: "Asia/Kolkata" })),
        /\n17:28 +01a1fb64 .*\n16:50 +e99afcf6 .*\n01:30 +01a1f6c5 /,
      );
    });
  });
});

Deno.test("--as-of answers as if it were then", async (t) => {
  const rows: [asOf: string, sessions: string[]][] = [
    ["2026-11-20T11:30:00Z", [`${CLAUDE} 3 warm`, `${CODEX} 1 unknown`]],
    ["2026-11-20T11:57:45Z", [`${PI} 1 warm`, `${CLAUDE} 3 warm`, `${CODEX} 1 unknown`]],
    ["2026-11-20T12:20:00Z", [`${FORK} 1 cold`, `${PI} 2 cold`, `${CLAUDE} 3 cold`, `${CODEX} 1 unknown`]],
    ["2026-11-18", []],
    ["2999-01-01", [`${FORK} 1 cold`, `${PI} 2 cold`, `${CLAUDE} 3 cold`, `${CODEX} 1 unknown`]],
  ];
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    for (const [asOf, sessions] of rows) {
      await t.step(asOf, async () => {
        const found = JSON.parse(answerOf(await runAgent(["sessions", "--json", "--as-of", asOf], { home })));
        deepStrictEqual(
          // A session that has begun but has no turn yet is listed as well.
          found.sessions.filter(({ turns }: SessionJson) => turns > 0)
            .map(({ sessionId, turns, cache }: SessionJson) => `${sessionId} ${turns} ${cache.state}`),
          sessions,
        );
      });
    }
  });
});

Deno.test("colours are for terminals, or for who asks", async (t) => {
  const rows: [args: string[], env: Record<string, string>, coloured: boolean][] = [
    [[], {}, false],
    [[], { FORCE_COLOR: "1" }, true],
    [[], { FORCE_COLOR: "0" }, false],
    [[], { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    [["--color", "always"], {}, true],
    [["--color", "always"], { NO_COLOR: "1" }, true],
    [["--color", "never"], { FORCE_COLOR: "1" }, false],
    [["--no-color"], { FORCE_COLOR: "1" }, false],
    [["--json"], { FORCE_COLOR: "1" }, false],
    [["--csv"], { FORCE_COLOR: "1" }, false],
  ];
  await withSmallHome(async (run) => {
    for (const [args, env, coloured] of rows) {
      await t.step(`${args.join(" ")} ${JSON.stringify(env)}`, async () => {
        strictEqual(answerOf(await run(["sessions", ...args], env)).includes("\x1b["), coloured);
      });
    }
  });
});

Deno.test("a mistake is one sentence on standard error, and status 2", async (t) => {
  const rows: [args: string[], stderr: RegExp][] = [
    [["sesions"], /^error: Unknown command "sesions"\.\nhint: Did you mean sessions\?\n$/],
    [["daily"], /^error: Unknown command "daily"\.\nhint: opper-agent cost --by day\n$/],
    [["blocks"], /\nhint: There are no 5-hour blocks here\. What comes nearest is opper-agent cost --by hour\n$/],
    [["help", "monthly"], /\nhint: opper-agent cost --by month\n$/],
    [["sessions", "--limt", "3"], /^error: Unknown flag "--limt" .*\nhint: Did you mean --limit\?\n$/],
    [["cost", "--by", "tool"], /^error: Expected hour, .*, not "tool"\.\nhint: opper-agent cost --by source\n$/],
    [["cost", "--by", "zebra"], /^error: Expected hour, day, .*, not "zebra"\.\n$/],
    [
      ["sessions", "--sort", "costs"],
      /^error: Expected last, cost, tokens, turns, duration or missUsd .*\nhint: Did you mean cost\?\n$/,
    ],
    [["sessions", "--brief"], /^error: --brief is for --json alone: .*\nhint: Add --json, or leave out --brief\.\n$/],
    [["sessions", "--cache", "hot"], /^error: Expected warm, maybe, cold or unknown for --cache, not "hot"\.\n/],
    [
      ["sessions", "--source", "pie"],
      /^error: Expected pi, claude.* for --source, not "pie"\.\nhint: Did you mean pi\?\n$/,
    ],
    [["sessions", "--limit", "-1"], /^error: Expected a whole number from 0 to 100000 for --limit, not "-1"\.\n/],
    [["sessions", "--cursor", "nonsense"], /^error: The cursor "nonsense" is not one of this list's\.\n/],
    [["sessions", "--since", "tomorrow"], /^error: "tomorrow" is not a time: expected .*\nhint: For example: .*\n$/],
    [["cost", "--until", "2026-02-30"], /^error: There is no date or time "2026-02-30": expected .*\nhint: .*\n$/],
    [["cache", "--timezone", "Mars/Base"], /^error: Unknown time zone "Mars\/Base": expected an IANA name\.\n/],
    [["sessions", "--json", "--csv"], /^error: --json and --csv exclude each other: expected one of them\.\n/],
    [["session", "zzz"], /^error: No session "zzz": expected an id, the start of one, .*\nhint: .*sessions.*\n$/],
    [["session", ""], /^error: Expected an id, the start of one, .*, not ""\.\nhint: .*\n$/],
    [["session", "./gone.jsonl"], /^error: No session "\.\/gone\.jsonl": expected .*\nhint: .*\n$/],
    [
      ["session", "01a1fb6"],
      new RegExp(
        `^error: "01a1fb6" is the start of 2 session ids; expected one:\n  ${FORK}  pi  /srv/app\n  ${PI}  pi  /srv/app\n` +
          "hint: Type more of the id\\.\n$",
      ),
    ],
    [
      ["cost", "--by"],
      /^error: Expected KEY after --by, but nothing follows\.\nhint: It may be hour, .* or session\.\n$/,
    ],
    [["mcp", "install", "cluade"], /^error: Expected one of pi, claude, codex.*\nhint: Did you mean claude\?\n$/],
    [["cost", "--by", "year"], /^error: Expected hour, day, .* or session for --by, not "year"\.\n/],
    [
      ["sessions", "--root", "foo=/srv"],
      /^error: Unknown source "foo" in --root: expected pi, .*\n$/,
    ],
    [
      ["sessions", "--root", "claud=/srv"],
      /^error: Unknown source "claud" in --root: .*\nhint: Did you mean claude\?\n$/,
    ],
    [
      ["sessions", "--root", "pi=./gone"],
      /^error: Expected a directory for --root, but "\.\/gone" is not a directory\.\n/,
    ],
    [["sessions", "--root", "pi"], /^error: Expected SOURCE=DIR for --root, not "pi"\.\n/],
  ];
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    for (const [args, stderr] of rows) {
      await t.step(args.join(" "), async () => {
        const run = await runAgent(args, { home });
        match(run.stderr, stderr);
        deepStrictEqual([run.code, run.stdout], [2, ""]);
      });
    }
  });
});

Deno.test("what cannot be read is said", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await t.step("a root", async () => {
      const root = join(home, ".pi/agent/sessions");
      await Deno.chmod(root, 0o000);
      const { code, stdout, stderr } = await runAgentAsNobody(["sessions"], { home });
      await Deno.chmod(root, 0o755);
      deepStrictEqual([code, stderr], [0, ""]);
      match(stdout, /^~\/\.pi\/agent\/sessions is left out\. Cannot be read: permission denied\.$/m);
    });
    // Settings that cannot be read may say what is to be hidden: nothing is answered without them.
    for (const [what, mode] of [["our own directory", 0o755], ["our settings", 0o600]] as const) {
      await t.step(what, async () => {
        const settings = join(home, ".opper/agent/config.json");
        const path = what === "our settings" ? settings : join(home, ".opper");
        if (what === "our settings") await Deno.writeTextFile(path, "{}");
        await Deno.chmod(path, 0o000);
        const { code, stdout, stderr } = await runAgentAsNobody(["sessions"], { home });
        await Deno.chmod(path, mode);
        deepStrictEqual([code, stdout], [1, ""]);
        ok(
          stderr.endsWith(
            `error: "${settings}" cannot be read: permission denied.\n` +
              "hint: Fix that, or set OPPER_HOME to another directory.\n",
          ),
          stderr,
        );
      });
    }
    await t.step("a pipe where our settings are looked for", async () => {
      if (Deno.build.os === "windows") return;
      const settings = join(home, ".opper/agent/config.json");
      await Deno.remove(settings);
      strictEqual((await new Deno.Command("mkfifo", { args: [settings] }).output()).code, 0);
      const { code, stdout, stderr } = await runAgent(["sessions"], { home });
      deepStrictEqual([code, stdout], [1, ""]);
      ok(stderr.startsWith(`error: "${settings}" cannot be read: is a pipe.\n`), stderr);
    });
  });
});

Deno.test("a warning goes to standard error, and leaves the answer whole", async () => {
  await withSmallHome(async (run, home) => {
    await Deno.mkdir(join(home, ".opper/agent"), { recursive: true });
    await Deno.writeTextFile(indexPath(join(home, ".opper/agent")), "this is no database ".repeat(500));
    const { code, stdout, stderr } = await run(["sessions"]);
    match(stderr, /^warning: The index .* was damaged\. .*\n$/);
    deepStrictEqual([code, stdout], [0, await golden("sessions")]);
    await Deno.writeTextFile(indexPath(join(home, ".opper/agent")), "this is no database ".repeat(500));
    strictEqual((await run(["sessions", "--quiet"])).stderr, "");
  });
});

Deno.test("watch says what to type where there is no terminal", async (t) => {
  await withTemporaryDirectory(async (home) => {
    for (const args of [["watch"], ["watch", "--timezone", "UTC"]]) {
      await t.step(args.join(" "), async () => {
        const { code, stdout, stderr } = await runAgent(args, { home });
        deepStrictEqual([code, stdout], [2, ""]);
        match(
          stderr,
          /^error: watch needs a terminal, .*\nhint: `opper-agent overview` .*`opper-agent sessions` .*\n$/,
        );
      });
    }
  });
});

Deno.test("a reader that goes away is no failure", async () => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const [program, ...first] = agentCommand();
    const child = new Deno.Command(program, {
      args: [...first, "sessions", "--json"],
      clearEnv: true,
      env: agentEnvironment({ home }),
      cwd: home,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    // Before the program has started, so that all of its answer meets a closed pipe.
    await child.stdout.cancel();
    const [stderr, { code }] = await Promise.all([new Response(child.stderr).text(), child.status]);
    deepStrictEqual([code, stderr], [0, ""]);
  });
});
