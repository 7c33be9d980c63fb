/** The extension against a recorded Pi, for what is hard to bring about in a real one. tests/e2e runs the real ones. */
import { deepStrictEqual, doesNotThrow, ok, strictEqual } from "node:assert/strict";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { traceIdOver, traceNameOfFile } from "../../../core/name_trace.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { nameTrace, type PiApi, type PiContext, startExtension } from "./opper_session.ts";

interface RecordedPi extends PiApi {
  /** Names and arguments of what the extension called, in order. */
  readonly calls: [name: string, ...args: unknown[]][];
  emit(event: string, payload: object, context: PiContext): void;
}

function recordPi(overrides: Partial<PiApi> = {}): RecordedPi {
  const calls: [string, ...unknown[]][] = [];
  const handlers = new Map<string, (event: object, context: PiContext) => void>();
  return {
    calls,
    on: (event: string, handler: (event: object, context: PiContext) => void) => void handlers.set(event, handler),
    registerProvider: (...args) => void calls.push(["registerProvider", ...structuredClone(args)]),
    appendEntry: (...args) => void calls.push(["appendEntry", ...args]),
    emit: (event, payload, context) => handlers.get(event)?.(payload, context),
    ...overrides,
  };
}

function contextOf(
  { file, id = "01a1fb60-05b8-7000-8000-000000000001", entries = [], provider = "opper", notices = [] }: {
    file?: string;
    id?: string;
    entries?: { type: string; customType?: string; data?: unknown }[];
    provider?: string;
    notices?: string[];
  },
): PiContext {
  return {
    cwd: "/srv/dev/app",
    hasUI: true,
    ui: { notify: (message) => void notices.push(message) },
    model: { provider },
    sessionManager: { getSessionFile: () => file, getSessionId: () => id, getEntries: () => entries },
  };
}

/** Runs with a process that has seen no extension yet, and a directory with the files of a launch. */
async function withLaunch(body: (env: Record<string, string>, directory: string) => void | Promise<void>) {
  await withTemporaryDirectory(async (directory) => {
    Reflect.deleteProperty(globalThis, Symbol.for("opper-agent.pi-extension"));
    await Deno.writeTextFile(join(directory, "models.json"), JSON.stringify(MODELS));
    await body({
      OPPER_AGENT_LAUNCH: "launch-1",
      OPPER_BASE_URL: "http://127.0.0.1:1/v3/session/sess_1",
      OPPER_API_KEY: "op-key",
      OPPER_AGENT_MODELS: join(directory, "models.json"),
      OPPER_AGENT_LEDGER: join(directory, "ledger.jsonl"),
    }, directory);
  });
}

const MODELS = [{ id: "anthropic/claude-sonnet-4.6", compat: { cacheControlFormat: "anthropic" } }];
const SELF = "file:///home/ada/.pi/agent/extensions/opper-session.ts";
const FILE = "/home/ada/.pi/agent/sessions/--srv-dev-app--/a.jsonl";
const traceIdOf = (file: string) => traceIdOver(traceNameOfFile(file));
const FILE_TRACE = await traceIdOf(FILE);

