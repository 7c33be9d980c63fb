/**
 * `statusline` as clients and prompts call it: what it shows for what comes on standard input, that it never waits for
 * input that does not come, that it learns of a log that grew, and that nothing that fails shows in a prompt.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { piLogPath, piTurn } from "./support/logs.ts";
import { agentCommand, agentEnvironment, type AgentRun } from "./support/run_agent.ts";
import { CLAUDE, claudeLogPath, makeSmallHome, PI } from "./support/small_home.ts";

/** What shows nothing of the clock. */
const FORMAT = "{session_cost} {session_turns} {hit} {session}";
/** PI: $0.00528 + $0.00186 in two turns; 1000 of 2230 prompt tokens were read. */
const PI_LINE = "$0.0071 2 44.8% 01a1fb64\n";
const UNKNOWN_LINE = "? ? ? ?\n";

type Input = Uint8Array<ArrayBuffer> | string | "never closed";

async function runStatusline(
  home: string,
  args: readonly string[],
  options: { readonly input?: Input; readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<AgentRun & { readonly ms: number }> {
  const { input = "", cwd = home, env } = options;
  const [program, ...first] = agentCommand();
  const startedAt = performance.now();
  const child = new Deno.Command(program, {
    args: [...first, "statusline", ...args],
    cwd,
    clearEnv: true,
    env: agentEnvironment({ home, env }),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const closed = (async () => {
    if (input === "never closed") return;
    await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input);
    await writer.close();
    // A child that ended before it had read all of it.
  })().catch(() => undefined);
  const { code, stdout, stderr } = await child.output();
  const ms = performance.now() - startedAt;
  await closed;
  await writer.close().catch(() => undefined);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr), ms };
}

/** A small home, scanned. What runs on in the background when a test is over may still write: its home goes away later. */
async function withScannedHome(body: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "opper-agent-test-" }));
  try {
    await makeSmallHome(home);
    const { code, stdout, stderr } = await runStatusline(home, ["--refresh"]);
    deepStrictEqual([code, stdout, stderr], [0, "", ""]);
    await body(home);
  } finally {
    await eventually("the home can be removed", async () => {
      try {
        await Deno.remove(home, { recursive: true });
        await new Promise((resolve) => setTimeout(resolve, 100));
        return await Deno.stat(home).then(() => undefined, () => true);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return true;
        return undefined;
      }
    });
  }
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + 20_000; performance.now() < end;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited in vain until ${what}.`);
}

Deno.test("what comes on standard input names the session", async (t) => {
  await withScannedHome(async (home) => {
    const claude = {
      session_id: CLAUDE,
      transcript_path: claudeLogPath(join(home, ".claude"), CLAUDE),
      cwd: "/srv/web",
      model: { id: "claude-opus-4-6", display_name: "Opus" },
    };
    // 0.028 + 0.00225 + 0.0011 of a sub-agent, in three turns; 2000 of 5150 prompt tokens were read.
    const claudeLine = "$0.031 3 38.8% e99afcf6\n";
    const huge = JSON.stringify({ padding: "x".repeat(2_000_000), session_id: PI });
    const rows: [name: string, input: Input, line: string][] = [
      ["as Claude Code sends it", JSON.stringify(claude), claudeLine],
      ["by its log alone", JSON.stringify({ transcript_path: claude.transcript_path }), claudeLine],
      ["by its id alone", JSON.stringify({ session_id: PI }), PI_LINE],
      ["one that has no log", JSON.stringify({ ...claude, session_id: "new", transcript_path: "/x" }), UNKNOWN_LINE],
      ["no session, but the directory of one", JSON.stringify({ cwd: "/srv/web" }), claudeLine],
      ["broken", '{"session_id": ', UNKNOWN_LINE],
      ["no JSON", new Uint8Array([0xff, 0xfe, 0x00, 0x0a]), UNKNOWN_LINE],
      ["a line of two megabytes, which is read no further than half of it", huge, UNKNOWN_LINE],
      ["nothing, in a directory without sessions", "", UNKNOWN_LINE],
      ["blank", "\n", UNKNOWN_LINE],
    ];
    for (const [name, input, line] of rows) {
      await t.step(name, async () => {
        const { code, stdout, stderr } = await runStatusline(home, ["--format", FORMAT], { input });
        deepStrictEqual([code, stdout, stderr], [0, line, ""]);
      });
    }
    await t.step("--session goes before it", async () => {
      const input = JSON.stringify(claude);
      const { stdout } = await runStatusline(home, ["--format", FORMAT, "--session", PI], { input });
      strictEqual(stdout, PI_LINE);
    });
    await t.step("without it, the session that the shell was started in", async () => {
      const { stdout } = await runStatusline(home, ["--format", FORMAT], { env: { PI_SESSION_ID: PI } });
      strictEqual(stdout, PI_LINE);
    });
    await t.step("--debug says what is wrong with it", async () => {
      const { code, stdout, stderr } = await runStatusline(home, ["--format", FORMAT, "--debug"], { input: "{" });
      deepStrictEqual([code, stdout], [0, UNKNOWN_LINE]);
      match(stderr, /^What came on standard input is no JSON object/);
    });
    await t.step("what the client says of its cache goes before what its log lets on", async () => {
      const cache = async (expires_at: number) => {
        const input = JSON.stringify({ ...claude, prompt_cache: { warm: true, ttl: "1h", expires_at } });
        return (await runStatusline(home, ["--format", "{cache}"], { input })).stdout;
      };
      // In the year 5138, and in 1970.
      match(await cache(99_999_999_999), /^warm [\d,]+d \d+h\n$/);
      strictEqual(await cache(1), "cold\n");
    });
  });
});

Deno.test("it never waits for input that does not come", async (t) => {
  await withScannedHome(async (home) => {
    const args = ["--format", FORMAT];
    await t.step("a pipe that stays open and empty", async () => {
      const { code, stdout, ms } = await runStatusline(home, args, { input: "never closed" });
      deepStrictEqual([code, stdout], [0, UNKNOWN_LINE]);
      // A tenth of a second, and the start; far less than the seconds that somebody would call hanging.
      ok(ms < 3000, `${ms} ms`);
    });
    for (
      const [name, redirection] of [["a closed one", "<&-"], ["a directory", "< /"], ["an empty file", "< /dev/null"]]
    ) {
      await t.step(name!, async () => {
        const { code, stdout } = await new Deno.Command("sh", {
          args: ["-c", `exec "$0" "$@" ${redirection}`, ...agentCommand(), "statusline", ...args],
          cwd: home,
          clearEnv: true,
          env: agentEnvironment({ home }),
        }).output();
        deepStrictEqual([code, new TextDecoder().decode(stdout)], [0, UNKNOWN_LINE]);
      });
    }
  });
});

Deno.test("a log that grew is marked, until the scan in the background has read it", async (t) => {
  await withScannedHome(async (home) => {
    const input = JSON.stringify({ session_id: PI, transcript_path: piLogPath(home, PI) });
    const show = async () => (await runStatusline(home, ["--format", FORMAT], { input })).stdout;
    await t.step("unchanged, it is current", async () => strictEqual(await show(), PI_LINE));
    const turn = piTurn({ id: "9", at: "2026-11-20T11:59:00.000Z", usd: 1 });
    await Deno.writeTextFile(piLogPath(home, PI), `${JSON.stringify(turn)}\n`, { append: true });
    // 0.00714 + 1 is $1.01; 1000 of 2230 + 10 are 44.6 %.
    const [behind, current] = ["~$0.0071 ~2 ~44.8% 01a1fb64\n", "$1.01 3 44.6% 01a1fb64\n"];
    await t.step("it is the old with a mark, or the new, and never the old without", async () => {
      await eventually("the new figures show", async () => {
        const line = await show();
        if (line === current) return true;
        strictEqual(line, behind);
        return undefined;
      });
    });
    await t.step("and stays", async () => strictEqual(await show(), current));
  });
});

Deno.test("a session that is too old to be kept is found when it is asked for", async () => {
  await withScannedHome(async (home) => {
    const path = join(home, ".opper/agent/statusline.json");
    const snapshot = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...snapshot, sessions: [] }));
    await eventually("it shows", async () => {
      const { stdout } = await runStatusline(home, ["--format", FORMAT, "--session", PI]);
      return stdout === PI_LINE ? true : undefined;
    });
  });
});

Deno.test("whatever is wrong, a prompt shows no error", async (t) => {
  await withScannedHome(async (home) => {
    const state = join(home, ".opper/agent");
    const rows: [name: string, content: string][] = [
      ["a snapshot that is cut off", '{"version":1,"takenAt":'],
      ["of another version", '{"version":0}'],
      ["of no version", "7"],
      ["without what it should have", '{"version":1,"sessions":[]}'],
      ["empty", ""],
    ];
    for (const [name, content] of rows) {
      await t.step(name, async () => {
        await Deno.writeTextFile(join(state, "statusline.json"), content);
        const { code, stderr, stdout } = await runStatusline(home, ["--format", FORMAT, "--session", PI]);
        deepStrictEqual([code, stderr], [0, ""]);
        // By now the background may have made a new one.
        ok([PI_LINE, UNKNOWN_LINE].includes(stdout), stdout);
      });
    }
    await t.step("a state directory that is none: an empty line, and --debug says why", async () => {
      const file = join(home, "file");
      await Deno.writeTextFile(file, "");
      const env = { OPPER_HOME: file };
      const { code, stdout, stderr } = await runStatusline(home, [], { env });
      deepStrictEqual([code, stdout, stderr], [0, "\n", ""]);
      const debugged = await runStatusline(home, ["--debug"], { env });
      deepStrictEqual([debugged.code, debugged.stdout], [0, "\n"]);
      match(debugged.stderr, /statusline\.lock" could not be locked/);
    });
  });
});

Deno.test("a wrong argument is still one", async (t) => {
  await withScannedHome(async (home) => {
    const rows: [args: string[], stderr: RegExp][] = [
      [
        ["--format", "{cots_today}"],
        /^error: Unknown field "\{cots_today\}" .*\nhint: Did you mean \{cost_today\}\?\n$/,
      ],
      [["--from", "x"], /^error: Unknown flag "--from"/],
      [["--format"], /^error: Expected TEXT after --format/],
    ];
    for (const [args, message] of rows) {
      await t.step(args.join(" "), async () => {
        const { code, stdout, stderr } = await runStatusline(home, args);
        deepStrictEqual([code, stdout], [2, ""]);
        match(stderr, message);
      });
    }
  });
});

Deno.test("refreshing at once leaves one sound snapshot, and nothing else", async () => {
  await withScannedHome(async (home) => {
    const runs = await Promise.all(Array.from({ length: 5 }, () => runStatusline(home, ["--refresh"])));
    for (const { code, stdout, stderr } of runs) deepStrictEqual([code, stdout, stderr], [0, "", ""]);
    const files = [...Deno.readDirSync(join(home, ".opper/agent"))].map(({ name }) => name)
      .filter((name) => !name.startsWith("index-"));
    deepStrictEqual(files.sort(), ["statusline.json", "statusline.lock"]);
    const { sessions } = JSON.parse(await Deno.readTextFile(join(home, ".opper/agent/statusline.json")));
    strictEqual(sessions.length, 4);
  });
});
