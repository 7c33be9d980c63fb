/**
 * The extension in real Pis, against a gateway on the loopback address: which trace each request carries, what is left
 * in the user's home, and that Pi works on whatever is wrong.
 */
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { validate } from "uuid";
import { traceOfFile } from "../support/trace_of_file.ts";
import { EXTENSION_TEXT } from "../../src/agents/pi/extension/extension_text.ts";
import type { SessionRecord } from "../../src/launch/ledger/records.ts";
import { type Gateway, type GatewayRequest, startGateway } from "../support/gateway.ts";
import { PI_VERSIONS, type RealPi, realPi } from "../support/real_pi.ts";
import { withTemporaryDirectory } from "../support/run_agent.ts";
import { PiConversation, type PiRun, runPi } from "../support/run_pi.ts";

const KEY = "op-canary-5f1d";
const MODEL = "anthropic/claude-sonnet-4.6";
const OPPER = ["--provider", "opper", "--model", MODEL];
const OTHER = ["--provider", "other", "--model", "other-1"];

/** What a launch would put into the file that OPPER_AGENT_MODELS names. */
const MODELS = [{
  id: MODEL,
  name: "Claude Sonnet 4.6",
  reasoning: true,
  input: ["text", "image"],
  cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  contextWindow: 200_000,
  maxTokens: 64_000,
  compat: { cacheControlFormat: "anthropic" },
}];

/** A user's home, with a provider of their own, and a launch around it. */
interface Stage {
  readonly pi: RealPi;
  readonly gateway: Gateway;
  readonly home: string;
  readonly cwd: string;
  readonly agentDirectory: string;
  readonly extension: string;
  readonly launch: Readonly<Record<string, string>>;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<PiRun>;
  /** Calls of models alone. */
  calls(): Promise<readonly GatewayRequest[]>;
  ledger(): Promise<readonly SessionRecord[]>;
  sessionFiles(directory?: string): Promise<readonly string[]>;
}

async function onStage(pi: RealPi, body: (stage: Stage) => Promise<void>): Promise<void> {
  await using gateway = await startGateway({ node: pi.node });
  await withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    const agentDirectory = join(home, ".pi/agent");
    const cwd = join(directory, "work");
    const state = join(directory, "launch");
    for (const path of [agentDirectory, cwd, state]) await Deno.mkdir(path, { recursive: true });
    const extension = join(state, "opper-session.ts");
    await Deno.writeTextFile(extension, EXTENSION_TEXT);
    await Deno.writeTextFile(join(state, "models.json"), JSON.stringify(MODELS));
    await Deno.writeTextFile(
      join(agentDirectory, "models.json"),
      JSON.stringify({
        providers: {
          other: {
            baseUrl: `${gateway.url}/other`,
            apiKey: "other-key",
            api: "openai-completions",
            models: [{ id: "other-1" }],
          },
        },
      }),
    );
    const launch = {
      OPPER_AGENT_LAUNCH: "launch-1",
      OPPER_BASE_URL: `${gateway.url}/v3/session/sess_1`,
      OPPER_API_KEY: KEY,
      OPPER_AGENT_MODELS: join(state, "models.json"),
      OPPER_AGENT_LEDGER: join(state, "ledger.jsonl"),
    };
    await body({
      pi,
      gateway,
      home,
      cwd,
      agentDirectory,
      extension,
      launch,
      run: (args, env = launch) => runPi(pi, args, { home, cwd, env }),
      calls: async () => (await gateway.requests()).filter(({ method }) => method === "POST"),
      ledger: async () =>
        (await readIfAny(launch.OPPER_AGENT_LEDGER)).split("\n").filter(Boolean).map((line) => JSON.parse(line)),
      sessionFiles: (path = join(agentDirectory, "sessions")) => filesBelow(path),
    });
  });
}

async function readIfAny(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Absolute paths, sorted; none for a directory that does not exist. */
async function filesBelow(directory: string): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      const path = join(directory, name);
      paths.push(...isDirectory ? await filesBelow(path) : [path]);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return paths.sort();
}

