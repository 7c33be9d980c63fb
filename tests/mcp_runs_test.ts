/**
 * Started runs through the real server process, with a stand-in for Pi that says what it was given. The real Pi is in
 * e2e/mcp_pi_test.ts.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { INITIALIZE, type Json, type McpClient } from "./support/mcp_client.ts";
import { CANARY, onStage, TRACE } from "./support/run_stage.ts";
import { waitUntil } from "./support/wait_until.ts";
import { agentCommand, runAgent } from "./support/run_agent.ts";

Deno.test("a run is given the prompt as input, and what is needed, and nothing else", () =>
  onStage(async ({ directory, connect }) => {
    await using client = await connect({ FAKE_FLAG: "--no-mcp" });
    const args = { prompt: "@/etc/passwd\n--print", cwd: "sub", model: "claude-opus-4-7" };
    const run = await client.structured("launch_pi_traced", args);
    deepStrictEqual([run["status"], run["exitCode"], run["traceId"], run["error"]], ["finished", 0, TRACE, undefined]);
    deepStrictEqual((run["finalText"] as { text: string }).text.split("\n"), [
      "argument --provider",
      "argument opper",
      "argument --model",
      "argument claude-opus-4-7",
      "argument --print",
      "argument --no-mcp",
      `in ${directory}/work/sub`,
      "depth 1, session , key [key]",
      "read @/etc/passwd",
      "--print",
    ]);
    // No log was written: what it cost is not known, which is not zero.
    deepStrictEqual(run["traces"], [{ traceId: TRACE, sessionId: "s1" }]);
  }));

Deno.test("another agent is started as it answers without a terminal, and is found by what it reported", () =>
  onStage(async ({ connect }) => {
    await using client = await connect();
    const args = { agent: "copilot", prompt: "hello", model: "claude-opus-4-7" };
    const run = await client.structured("launch_traced", args);
    deepStrictEqual([run["status"], run["exitCode"], run["traceId"], run["error"]], ["finished", 0, TRACE, undefined]);
    const lines = (run["finalText"] as { text: string }).text.split("\n");
    match(lines[1]!, /^argument [0-9a-f-]{36}$/);
    deepStrictEqual(lines.toSpliced(1, 1).slice(0, 8), [
      "argument --session-id",
      "argument --model",
      "argument claude-opus-4-7",
      "argument --silent",
      "argument --allow-all-tools",
      "argument --no-ask-user",
      "argument --disable-mcp-server",
      "argument opper-agent",
    ]);
    strictEqual(lines.at(-1), "read hello");
    const { runId } = run;
    strictEqual((await client.structured("run_status", { run_id: String(runId) }))["runId"], runId);
    const missing = await client.call("launch_traced", { agent: "claude", prompt: "hello" });
    deepStrictEqual([missing.isError, /^Claude Code is not installed: /.test(missing.content[0]!.text)], [true, true]);
  }));

Deno.test("a Pi that has no MCP is given no flag about it", () =>
  onStage(async ({ connect }) => {
    await using client = await connect({ FAKE_FLAG: "--no-mcp-like" });
    const { finalText } = await client.structured("launch_pi_traced", { prompt: "x" }) as {
      finalText: { text: string };
    };
    ok(!finalText.text.includes("no-mcp"), finalText.text);
  }));

Deno.test("a run that goes on is answered with its trace, and cancelled by its id", () =>
  onStage(async ({ connect }) => {
    await using client = await connect({ FAKE_SLEEP: "60" });
    const run = await client.structured("launch_pi_traced", { prompt: "x", wait_seconds: 0 });
    deepStrictEqual([run["status"], run["traceId"], run["exitCode"]], ["running", TRACE, undefined]);
    const waited = await client.structured("run_status", { run_id: String(run["runId"]), wait_seconds: 1 });
    strictEqual(waited["status"], "running");
    const ended = await client.structured("cancel_run", { run_id: String(run["runId"]) });
    deepStrictEqual([ended["status"], ended["exitCode"], ended["error"]], ["cancelled", 143, "complained [key]"]);
  }));

Deno.test("who asks for it hears how long a run goes on, and nothing once it was answered", () =>
  onStage(async ({ connect }) => {
    await using client = await connect({ FAKE_SLEEP: "60" });
    const { result, error } = await client.request("tools/call", {
      name: "launch_pi_traced",
      arguments: { prompt: "x", wait_seconds: 4 },
      _meta: { progressToken: "t" },
    });
    strictEqual(error, undefined, error?.message);
    const { runId } = (result as { structuredContent: Json }).structuredContent;
    await client.structured("cancel_run", { run_id: String(runId) });
    const said = client.unasked.map(({ method, params }) => [method, params!["progressToken"], params!["progress"]]);
    ok(said.length >= 2, JSON.stringify(said));
    for (const [place, [method, token, progress]] of said.entries()) {
      deepStrictEqual([method, token], ["notifications/progress", "t"]);
      ok(place === 0 || Number(progress) > Number(said[place - 1]![2]), JSON.stringify(said));
    }
  }));

/** What a client that knows tasks says of itself. */
const KEY = "io.modelcontextprotocol/";
const KNOWS_TASKS = {
  [`${KEY}protocolVersion`]: "2026-07-28",
  [`${KEY}clientCapabilities`]: { extensions: { [`${KEY}tasks`]: {} } },
};

