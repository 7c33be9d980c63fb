/**
 * `launch hermes` as a process, with a stand-in for Hermes that loads the plugin as Hermes does: which trace each call has,
 * and that nothing is left. Hermes itself is not on npm, and is run by hand.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { traceIdOfLaunch, traceIdOfSession } from "../src/core/trace_id.ts";
import { readLedger } from "../src/launch/ledger/ledger.ts";
import { filesHolding, snapshotHome } from "./support/home_snapshot.ts";
import { type AgentRun, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { writeProgram } from "./support/write_program.ts";

const CANARY = "op-canary-51b0c2d7e6f3";
const FAKE_HERMES = await Deno.readTextFile(new URL("support/fake_hermes.py", import.meta.url));
/** The stand-in is a program of Python, which Windows does not start by its first line. */
const isMissing = Deno.build.os === "windows" || !await runs("python3");

/** What Python itself keeps of the user's own plugin. */
const COMPILED = [/mine\/__pycache__/];

interface Call {
  readonly path: string;
  readonly key: string | null;
  readonly session: string | null;
  readonly traces: readonly (string | null)[];
}

interface Stage {
  readonly home: string;
  readonly calls: Call[];
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<AgentRun>;
}

/** The home must be as it was, but for our own directory, and the key nowhere. */
async function onStage(body: (stage: Stage) => Promise<void>): Promise<void> {
  const calls: Call[] = [];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const path = new URL(request.url).pathname;
    const pricing = { prompt: "0.000003", completion: "0.000015" };
    const opper = { type: "llm", capabilities: ["tools"], max_output_tokens: 1000 };
    const models = [{ id: "claude-opus-4-7", context_length: 9000, pricing, opper }];
    if (path === "/v3/compat/models") return Response.json({ data: models });
    if (request.method !== "POST") return Response.json({ message: "no" }, { status: 404 });
    await request.text();
    const { headers } = request;
    calls.push({
      path,
      key: headers.get("authorization"),
      session: headers.get("x-hermes-session-id"),
      traces: [headers.get("x-opper-trace-id"), headers.get("x-opper-parent-span-id")],
    });
    return Response.json({ choices: [] });
  });
  await withTemporaryDirectory(async (directory) => {
    const [home, bin] = [join(directory, "home"), join(directory, "bin")];
    await Deno.mkdir(join(home, ".hermes/plugins/model-providers/mine"), { recursive: true });
    await Deno.writeTextFile(join(home, ".hermes/config.yaml"), "# mine\nmodel:\n  provider: other\n");
    await Deno.writeTextFile(join(home, ".hermes/plugins/model-providers/mine/__init__.py"), "");
    await Deno.mkdir(join(home, ".opper"));
    await writeProgram(join(bin, "hermes"), FAKE_HERMES);
    const env = {
      PATH: `${bin}:${Deno.env.get("PATH")}`,
      OPPER_API_KEY: CANARY,
      OPPER_BASE_URL: `http://127.0.0.1:${server.addr.port}`,
      // Of the user's own plugin; ours is said to leave none.
      PYTHONDONTWRITEBYTECODE: "",
    };
    const before = await snapshotHome(join(home, ".hermes"), COMPILED);
    await body({ home, calls, run: (args, more = {}) => runAgent(args, { home, env: { ...env, ...more } }) });
    deepStrictEqual(await snapshotHome(join(home, ".hermes"), COMPILED), before);
    deepStrictEqual(await filesHolding(directory, CANARY), []);
  });
}

function ledgerOf(home: string) {
  const launches = join(home, ".opper/agent/launches");
  const [launch] = [...Deno.readDirSync(launches)];
  return readLedger(join(launches, launch!.name, "ledger.jsonl"))!;
}

const [PARENT, CHILD] = ["20261127_101010_abcdef", "20261127_101011_012345"];