async function readLedger(directory: string): Promise<Record<string, unknown>[]> {
  const text = await Deno.readTextFile(join(directory, "ledger.jsonl"));
  ok(text.endsWith("\n"));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("the extension and core/name_trace.ts name the same traces", async () => {
  const paths = [FILE, "/", "/home/ada/caf\u00e9/s.jsonl", "/tmp/\u{1f600} $x/%20.jsonl", `/${"x".repeat(5000)}`];
  // Enough of them that each of the sixteen digits that the variant replaces comes up.
  for (let i = 0; i < 64; i++) paths.push(`/srv/${i}.jsonl`);
  deepStrictEqual(paths.map(nameTrace), await Promise.all(paths.map(traceIdOf)));
});

Deno.test("without a launch the extension does nothing", () => {
  const pi = recordPi({
    on: () => {
      throw new Error("on() was called");
    },
  });
  startExtension(pi, { OPPER_API_KEY: "op-key", OPPER_BASE_URL: "http://127.0.0.1:1" }, SELF);
  deepStrictEqual(pi.calls, []);
});

Deno.test("what Pi starts does not see how Pi was found", () =>
  withLaunch((env) => {
    const own: Record<string, string | undefined> = { ...env, OPPER_AGENT_STARTED: "/usr/bin/pi" };
    startExtension(recordPi(), own, SELF);
    deepStrictEqual(own, env);
    return Promise.resolve();
  }));

Deno.test("registers the provider at once, and for each session with its trace", async () => {
  await withLaunch(async (env, directory) => {
    const pi = recordPi();
    startExtension(pi, { ...env, PI_SESSION_ID: "parent", PI_SESSION_FILE: "/home/ada/p.jsonl" }, SELF);
    // Twice, as Pi does in its RPC mode: it is recorded once.
    for (let i = 0; i < 2; i++) pi.emit("session_start", { reason: "resume" }, contextOf({ file: FILE }));
    const provider = {
      name: "Opper",
      api: "openai-completions",
      baseUrl: "http://127.0.0.1:1/v3/session/sess_1",
      apiKey: "op-key",
      models: MODELS,
    };
    const headers = { "X-Opper-Trace-Id": FILE_TRACE, "X-Opper-Parent-Span-Id": FILE_TRACE };
    deepStrictEqual(pi.calls, [
      ["registerProvider", "opper", { ...provider, headers: {} }],
      ["registerProvider", "opper", { ...provider, headers }],
      ["registerProvider", "opper", { ...provider, headers }],
    ]);
    const [{ at, ...record } = {}, ...more] = await readLedger(directory);
    deepStrictEqual(more, []);
    ok(typeof at === "number" && Number.isInteger(at));
    deepStrictEqual(record, {
      type: "session",
      traceId: FILE_TRACE,
      sessionId: "01a1fb60-05b8-7000-8000-000000000001",
      sessionFile: FILE,
      pid: Deno.pid,
      parentSessionId: "parent",
      parentSessionFile: "/home/ada/p.jsonl",
      reason: "resume",
      cwd: "/srv/dev/app",
    });
    strictEqual((await Deno.stat(join(directory, "ledger.jsonl"))).mode! & 0o777, 0o600);
  });
});

Deno.test("names the trace of a session", async (t) => {
  const rows: [what: string, file: string | undefined, id: string, traceId: string][] = [
    ["by its file", FILE, "custom.id-1", FILE_TRACE],
    ["by the absolute path of a relative file", "rel/a.jsonl", "custom.id-1", await traceIdOf(resolve("rel/a.jsonl"))],
    [
      "by its id without a file",
      undefined,
      "01A1FB60-05B8-7000-8000-000000000001",
      "01a1fb60-05b8-7000-8000-000000000001",
    ],
    // uuid.uuid5(namespace, "custom.id-1") in Python.
    ["by a name made of an id that is no UUID", undefined, "custom.id-1", "069ba6c8-8db4-52ce-b1d4-bee78dc989b9"],
  ];
  for (const [what, file, id, traceId] of rows) {
    await t.step(what, () =>
      withLaunch(async (env, directory) => {
        const pi = recordPi();
        startExtension(pi, env, SELF);
        pi.emit("session_start", {}, contextOf({ file, id }));
        const [record] = await readLedger(directory);
        strictEqual(record?.traceId, traceId);
        strictEqual(record.reason, "startup");
        if (file === undefined) ok(!("sessionFile" in record));
        else ok(isAbsolute(String(record.sessionFile)));
        ok(!("parentSessionId" in record) && !("parentSessionFile" in record));
      }));
  }
});

Deno.test("marks a session once it is talked in", async (t) => {
  const mark = (traceId: string) => ({ type: "custom", customType: "opper-agent.trace", data: { traceId } });
  const rows: [what: string, context: Parameters<typeof contextOf>[0], isMarked: boolean][] = [
    ["a new one", { file: FILE }, true],
    [
      "a fork, which carries the mark of its parent",
      { file: FILE, entries: [mark(await traceIdOf("/p.jsonl"))] },
      true,
    ],
    ["one with entries of others", { file: FILE, entries: [{ type: "custom", customType: "x" }] }, true],
    ["not one that is marked already", { file: FILE, entries: [mark(FILE_TRACE)] }, false],
    ["not one without a file", {}, false],
    ["not one that talks to another provider", { file: FILE, provider: "other" }, false],
  ];
  for (const [what, options, isMarked] of rows) {
    await t.step(what, () =>
      withLaunch((env) => {
        const pi = recordPi();
        startExtension(pi, env, SELF);
        const context = contextOf(options);
        const entries = () => pi.calls.filter(([name]) => name === "appendEntry");
        pi.emit("session_start", { reason: "startup" }, context);
        deepStrictEqual(entries(), []);
        pi.emit("before_agent_start", {}, context);
        const entry = ["appendEntry", "opper-agent.trace", { traceId: FILE_TRACE, launchId: "launch-1" }];
        deepStrictEqual(entries(), isMarked ? [entry] : []);
      }));
  }
});

Deno.test("hands on a key that Pi would read as a template under both readings", async (t) => {
  for (const key of ["op-$HOME", "!op", "op-$$"]) {
    await t.step(key, () =>
      withLaunch((env) => {
        const pi = recordPi();
        const given: Record<string, string> = { ...env, OPPER_API_KEY: key };
        startExtension(pi, given, SELF);
        strictEqual((pi.calls[0]?.[2] as { apiKey: string }).apiKey, "$OPPER_API_KEY");
        strictEqual(given["$OPPER_API_KEY"], key);
      }));
  }
});

Deno.test("a second copy does nothing; the first runs again for each session", async () => {
  await withLaunch(async (env, directory) => {
    const first = recordPi();
    const second = recordPi();
    startExtension(first, env, SELF);
    startExtension(second, env, "file:///tmp/opper-session.ts");
    for (const pi of [first, second]) pi.emit("session_start", { reason: "startup" }, contextOf({ file: FILE }));
    strictEqual(first.calls.length, 2);
    deepStrictEqual(second.calls, []);
    strictEqual((await readLedger(directory)).length, 1);

    const again = recordPi();
    startExtension(again, env, SELF);
    strictEqual(again.calls.length, 1);

    // Once the first has shut down, whichever is loaded next takes over.
    again.emit("session_shutdown", {}, contextOf({}));
    const successor = recordPi();
    startExtension(successor, env, "file:///tmp/opper-session.ts");
    strictEqual(successor.calls.length, 1);
  });
});

Deno.test("brings the MCP server along, and tells it its session", async () => {
  await withLaunch((env) => {
    const servers: unknown[] = [];
    const pi = recordPi({ registerMcpServer: (...args) => void servers.push(args) });
    const mcp = '{"command":"/usr/bin/opper-agent","args":["mcp"]}';
    startExtension(pi, { ...env, OPPER_AGENT_MCP: mcp, OPPER_AGENT_DEPTH: "1" }, SELF);
    deepStrictEqual(servers, []);
    pi.emit("session_start", {}, contextOf({ file: "/home/$ada/a.jsonl", id: "s1" }));
    deepStrictEqual(servers, [["opper-agent", {
      command: "/usr/bin/opper-agent",
      args: ["mcp"],
      // Pi reads these as templates.
      env: {
        OPPER_AGENT_SESSION_ID: "s1",
        OPPER_AGENT_SESSION_FILE: "/home/$$ada/a.jsonl",
        OPPER_AGENT_DEPTH: "1",
      },
      exposure: "direct",
    }]]);
  });
});

type Env = Record<string, string>;

Deno.test("whatever goes wrong, Pi starts, and one line says so", async (t) => {
  const fail = () => {
    throw new Error("not\nnow");
  };
  const rows: [what: string, env: Env | ((env: Env) => Env), overrides: Partial<PiApi>, said: RegExp][] = [
    [
      "Pi refuses the MCP server",
      { OPPER_AGENT_MCP: '{"command":"x","args":[]}' },
      { registerMcpServer: fail },
      /not now/,
    ],
    ["the MCP server is no JSON", { OPPER_AGENT_MCP: "x" }, { registerMcpServer: () => {} }, /JSON/],
    [
      "the ledger's directory is gone",
      ({ OPPER_AGENT_LEDGER }) => ({ OPPER_AGENT_LEDGER: join(dirname(OPPER_AGENT_LEDGER!), "gone", "ledger.jsonl") }),
      {},
      /ENOENT|os error 2/,
    ],
    ["Pi takes no entry", {}, { appendEntry: fail }, /not now/],
  ];
  for (const [what, added, overrides, said] of rows) {
    await t.step(what, () =>
      withLaunch((env) => {
        const notices: string[] = [];
        const context = contextOf({ file: FILE, notices });
        const pi = recordPi(overrides);
        doesNotThrow(() => startExtension(pi, { ...env, ...(typeof added === "function" ? added(env) : added) }, SELF));
        // Twice, as after /reload: it is said once a process.
        for (let i = 0; i < 2; i++) {
          doesNotThrow(() => pi.emit("session_start", {}, context));
          doesNotThrow(() => pi.emit("before_agent_start", {}, context));
        }
        strictEqual(notices.length, 1, notices.join("\n"));
        ok(said.test(notices[0]!) && notices[0]!.startsWith("opper-agent: "), notices[0]);
        // The session's calls are routed all the same.
        ok(JSON.stringify(pi.calls).includes(FILE_TRACE));
      }));
  }
});