Deno.test("for clients that know tasks a run is one: it is begun, looked after and cancelled as a task", async (t) => {
  const ask = async (client: McpClient, method: string, params: Json) => {
    const { result, error } = await client.request(method, { ...params, _meta: KNOWS_TASKS });
    strictEqual(error, undefined, error?.message);
    return result as Json;
  };
  const begin = (client: McpClient) =>
    ask(client, "tools/call", { name: "launch_pi_traced", arguments: { prompt: "x", timeout_seconds: 60 } });
  const untilItEnds = async (client: McpClient, taskId: unknown) =>
    await waitUntil("the task to end", async () => {
      const task = await ask(client, "tasks/get", { taskId });
      return task["status"] === "working" ? undefined : task;
    });
  await t.step("to its end", () =>
    onStage(async ({ connect }) => {
      await using client = await connect({ FAKE_SLEEP: "1" }, []);
      const task = await begin(client);
      const { taskId, createdAt, lastUpdatedAt, _meta, ...rest } = task;
      deepStrictEqual(rest, {
        resultType: "task",
        status: "working",
        statusMessage: "Pi is running",
        ttlMs: 60_000 + 3_600_000,
        pollIntervalMs: 2000,
      });
      match(String(taskId), /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
      match(String(createdAt), /^\d{4}-\d\d-\d\dT.*Z$/);
      strictEqual(lastUpdatedAt, createdAt);
      // The other tools know it by the same name.
      strictEqual((await client.structured("run_status", { run_id: String(taskId) }))["runId"], taskId);
      deepStrictEqual(Object.keys(await ask(client, "tasks/update", { taskId, inputResponses: { a: 1 } })).sort(), [
        "_meta",
        "resultType",
      ]);
      const ended = await untilItEnds(client, taskId);
      deepStrictEqual([ended["resultType"], ended["status"]], ["complete", "completed"]);
      const { content, structuredContent } = ended["result"] as {
        content: { text: string }[];
        structuredContent: Json;
      };
      deepStrictEqual([structuredContent["status"], structuredContent["traceId"]], ["finished", TRACE]);
      deepStrictEqual(JSON.parse(content[0]!.text), structuredContent);
      // Cancelled once it has ended it stays as it was.
      await ask(client, "tasks/cancel", { taskId });
      strictEqual((await ask(client, "tasks/get", { taskId }))["status"], "completed");
    }));
  await t.step("cancelled", () =>
    onStage(async ({ connect }) => {
      await using client = await connect({ FAKE_SLEEP: "60" });
      const { taskId } = await begin(client);
      deepStrictEqual((await ask(client, "tasks/cancel", { taskId }))["resultType"], "complete");
      const ended = await untilItEnds(client, taskId);
      deepStrictEqual([ended["status"], ended["result"]], ["cancelled", undefined]);
    }));
  await t.step("what cannot be started is a result that is an error", () =>
    onStage(async ({ connect }) => {
      await using client = await connect({ FAKE_STATUS: "3" });
      const result = await begin(client);
      deepStrictEqual([result["resultType"], result["isError"]], ["complete", true]);
    }));
  await t.step("a server that starts nothing says nothing of tasks", () =>
    onStage(async ({ connect }) => {
      await using client = await connect({}, ["--read-only"]);
      const { capabilities } = await ask(client, "server/discover", {}) as { capabilities: Json };
      deepStrictEqual(capabilities["extensions"], { [`${KEY}ui`]: {} });
      const { error } = await client.request("tasks/get", { taskId: "x", _meta: KNOWS_TASKS });
      strictEqual(error?.code, -32601);
    }));
});

Deno.test("what keeps a run from starting is told", async (t) => {
  const rows: [name: string, env: Record<string, string>, args: string[], message: RegExp][] = [
    ["a Pi that does not run", { FAKE_STATUS: "3" }, [], /^"pi --help" ended with status 3: \[key\]\.\n/],
    ["no Pi", { PATH: "/usr/bin:/bin" }, [], /^Pi is not installed: .*\nnpm install -g \S+$/],
    ["too deep", { OPPER_AGENT_DEPTH: "2" }, [], /^This server was started 2 launches deep/],
    ["another directory is allowed", {}, ["--allow-dir", "sub"], /^Expected cwd to be a directory in .*\/work\/sub/],
  ];
  for (const [name, env, args, message] of rows) {
    await t.step(name, () =>
      onStage(async ({ connect }) => {
        await using client = await connect(env, args);
        const { isError, content } = await client.call("launch_pi_traced", { prompt: "x" });
        strictEqual(isError, true);
        match(content[0]!.text, message);
      }));
  }
});

/**
 * Asks a server that knows of its launch by what is above it alone to start a run, keeps the answers, and ends when the
 * run was answered.
 */
const ASKING_PI = `#!/bin/sh
if [ "$1" = "--version" ]; then echo 1.5.2; exit 0; fi
if [ "$1" = "--help" ]; then exit 0; fi
cd "$FAKE_DIRECTORY"
answers="answers-$OPPER_AGENT_DEPTH"
touch "$answers"
(cat requests; for i in $(seq 2400); do sleep 0.05; grep -q '"id":"run"' "$answers" && exit; done) |
  env -i HOME="$HOME" PATH="$PATH" DENO_DIR="$DENO_DIR" OPPER_API_KEY="$OPPER_API_KEY" \\
    OPPER_BASE_URL="$FAKE_GATEWAY" FAKE_GATEWAY="$FAKE_GATEWAY" FAKE_DIRECTORY="$FAKE_DIRECTORY" \\
    ${agentCommand().join(" ")} mcp > "$answers"
`;

Deno.test("launches within launches are counted without the environment", () =>
  onStage(async ({ directory, gateway }) => {
    await Deno.writeTextFile(join(directory, "bin/pi"), ASKING_PI, { mode: 0o755 });
    const requests = [
      { id: "initialize", method: "initialize", params: INITIALIZE },
      { id: "run", method: "tools/call", params: { name: "launch_pi_traced", arguments: { prompt: "x" } } },
    ];
    const lines = requests.map((request) => `${JSON.stringify({ jsonrpc: "2.0", ...request })}\n`);
    await Deno.writeTextFile(join(directory, "requests"), lines.join(""));
    const { code, stderr } = await runAgent(["launch", "--quiet", "pi"], {
      home: join(directory, "home"),
      cwd: join(directory, "work"),
      env: {
        PATH: `${join(directory, "bin")}:/usr/bin:/bin`,
        OPPER_API_KEY: CANARY,
        OPPER_BASE_URL: gateway,
        FAKE_GATEWAY: gateway,
        FAKE_DIRECTORY: directory,
      },
    });
    strictEqual(code, 0, stderr);
    const answer = async (depth: number) => {
      const text = await Deno.readTextFile(join(directory, `answers-${depth}`));
      return JSON.parse(text.split("\n").find((line) => line.includes('"id":"run"'))!).result;
    };
    deepStrictEqual((await answer(1)).structuredContent.exitCode, 0);
    // The second was told how deep it is by the launch that its server found itself in.
    strictEqual((await answer(2)).isError, true);
    match((await answer(2)).content[0].text, /^This server was started 2 launches deep/);
  }));