Deno.test({
  name: "each session of Hermes is a trace, and Hermes never sees the key",
  ignore: isMissing,
  fn: () =>
    onStage(async ({ home, calls, run }) => {
      const sessions = [PARENT, CHILD, PARENT, "-", "with blanks"].join(",");
      const { code, stdout, stderr } = await run(["launch", "hermes", "-z", "hello"], { FAKE_SESSIONS: sessions });
      strictEqual(code, 0, stderr);
      const said = JSON.parse(stdout);
      deepStrictEqual(said, {
        argv: ["--provider", "opper-agent", "-m", "claude-opus-4-7", "-z", "hello"],
        registered: ["opper-agent"],
        isStartedThere: false,
        left: said.left,
        models: ["claude-opus-4-7"],
        mostOfModel: 1000,
        mostOfAnother: null,
        statuses: [200, 200, 200, 200, 200],
      });
      // No compiled copy beside ours, which would keep its directory from being removed.
      deepStrictEqual(said.left.filter((path: string) => path.startsWith("opper-agent")), [
        "opper-agent",
        "opper-agent/__init__.py",
        "opper-agent/plugin.yaml",
      ]);
      const { launch, sessions: seen } = ledgerOf(home);
      const own = traceIdOfLaunch(launch.launchId);
      const [parent, child] = [PARENT, CHILD].map((id) => traceIdOfSession("hermes", id!));
      deepStrictEqual(calls.map(({ traces }) => traces), [parent, child, parent, own, own].map((id) => [id, id]));
      ok(calls.every(({ key, path }) => key === `Bearer ${CANARY}` && path.includes("/v3/session/sess_")));
      deepStrictEqual(seen.map(({ traceId, sessionId, source }) => [traceId, sessionId, source]), [
        [parent, PARENT, "hermes"],
        [child, CHILD, "hermes"],
        [own, launch.launchId, undefined],
      ]);
    }),
});

Deno.test({
  name: "without a relay the plugin sends traces itself, and writes each session down once",
  ignore: isMissing,
  fn: () =>
    onStage(async ({ home, calls, run }) => {
      const env = { FAKE_SESSIONS: [PARENT, CHILD, PARENT].join(",") };
      const { code, stderr } = await run(["launch", "--no-relay", "hermes", "-z", "hello"], env);
      strictEqual(code, 0, stderr);
      const [parent, child] = [PARENT, CHILD].map((id) => traceIdOfSession("hermes", id!));
      deepStrictEqual(calls.map(({ traces }) => traces), [parent, child, parent].map((id) => [id, id]));
      deepStrictEqual(ledgerOf(home).sessions.map(({ traceId, source }) => [traceId, source]), [
        [parent, "hermes"],
        [child, "hermes"],
      ]);
    }),
});

Deno.test({
  name: "the plugin does nothing in a Hermes that was not launched",
  ignore: isMissing,
  fn: () =>
    onStage(async ({ home, run }) => {
      const plugin = join(home, ".hermes/plugins/model-providers/opper-agent");
      await Deno.mkdir(plugin);
      const text = await Deno.readTextFile(new URL("../src/agents/hermes/plugin/opper_agent.py", import.meta.url));
      await Deno.writeTextFile(join(plugin, "__init__.py"), text);
      // Its own command is run as it is, and has no variable of a launch.
      const { code, stdout, stderr } = await run(["launch", "hermes", "sessions", "list"]);
      strictEqual(code, 0, stderr);
      deepStrictEqual(JSON.parse(stdout).registered, []);
      await Deno.remove(plugin, { recursive: true });
    }),
});

Deno.test({
  name: "a Hermes that cannot be launched is said, and nothing is started",
  ignore: isMissing,
  fn: async (t) => {
    const rows: [what: string, args: string[], env: Record<string, string>, stderr: RegExp][] = [
      [
        "its gateway",
        ["hermes", "gateway", "run"],
        {},
        /"hermes gateway" cannot be launched: .*\nhint: .*configure hermes/,
      ],
      ["an old one", ["hermes"], { FAKE_VERSION: "0.14.0" }, /Hermes Agent 0\.14\.0 is too old: expected 0\.15\.1/],
      [
        "none",
        ["hermes"],
        { PATH: "/dev/null" },
        /Hermes Agent is not installed: .*\nhint: Install it as https:\S+ says\.\n/,
      ],
      [
        "none to install",
        ["--install", "hermes"],
        { PATH: "/dev/null" },
        /Hermes Agent cannot be installed from here: npm/,
      ],
    ];
    for (const [what, args, env, expected] of rows) {
      await t.step(what, () =>
        onStage(async ({ calls, run }) => {
          const { code, stdout, stderr } = await run(["launch", ...args], env);
          ok(code > 100, String(code));
          match(stderr, expected);
          deepStrictEqual([stdout, calls], ["", []]);
        }));
    }
  },
});

async function runs(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
