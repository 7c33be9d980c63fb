/**
 * `statusline` as clients and prompts call it: what it shows for what comes on standard input, that it never waits for
 * input that does not come, that it learns of a log that grew, and that nothing that fails shows in a prompt.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { announcePage } from "../src/host/running_page.ts";
import { piLogPath, piTurn } from "./support/logs.ts";
import { agentCommand, agentEnvironment, type AgentRun } from "./support/run_agent.ts";
import { CLAUDE, claudeLogPath, makeSmallHome, PI } from "./support/small_home.ts";

/** What shows nothing of the clock. */
const FORMAT = "{session_cost} {session_turns} {hit} {session}";
/** PI: $0.00528 + $0.00186 in two turns; 1000 of 2230 prompt tokens were read. */
const PI_LINE = "$0.0071 2 44.8% 01a1fb64\n";
const UNKNOWN_LINE = "? ? ? ?\n";

/** Bytes or text, then closed; or written piece by piece, milliseconds between them, and closed only where it says so. */
type Input = Uint8Array<ArrayBuffer> | string | readonly (number | string | Uint8Array<ArrayBuffer> | "CLOSE")[];
const NEVER_WRITTEN: Input = [];

async function runStatusline(
  home: string,
  args: readonly string[],
  options: { readonly input?: Input; readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<AgentRun> {
  const { input = "", cwd = home, env } = options;
  const [program, ...first] = agentCommand();
  const child = new Deno.Command(program, {
    args: [...first, "statusline", ...args],
    cwd,
    clearEnv: true,
    env: agentEnvironment({ home, env }),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    // Who waits for what never comes ends here.
    signal: AbortSignal.timeout(120_000),
  }).spawn();
  const writer = child.stdin.getWriter();
  const closed = (async () => {
    for (const piece of Array.isArray(input) ? input : [input, "CLOSE"]) {
      if (typeof piece === "number") await new Promise((resolve) => setTimeout(resolve, piece));
      else if (piece === "CLOSE") await writer.close();
      else await writer.write(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
    }
    // A child that ended before it had read all of it.
  })().catch(() => undefined);
  const { code, stdout, stderr } = await child.output();
  await closed;
  await writer.close().catch(() => undefined);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/**
 * Runs it until it shows what it has to. On a machine so busy that what is written at once arrives late, the line says that
 * it does not know, as it has to; it never says anything else.
 */
async function runInTime(
  wanted: (run: AgentRun) => boolean,
  ...run: Parameters<typeof runStatusline>
): Promise<AgentRun> {
  return await eventually("what is written arrives in time", async () => {
    const found = await runStatusline(...run);
    if (wanted(found)) return found;
    strictEqual(found.code, 0);
    match(found.stdout, /^\?/);
    return undefined;
  });
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
  for (const end = performance.now() + 120_000; performance.now() < end;) {
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
      ["no session, but the directory of one", JSON.stringify({ cwd: "/srv/web" }), UNKNOWN_LINE],
      ["a session that is null", JSON.stringify({ ...claude, session_id: null, transcript_path: null }), UNKNOWN_LINE],
      ["one that is a number", JSON.stringify({ session_id: 7, transcript_path: {}, cwd: "/srv/web" }), UNKNOWN_LINE],
      ["a new id, with the log of another", JSON.stringify({ ...claude, session_id: "new" }), UNKNOWN_LINE],
      ["an id, with the log of another", JSON.stringify({ ...claude, session_id: PI }), UNKNOWN_LINE],
      ["the id of another tool's", JSON.stringify({ session_id: PI, transcript_path: "/c/a.jsonl" }), UNKNOWN_LINE],
      ["the beginning of an id", JSON.stringify({ session_id: CLAUDE.slice(0, 8) }), UNKNOWN_LINE],
      [
        "a log by a path of Windows",
        JSON.stringify({ ...claude, transcript_path: `C:\\Users\\Ü b\\.claude\\projects\\w\\${CLAUDE}.jsonl` }),
        claudeLine,
      ],
      ["a path that no file can have", JSON.stringify({ ...claude, transcript_path: "/a\0b.jsonl" }), UNKNOWN_LINE],
      ["behind a byte order mark", `\ufeff${JSON.stringify(claude)}\r\n`, claudeLine],
      ["a raw line break in a string", `{"title":"a\nb",${JSON.stringify(claude).slice(1)}`, claudeLine],
      ["the latest of the directory is not what it is about", JSON.stringify({ session_id: "new" }), UNKNOWN_LINE],
      ["broken", '{"session_id": ', UNKNOWN_LINE],
      ["no JSON", new Uint8Array([0xff, 0xfe, 0x00, 0x0a]), UNKNOWN_LINE],
      ["a line of two megabytes, which is read no further than half of it", huge, UNKNOWN_LINE],
      ["nothing, in a directory without sessions", "", UNKNOWN_LINE],
      ["blank", "\n", UNKNOWN_LINE],
    ];
    for (const [name, input, line] of rows) {
      await t.step(name, async () => {
        const { code, stderr } = await runInTime(
          ({ stdout }) => stdout === line,
          home,
          ["--format", FORMAT],
          { input },
        );
        deepStrictEqual([code, stderr], [0, ""]);
      });
    }
    await t.step("a client names its session, whatever the shell was started in", async () => {
      for (const input of [JSON.stringify({ cwd: "/srv/app" }), '{"session', JSON.stringify({ session_id: "new" })]) {
        const { stdout } = await runStatusline(home, ["--format", FORMAT], { input, env: { PI_SESSION_ID: PI } });
        strictEqual(stdout, UNKNOWN_LINE, input);
      }
    });
    await t.step("--session latest and current, which somebody has to ask for", async () => {
      const line = async (session: string, env?: Record<string, string>) =>
        (await runStatusline(home, ["--format", "{session}", "--session", session], { env })).stdout;
      strictEqual(await line("latest"), "01a1fb66\n");
      strictEqual(await line("current"), "?\n");
      strictEqual(await line("current", { PI_SESSION_ID: PI }), "01a1fb64\n");
    });
    await t.step("--session takes the beginning of an id, as everywhere", async () => {
      const ask = async (session: string) =>
        await runStatusline(home, ["--format", FORMAT, "--debug", "--session", session]);
      for (
        const [session, line, why] of [
          [CLAUDE.slice(0, 8), claudeLine, ""],
          ["e", claudeLine, ""],
          // PI's and others.
          ["01a1f", UNKNOWN_LINE, '"01a1f" is the start of several session ids: type more of it.\n'],
          ["01a1f9ff", UNKNOWN_LINE, 'No session "01a1f9ff".\n'],
        ] as const
      ) {
        // The first line that asks for it may not wait for the scan that looks for it.
        await eventually(`${session} is looked for`, async () => {
          const { code, stdout, stderr } = await ask(session);
          strictEqual(code, 0);
          if (stderr.includes("is known yet")) return undefined;
          deepStrictEqual([stdout, stderr], [line, why]);
          return true;
        });
      }
    });
    await t.step("--session goes before it", async () => {
      const input = JSON.stringify(claude);
      const { stdout } = await runStatusline(home, ["--format", FORMAT, "--session", PI], { input });
      strictEqual(stdout, PI_LINE);
    });
    await t.step("without it, the session that the shell was started in", async () => {
      await runInTime(
        ({ stdout }) => stdout === PI_LINE,
        home,
        ["--format", FORMAT],
        { env: { PI_SESSION_ID: PI } },
      );
    });
    await t.step("--debug says what is wrong with it", async () => {
      await runInTime(
        ({ stdout, stderr }) => stdout === UNKNOWN_LINE && /^Standard input had no JSON object/.test(stderr),
        home,
        ["--format", FORMAT, "--debug"],
        { input: "{" },
      );
    });
    await t.step("what the client says of its cache goes before what its log lets on", async () => {
      // In the year 5138, and in 1970.
      for (const [expires_at, shown] of [[99_999_999_999, /^warm [\d,]+d \d+h\n$/], [1, /^cold\n$/]] as const) {
        const input = JSON.stringify({ ...claude, prompt_cache: { warm: true, ttl: "1h", expires_at } });
        await runInTime(({ stdout }) => shown.test(stdout), home, ["--format", "{cache}"], { input });
      }
    });
  });
});

Deno.test("a bar shows all caches, whatever comes on standard input, and where the page is", async (t) => {
  await withScannedHome(async (home) => {
    const state = join(home, ".opper/agent");
    const show = async (format: string, input?: Input) => {
      const { code, stdout, stderr } = await runStatusline(home, ["--format", format], { input });
      deepStrictEqual([code, stderr], [0, ""]);
      return stdout;
    };
    // What the home has is of 2026-11-20, and cold.
    for (
      const [name, input] of [["a client's JSON", JSON.stringify({ session_id: CLAUDE })], [
        "nothing",
        NEVER_WRITTEN,
      ]] as const
    ) {
      await t.step(name, async () => {
        match(await show("tmux", input), /^#\[fg=default\]~?no cache warm#\[default\] \| today ~?\$0\.00\n$/);
      });
    }
    await t.step("waybar is one line of JSON", async () => {
      const line = await show("waybar");
      strictEqual(line.trim().includes("\n"), false);
      const { class: state, tooltip } = JSON.parse(line);
      strictEqual(state, "cold");
      match(tooltip, /\nThe dashboard does not run: opper-agent dashboard$/);
    });
    await t.step("a click serves the page, and opens it where it is served", async () => {
      match(await show("xbar"), /^Start the dashboard \| bash=.* param\d*=dashboard terminal=true /m);
      const end = await announcePage(state, "http://127.0.0.1:4756/");
      try {
        match(await show("xbar"), /^Open the dashboard \| href=http:\/\/127\.0\.0\.1:4756\/#\/now /m);
      } finally {
        end();
      }
    });
  });
});

Deno.test("it never waits for input that does not come", async (t) => {
  await withScannedHome(async (home) => {
    const args = ["--format", FORMAT];
    await t.step("a pipe that stays open and empty", async () => {
      const { code, stdout } = await runStatusline(home, args, { input: NEVER_WRITTEN });
      // Nobody ever writes or closes it: who waited for that would be ended by a signal.
      deepStrictEqual([code, stdout], [0, UNKNOWN_LINE]);
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

/** A directory with two sessions: CLAUDE, and a later one whose figures nobody may see who asked for CLAUDE's. */
const LATER = "0800ecd2-0000-4000-8000-00000000000e";

Deno.test("no client is shown the latest session of its directory instead of its own", async (t) => {
  await withScannedHome(async (home) => {
    const directory = join(home, "wörk");
    await Deno.mkdir(directory);
    const log = piLogPath(home, LATER);
    const turn = piTurn({ id: "7", at: "2026-11-20T11:59:30.000Z", usd: 7 });
    await Deno.writeTextFile(
      log,
      [{ type: "session", version: 3, id: LATER, timestamp: "2026-11-20T11:59:00.000Z", cwd: directory }, turn]
        .map((record) => `${JSON.stringify(record)}\n`).join(""),
    );
    strictEqual((await runStatusline(home, ["--refresh"])).code, 0);
    const said = JSON.stringify({ cwd: directory, session_id: CLAUDE });
    const bytes = new TextEncoder().encode(said);
    const inUmlaut = new TextEncoder().encode(said.slice(0, said.indexOf("ö"))).length + 1;
    const own = "e99afcf6\n";
    const none = "?\n";
    const rows: [name: string, input: Input, shown: readonly string[]][] = [
      ["whole, and the pipe stays open", [said], [own]],
      ["whole, with a line end, and the pipe stays open", [`${said}\n`], [own]],
      ["in two pieces, parted in a character", [bytes.slice(0, inUmlaut), 20, bytes.slice(inUmlaut)], [own, none]],
      ["each byte alone", [...bytes].map((byte) => new Uint8Array([byte])), [own, none]],
      ["a piece of it, and no more", [said.slice(0, 20)], [none]],
      ["a piece of it, and the end", [said.slice(0, 20), "CLOSE"], [none]],
      ["no JSON, and the pipe stays open", ["hello"], [none]],
      ["a quarter of a second late", [250, said, "CLOSE"], [own, none]],
      ["a second late", [1000, said, "CLOSE"], [own, none]],
      ["the rest of it a second late", [said.slice(0, 30), 1000, said.slice(30), "CLOSE"], [own, none]],
      ["never", NEVER_WRITTEN, [none]],
      ["nothing, and the end", "", [none]],
    ];
    for (const [name, input, shown] of rows) {
      await t.step(name, async () => {
        // On a machine so busy that what is written at once arrives late, it is late all the same; never another's.
        const possible = shown.includes(own) ? [own, none] : shown;
        const found: string[] = [];
        while (found.length < 20 && !shown.includes(found.at(-1)!)) {
          const { code, stdout } = await runStatusline(home, ["--format", "{session}"], { input, cwd: directory });
          strictEqual(code, 0);
          ok(possible.includes(stdout), stdout);
          found.push(stdout);
        }
        ok(shown.includes(found.at(-1)!), found.join(""));
      });
    }
    await t.step("who asks for it gets it", async () => {
      const asked = await runStatusline(home, ["--format", "{session}", "--session", "current"], { cwd: directory });
      strictEqual(asked.stdout, "0800ecd2\n");
    });
    await t.step("without a session, today's sum alone is shown", async () => {
      await runInTime(({ stdout }) => /^today [^|]+\n$/.test(stdout), home, [], { cwd: directory });
    });
    await t.step("a client that says nothing has one that is not known", async () => {
      match(
        (await runStatusline(home, [], { cwd: directory, input: NEVER_WRITTEN })).stdout,
        /^\? \| hit \? \| cache \? \|/,
      );
    });
  });
});

Deno.test("a log that grew is marked, until the scan in the background has read it", async (t) => {
  await withScannedHome(async (home) => {
    const input = JSON.stringify({ session_id: PI, transcript_path: piLogPath(home, PI) });
    const isShown = async (line: string) =>
      await runInTime(({ stdout }) => stdout === line, home, ["--format", FORMAT], { input });
    await t.step("unchanged, it is current", async () => void await isShown(PI_LINE));
    const turn = piTurn({ id: "9", at: "2026-11-20T11:59:00.000Z", usd: 1 });
    await Deno.writeTextFile(piLogPath(home, PI), `${JSON.stringify(turn)}\n`, { append: true });
    // 0.00714 + 1 is $1.01; 1000 of 2230 + 10 are 44.6 %.
    const [behind, current] = ["~$0.0071 ~2 ~44.8% 01a1fb64\n", "$1.01 3 44.6% 01a1fb64\n"];
    await t.step("it is the old with a mark, or the new, and never the old without", async () => {
      await eventually("the new figures show", async () => {
        const isEither = ({ stdout }: AgentRun) => [behind, current].includes(stdout);
        const { stdout } = await runInTime(isEither, home, ["--format", FORMAT], { input });
        return stdout === current ? true : undefined;
      });
    });
    await t.step("and stays", async () => void await isShown(current));
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
    await t.step("settings that stop every scan: nothing known is ?, and --debug says who knows why", async () => {
      const OPPER_HOME = join(home, "other");
      await Deno.mkdir(join(OPPER_HOME, "agent"), { recursive: true });
      await Deno.writeTextFile(join(OPPER_HOME, "agent/config.json"), '{"timezone":"garbage"}');
      const { stderr } = await runInTime(({ stdout }) => stdout === "today ?\n", home, ["--debug"], {
        env: { OPPER_HOME },
      });
      match(stderr, /`opper-agent statusline --refresh` says why\.\n$/);
    });
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