/** Holds each call to the gateway to the trace that it should carry, in both headers, and to the key. */
function checkTraces(calls: readonly GatewayRequest[], traceIds: readonly string[]): void {
  const found = calls.map(({ path, headers }) => ({
    path,
    trace: headers["x-opper-trace-id"],
    parent: headers["x-opper-parent-span-id"],
    authorization: headers["authorization"],
  }));
  const path = "/v3/session/sess_1/chat/completions";
  deepStrictEqual(found, traceIds.map((id) => ({ path, trace: id, parent: id, authorization: `Bearer ${KEY}` })));
}

function checkOk({ code, stderr }: PiRun): void {
  deepStrictEqual({ code, stderr }, { code: 0, stderr: "" });
}

async function marksOf(sessionFile: string): Promise<unknown[]> {
  const entries = (await Deno.readTextFile(sessionFile)).trimEnd().split("\n").map((line) => JSON.parse(line));
  return entries.filter(({ customType }) => customType === "opper-agent.trace").map(({ data }) => data);
}

const ROWS: [what: string, body: (stage: Stage) => Promise<void>][] = [
  ["one answer, and --continue", async (stage) => {
    checkOk(await stage.run(["-e", stage.extension, ...OPPER, "-p", "LOOP: 2 true"]));
    checkOk(await stage.run(["-e", stage.extension, ...OPPER, "--continue", "-p", "SAY: again"]));
    const [file, ...more] = await stage.sessionFiles();
    deepStrictEqual(more, []);
    const traceId = traceOfFile(file!);
    const calls = await stage.calls();
    // Three turns, for the two calls of a tool, and one turn more.
    checkTraces(calls, [traceId, traceId, traceId, traceId]);
    // Pi marks a Claude model's prompt for caching only when the model's `compat` says so.
    ok(calls.every(({ body }) => JSON.stringify(body).includes('"cache_control"')));

    const ledger = await stage.ledger();
    strictEqual(ledger.length, 2);
    for (const { at: _at, pid: _pid, sessionId, ...record } of ledger) {
      const expected = { type: "session", traceId, sessionFile: file, reason: "startup", cwd: stage.cwd };
      deepStrictEqual(record, expected);
      ok(file!.includes(sessionId));
    }
    notStrictEqual(ledger[0]!.pid, ledger[1]!.pid);
    deepStrictEqual(await marksOf(file!), [{ traceId, launchId: "launch-1" }]);
    for (const path of await filesBelow(dirname(stage.home))) {
      ok(!(await Deno.readTextFile(path)).includes(KEY), `the key is in ${path}`);
    }
  }],
  ["--session-dir with a relative path, and --continue", async (stage) => {
    const args = ["-e", stage.extension, ...OPPER, "--session-dir", "rel/sessions"];
    checkOk(await stage.run([...args, "-p", "SAY: one"]));
    checkOk(await stage.run([...args, "--continue", "-p", "SAY: two"]));
    const [file, ...more] = await stage.sessionFiles(join(stage.cwd, "rel/sessions"));
    deepStrictEqual(more, []);
    checkTraces(await stage.calls(), [traceOfFile(file!), traceOfFile(file!)]);
    deepStrictEqual((await stage.ledger()).map(({ sessionFile }) => sessionFile), [file, file]);
    strictEqual((await marksOf(file!)).length, 1);
  }],
  ["--no-session", async (stage) => {
    checkOk(await stage.run(["-e", stage.extension, ...OPPER, "--no-session", "-p", "RUN: true"]));
    const [record, ...more] = await stage.ledger();
    deepStrictEqual(more, []);
    ok(record !== undefined && !("sessionFile" in record));
    // Opper takes any UUID for the id of a trace.
    ok(validate(record.traceId), record.traceId);
    strictEqual(record.traceId, record.sessionId);
    checkTraces(await stage.calls(), [record.traceId, record.traceId]);
    deepStrictEqual(await stage.sessionFiles(), []);
  }],
  ["a child Pi, started from the shell tool, has a trace of its own", async (stage) => {
    // Found by the child as well only where Pi looks by itself.
    await Deno.mkdir(join(stage.agentDirectory, "extensions"));
    await Deno.copyFile(stage.extension, join(stage.agentDirectory, "extensions/opper-session.ts"));
    checkOk(await stage.run([...OPPER, "-p", `RUN: pi ${OPPER.join(" ")} -p 'SAY: child'`]));
    const files = await stage.sessionFiles();
    strictEqual(files.length, 2);
    const [parent, child] = await stage.ledger();
    deepStrictEqual(files, [parent!.sessionFile, child!.sessionFile].sort());
    const [parentTrace, childTrace] = [parent!, child!].map(({ sessionFile }) => traceOfFile(sessionFile!));
    checkTraces(await stage.calls(), [parentTrace!, childTrace!, parentTrace!]);
    deepStrictEqual([parent!.parentSessionId, parent!.parentSessionFile], [undefined, undefined]);
    // Pi 0.74.2 does not tell the shells it opens which session they belong to.
    const isTold = stage.pi.version !== "0.74.2";
    strictEqual(child!.parentSessionId, isTold ? parent!.sessionId : undefined);
    strictEqual(child!.parentSessionFile, isTold ? parent!.sessionFile : undefined);
  }],
  ["a child Pi of a session without a file", async (stage) => {
    await Deno.mkdir(join(stage.agentDirectory, "extensions"));
    await Deno.copyFile(stage.extension, join(stage.agentDirectory, "extensions/opper-session.ts"));
    checkOk(
      await stage.run([...OPPER, "--no-session", "-p", `RUN: pi ${OPPER.join(" ")} --no-session -p 'SAY: child'`]),
    );
    const [parent, child] = await stage.ledger();
    checkTraces(await stage.calls(), [parent!.traceId, child!.traceId, parent!.traceId]);
    notStrictEqual(parent!.traceId, child!.traceId);
    ok(!("parentSessionFile" in child!));
  }],
  ["sessions opened, resumed and forked in one process", async (stage) => {
    await using talk = new PiConversation(stage.pi, ["-e", stage.extension, ...OPPER], {
      home: stage.home,
      cwd: stage.cwd,
      env: stage.launch,
    });
    const fileNow = async () => String((await talk.send("get_state"))["sessionFile"]);
    const first = await fileNow();
    await talk.prompt("SAY: in the first");
    await talk.prompt("SAY: in the first again");
    await talk.send("new_session");
    const second = await fileNow();
    await talk.prompt("SAY: in the second");
    await talk.send("switch_session", { sessionPath: first });
    await talk.prompt("SAY: back in the first");
    const { messages } = await talk.send("get_fork_messages") as { messages: { entryId: string }[] };
    await talk.send("fork", { entryId: messages[1]!.entryId });
    const fork = await fileNow();
    await talk.prompt("SAY: in the fork");
    strictEqual(await talk.close(), "");

    strictEqual(new Set([first, second, fork]).size, 3);
    const [one, two, three] = [first, second, fork].map(traceOfFile);
    checkTraces(await stage.calls(), [one!, one!, two!, one!, three!]);
    deepStrictEqual(
      (await stage.ledger()).map(({ reason, sessionFile, traceId }) => [reason, sessionFile, traceId]),
      [["startup", first, one], ["new", second, two], ["resume", first, one], ["fork", fork, three]],
    );
    const mark = (traceId?: string) => ({ traceId, launchId: "launch-1" });
    deepStrictEqual(await marksOf(first), [mark(one)]);
    deepStrictEqual(await marksOf(second), [mark(two)]);
    deepStrictEqual(await marksOf(fork), [mark(one), mark(three)]);
  }],
  ["every call that Pi makes by itself: another try after a failure, and the summary of /compact", async (stage) => {
    const settings = { retry: { baseDelayMs: 10 }, compaction: { keepRecentTokens: 1 } };
    await Deno.writeTextFile(join(stage.agentDirectory, "settings.json"), JSON.stringify(settings));
    await using talk = new PiConversation(stage.pi, ["-e", stage.extension, ...OPPER], {
      home: stage.home,
      cwd: stage.cwd,
      env: stage.launch,
    });
    await talk.prompt("ERRONCE: 503");
    await talk.prompt("SAY: two");
    await talk.send("compact");
    await talk.prompt("SAY: three");
    await talk.close();
    const [file] = await stage.sessionFiles();
    const calls = await stage.calls();
    deepStrictEqual(calls.map(({ status }) => status).slice(0, 2), [503, 200]);
    ok(calls.some(({ body }) => JSON.stringify(body).includes("<conversation>")));
    checkTraces(calls, calls.map(() => traceOfFile(file!)));
  }],
  ["a session without a word leaves nothing, and changes none", async (stage) => {
    const options = { home: stage.home, cwd: stage.cwd, env: stage.launch };
    const talk = new PiConversation(stage.pi, ["-e", stage.extension, ...OPPER], options);
    await talk.send("get_state");
    strictEqual(await talk.close(), "");
    deepStrictEqual(await stage.sessionFiles(), []);
    strictEqual((await stage.ledger()).length, 1);

    // One that was held without us, so that it carries no mark yet.
    checkOk(await stage.run([...OTHER, "-p", "SAY: one"], {}));
    const [file] = await stage.sessionFiles();
    const before = await Deno.readTextFile(file!);
    const again = new PiConversation(stage.pi, ["-e", stage.extension, "--continue"], options);
    await again.send("get_state");
    strictEqual(await again.close(), "");
    strictEqual(await Deno.readTextFile(file!), before);
    strictEqual((await stage.ledger())[1]?.sessionFile, file);
  }],
  ["without a launch it does nothing", async (stage) => {
    const { OPPER_BASE_URL, OPPER_API_KEY } = stage.launch as Record<string, string>;
    const env = { OPPER_BASE_URL: OPPER_BASE_URL!, OPPER_API_KEY: OPPER_API_KEY! };
    checkOk(await stage.run(["-e", stage.extension, ...OTHER, "-p", "SAY: one"], env));
    const [call] = await stage.calls();
    strictEqual(call!.path, "/other/chat/completions");
    deepStrictEqual(Object.keys(call!.headers).filter((name) => name.startsWith("x-opper")), []);
    deepStrictEqual(await stage.ledger(), []);
    const [file] = await stage.sessionFiles();
    deepStrictEqual(await marksOf(file!), []);
    const list = await stage.run(["-e", stage.extension, "--list-models"], env);
    ok(!`${list.stdout}${list.stderr}`.includes(MODEL));
  }],
  ["--list-models, which opens no session", async (stage) => {
    const list = await stage.run(["-e", stage.extension, "--list-models"]);
    strictEqual(list.code, 0);
    ok(`${list.stdout}${list.stderr}`.includes(MODEL));
    deepStrictEqual(await stage.ledger(), []);
  }],
  ["the user's other provider is told nothing of Opper", async (stage) => {
    checkOk(await stage.run(["-e", stage.extension, ...OTHER, "-p", "SAY: one"]));
    const [call, ...more] = await stage.calls();
    deepStrictEqual(more, []);
    strictEqual(call!.path, "/other/chat/completions");
    strictEqual(call!.headers["authorization"], "Bearer other-key");
    ok(!/opper|sess_1/i.test(JSON.stringify(call!.headers)));
    const [file] = await stage.sessionFiles();
    deepStrictEqual(await marksOf(file!), []);
  }],
  ["found twice, it acts once", async (stage) => {
    await Deno.mkdir(join(stage.agentDirectory, "extensions"));
    await Deno.copyFile(stage.extension, join(stage.agentDirectory, "extensions/opper-session.ts"));
    checkOk(await stage.run(["-e", stage.extension, ...OPPER, "-p", "SAY: one"]));
    const [file] = await stage.sessionFiles();
    checkTraces(await stage.calls(), [traceOfFile(file!)]);
    strictEqual((await stage.ledger()).length, 1);
    strictEqual((await marksOf(file!)).length, 1);
  }],
  ["a key with characters that Pi has a meaning for", async (stage) => {
    for (const key of ["op-a$HOME$$b${x}", "!echo op"]) {
      const env = { ...stage.launch, OPPER_API_KEY: key };
      checkOk(await stage.run(["-e", stage.extension, ...OPPER, "--no-session", "-p", "SAY: one"], env));
      strictEqual((await stage.calls()).at(-1)!.headers["authorization"], `Bearer ${key}`);
    }
  }],
  ["models that cannot be read stop neither Pi nor the user's other provider", async (stage) => {
    const path = stage.launch["OPPER_AGENT_MODELS"]!;
    const rows: [prepare: () => Promise<void>, said: RegExp][] = [
      [() => Deno.remove(path), /^opper-agent: ENOENT.*\n$/],
      [() => Deno.writeTextFile(path, "{"), /^opper-agent: .*JSON.*\n$/],
      [() => Deno.writeTextFile(path, "{}"), /^opper-agent: ".*" holds no models\n$/],
    ];
    for (const [prepare, said] of rows) {
      await prepare();
      const { code, stdout, stderr } = await stage.run(["-e", stage.extension, ...OTHER, "-p", "SAY: one"]);
      deepStrictEqual({ code, stdout }, { code: 0, stdout: "one\n" });
      match(stderr, said);
    }
  }],
  ["a launch without a key, or a ledger that cannot be written, does not stop Pi", async (stage) => {
    const { OPPER_API_KEY: _, ...keyless } = stage.launch;
    for (const env of [keyless, { ...stage.launch, OPPER_AGENT_LEDGER: join(stage.cwd, "none/ledger.jsonl") }]) {
      const { code, stdout, stderr } = await stage.run(["-e", stage.extension, ...OTHER, "-p", "SAY: one"], env);
      deepStrictEqual({ code, stdout }, { code: 0, stdout: "one\n" });
      match(stderr, /^opper-agent: .+\n$/);
    }
  }],
  ["our own MCP server, where Pi knows such", async (stage) => {
    const server = join(stage.cwd, "server.mjs");
    await Deno.writeTextFile(server, MCP_SERVER);
    const env = { ...stage.launch, OPPER_AGENT_MCP: JSON.stringify({ command: "node", args: [server] }) };
    checkOk(await stage.run(["-e", stage.extension, ...OPPER, "-p", "TOOL: mcp__opper_agent__whoami {}"], env));
    const [file] = await stage.sessionFiles();
    const [record] = await stage.ledger();
    const told = (await Deno.readTextFile(file!)).includes(`I serve ${record!.sessionId} in ${file}`);
    strictEqual(told, stage.pi.version === "1.5.2");
  }],
];

/** As little of an MCP server as Pi needs: one tool, which says what the server was told about its session. */
const MCP_SERVER = `
import { createInterface } from "node:readline";
const { OPPER_AGENT_SESSION_ID: id, OPPER_AGENT_SESSION_FILE: file } = process.env;
const results = {
  "initialize": { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "t", version: "1" } },
  "tools/list": { tools: [{ name: "whoami", description: "Whom", inputSchema: { type: "object", properties: {} } }] },
  "tools/call": { content: [{ type: "text", text: "I serve " + id + " in " + file }] },
};
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.id === undefined) continue;
  console.log(JSON.stringify({ jsonrpc: "2.0", id: request.id, result: results[request.method] ?? {} }));
}
`;

for (const version of PI_VERSIONS) {
  Deno.test(`the extension in Pi ${version}`, async (t) => {
    const pi = await realPi(version);
    for (const [what, body] of ROWS) await t.step(what, () => onStage(pi, body));
  });
}
