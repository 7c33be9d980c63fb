/**
 * The MCP server between real Pis and a gateway on the loopback address: its tools start, watch and end traced runs, and a
 * Pi with MCP lists and calls the tools, whether they were installed or brought along by a launch.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { traceOfFile } from "../support/trace_of_file.ts";
import { CANARY, checkTraces, MODEL } from "../support/agent_stage.ts";
import { type LaunchStage, onLaunchStage, PLACED } from "../support/launch_stage.ts";
import { type Json, type McpClient, startMcp } from "../support/mcp_client.ts";
import { PiConversation, runPi } from "../support/run_pi.ts";
import { waitUntil } from "../support/wait_until.ts";

function connect(stage: LaunchStage, args: readonly string[] = []): Promise<McpClient> {
  return startMcp({ home: stage.home, cwd: stage.cwd, env: stage.env, args });
}

/** What the user's last message said to a model. */
function saidTo(body: unknown): string {
  const { messages } = body as { messages: readonly { role: string; content: unknown }[] };
  const content = messages.findLast(({ role }) => role === "user")?.content;
  if (typeof content === "string") return content;
  return (content as readonly { text?: string }[]).map(({ text }) => text ?? "").join("\n");
}

/** What the tool answered last, as a model saw it. */
async function lastToolAnswer(stage: LaunchStage): Promise<Json> {
  type Message = { role: string; content: string | readonly { text: string }[] };
  const conversations = (await stage.calls()).map(({ body }) => (body as { messages: readonly Message[] }).messages);
  // A run that the tool started makes calls too.
  const messages = conversations.findLast((messages) => messages.some(({ role }) => role === "tool"))!;
  const content = messages.findLast(({ role }) => role === "tool")!.content;
  const text = typeof content === "string" ? content : content[0]!.text;
  return JSON.parse(text) as Json;
}

/** Process ids whose command line holds a text. Those that have ended and are not waited for are none. */
async function processesWith(text: string): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid=,stat=,args="] }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(text))
    .map((line) => line.trim().split(/\s+/)).filter(([, state]) => !state!.startsWith("Z")).map(([pid]) => Number(pid));
}

/** Waits until that many processes hold a text. */
async function waitForProcesses(text: string, count: number): Promise<void> {
  await waitUntil(`${count} processes with "${text}"`, async () => (await processesWith(text)).length === count);
}

/** A duration that no other process sleeps for. */
function uniqueSleep(): string {
  return `sleep 98${crypto.getRandomValues(new Uint32Array(1))[0]}`;
}

/** Whether a launch has not yet taken away what it placed. */
async function isPlaced({ home }: LaunchStage): Promise<boolean> {
  try {
    await Deno.lstat(join(home, PLACED));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const ROWS: readonly (readonly [what: string, body: (stage: LaunchStage) => Promise<void>])[] = [
  ["a run from start to end; the prompt attaches no file", async (stage) => {
    await using client = await connect(stage);
    const prompt = "@/etc/passwd SAY: all is well";
    const run = await client.structured("launch_pi_traced", { prompt, model: MODEL });
    const { runId, status, exitCode, traceId, sessionFile, finalText } = run;
    deepStrictEqual([status, exitCode], ["finished", 0]);
    deepStrictEqual(finalText, { untrusted: true, text: "all is well", cut: false });
    strictEqual(traceId, traceOfFile(String(sessionFile)));
    const [record] = stage.sessions();
    deepStrictEqual([record!.traceId, record!.sessionFile, record!.cwd], [traceId, sessionFile, stage.cwd]);
    const calls = await stage.calls();
    checkTraces(calls, [String(traceId)]);
    strictEqual(saidTo(calls[0]!.body), prompt);
    ok(!JSON.stringify(calls).includes("root:x:0"));
    const [trace] = run["traces"] as readonly { turns: number; cost: { usd: number; basis: string } }[];
    deepStrictEqual([trace!.turns, trace!.cost.basis], [1, "reported"]);
    ok(trace!.cost.usd > 0);
    const again = await client.structured("run_status", { run_id: String(runId) });
    deepStrictEqual(again, run);
  }],
  ["a run that fails says why", async (stage) => {
    await using client = await connect(stage);
    const run = await client.structured("launch_pi_traced", { prompt: "ERROR: 400 not today" });
    deepStrictEqual([run["status"], run["exitCode"], run["finalText"]], ["finished", 1, undefined]);
    match(String(run["error"]), /not today/);
    const unknown = await client.structured("launch_pi_traced", { prompt: "x", model: "no/such-model" });
    deepStrictEqual([unknown["exitCode"], unknown["traces"]], [125, []]);
    match(String(unknown["error"]), /has no model "no\/such-model"/);
  }],
  ["two at once, and cancelling one ends all that it started", async (stage) => {
    await using client = await connect(stage);
    const sleep = uniqueSleep();
    const first = await client.structured("launch_pi_traced", { prompt: `RUN: ${sleep}`, wait_seconds: 1 });
    strictEqual(first["status"], "running");
    ok(first["traceId"] !== undefined && first["sessionFile"] !== undefined);
    const second = await client.structured("launch_pi_traced", { prompt: "SLOW: 60000", wait_seconds: 0 });
    ok(second["traceId"] !== undefined);
    await waitForProcesses(sleep, 1);
    const third = await client.call("launch_pi_traced", { prompt: "SAY: third" });
    strictEqual(third.isError, true);
    match(third.content[0]!.text, new RegExp(`^Busy: 2 runs are going already .*${first["runId"]}`));
    for (const { runId } of [first, second]) {
      const ended = await client.structured("cancel_run", { run_id: String(runId) });
      deepStrictEqual([ended["status"], ended["exitCode"]], ["cancelled", 143]);
    }
    await waitForProcesses(sleep, 0);
    ok(!await isPlaced(stage));
    strictEqual((await client.structured("launch_pi_traced", { prompt: "SAY: third" }))["exitCode"], 0);
  }],
  ["a run that takes too long", async (stage) => {
    await using client = await connect(stage);
    const sleep = uniqueSleep();
    const run = await client.structured("launch_pi_traced", { prompt: `RUN: ${sleep}`, timeout_seconds: 3 });
    deepStrictEqual([run["status"], run["exitCode"]], ["timed_out", 143]);
    await waitForProcesses(sleep, 0);
    ok(!await isPlaced(stage));
  }],
  ["a call that is cancelled ends its run", async (stage) => {
    await using client = await connect(stage);
    const sleep = uniqueSleep();
    const id = client.nextId();
    const params = { name: "launch_pi_traced", arguments: { prompt: `RUN: ${sleep}` } };
    await client.send({ jsonrpc: "2.0", id, method: "tools/call", params });
    await waitForProcesses(sleep, 1);
    await client.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } });
    await waitForProcesses(sleep, 0);
    await waitUntil("the launch to end", async () => !await isPlaced(stage));
    ok(!client.hasAnswer(id));
  }],
  ["the end of input, and signals, end server and run", async (stage) => {
    for (const end of ["input", "SIGTERM", "SIGKILL"] as const) {
      await using client = await connect(stage);
      const sleep = uniqueSleep();
      await client.structured("launch_pi_traced", { prompt: `RUN: ${sleep}`, wait_seconds: 0 });
      await waitForProcesses(sleep, 1);
      if (end === "input") await client.closeInput();
      else client.child.kill(end);
      const { code } = await client.ended();
      strictEqual(code, { input: 0, SIGTERM: 143, SIGKILL: 137 }[end]);
      await waitForProcesses(sleep, 0);
      // The launch of a server that was killed is the last to go.
      if (end === "SIGKILL") await waitForProcesses(`--end-with-parent ${client.child.pid} `, 0);
      ok(!await isPlaced(stage));
    }
  }],
  ["--read-only starts nothing", async (stage) => {
    await using client = await connect(stage, ["--read-only"]);
    const { error } = await client.request("tools/call", { name: "launch_pi_traced", arguments: { prompt: "SAY: x" } });
    strictEqual(error?.code, -32602);
    deepStrictEqual(await stage.calls(), []);
  }],
];

for (const version of ["0.87.1", "1.5.2"] as const) {
  Deno.test(`runs of Pi ${version}`, async (t) => {
    for (const [what, body] of ROWS) await t.step(what, () => onLaunchStage(version, body));
  });
}

Deno.test("Pi 1.5.2 with MCP", async (t) => {
  await t.step("lists and calls the tools that were installed", () =>
    onLaunchStage("1.5.2", async (stage) => {
      strictEqual((await stage.run(["mcp", "install", "pi"])).code, 0);
      const listed = await runPi(stage.pi, ["mcp", "list"], stage);
      strictEqual(listed.code, 0);
      match(listed.stdout, /^opper-agent: connected, 12 tools \(direct, global\)/);
      const prompt = "TOOL: mcp__opper_agent__usage_report {}";
      const asked = await runPi(stage.pi, ["--provider", "other", "--model", "other-1", "-p", prompt], stage);
      strictEqual(asked.code, 0);
      strictEqual((await lastToolAnswer(stage))["schemaVersion"], 1);
      strictEqual((await stage.run(["mcp", "uninstall", "pi"])).code, 0);
    }));

  await t.step("calls each of them, and starts, watches and ends a run", () =>
    onLaunchStage("1.5.2", async (stage) => {
      strictEqual((await stage.run(["mcp", "install", "pi"])).code, 0);
      const { OPPER_API_KEY, OPPER_BASE_URL } = stage.env as Record<string, string>;
      const env = { OPPER_API_KEY: OPPER_API_KEY!, OPPER_BASE_URL: OPPER_BASE_URL! };
      const talk = new PiConversation(stage.pi, ["--provider", "other", "--model", "other-1"], {
        home: stage.home,
        cwd: stage.cwd,
        env: { DENO_DIR: stage.env["DENO_DIR"]!, ...env },
      });
      const call = async (tool: string, args: Json = {}) => {
        // The model that is asked must not take what the run is told for something that it is told itself.
        const text = JSON.stringify(args).replace("SLOW:", "SLOW\\u003a");
        await talk.prompt(`TOOL: mcp__opper_agent__${tool} ${text}`);
        return await lastToolAnswer(stage);
      };
      await talk.prompt("SAY: something to count");
      strictEqual((await call("list_sessions"))["total"], 1);
      const { session } = await call("session_cost", { session: "latest" }) as { session: { sessionId: string } };
      const { caches } = await call("cache_status", { all: true }) as { caches: readonly { sessionId: string }[] };
      deepStrictEqual(caches.map(({ sessionId }) => sessionId), [session.sessionId]);
      const { rows } = await call("usage_report", { by: "session" }) as { rows: readonly { key: string }[] };
      deepStrictEqual(rows.map(({ key }) => key), [session.sessionId]);
      deepStrictEqual((await call("cache_misses"))["list"], []);
      deepStrictEqual((await call("plan_limits"))["limits"], []);
      strictEqual((await call("list_traces"))["total"], 0);

      const run = await call("launch_pi_traced", { prompt: "SLOW: 60000", wait_seconds: 0 });
      strictEqual(run["status"], "running");
      const status = await call("run_status", { run_id: run["runId"] });
      deepStrictEqual([status["status"], status["traceId"]], ["running", run["traceId"]]);
      const ended = await call("cancel_run", { run_id: run["runId"] });
      deepStrictEqual([ended["status"], ended["exitCode"]], ["cancelled", 143]);
      const { traces } = await call("list_traces") as { traces: readonly { traceId: string }[] };
      deepStrictEqual(traces.map(({ traceId }) => traceId), [run["traceId"]]);
      strictEqual(await talk.close(), "");
      strictEqual((await stage.run(["mcp", "uninstall", "pi"])).code, 0);
    }));

  await t.step(
    "gets them from a launch, and knows its own session by them",
    () =>
      onLaunchStage("1.5.2", async (stage) => {
        const run = await stage.run(["launch", "--quiet", "pi", "-p", "TOOL: mcp__opper_agent__session_cost {}"]);
        strictEqual(run.code, 0, run.stderr);
        const { session } = await lastToolAnswer(stage) as { session: { file: string } };
        strictEqual(session.file, stage.sessions()[0]!.sessionFile);
      }),
  );

  await t.step("and none with --no-mcp-tools", () =>
    onLaunchStage("1.5.2", async (stage) => {
      strictEqual((await stage.run(["launch", "--quiet", "--no-mcp-tools", "pi", "-p", "SAY: x"])).code, 0);
      ok(!JSON.stringify((await stage.calls())[0]!.body).includes("mcp__"));
    }));

  await t.step(
    "starts a traced run of its own, which has no tools to start another",
    () =>
      onLaunchStage("1.5.2", async (stage) => {
        const prompt = 'TOOL: mcp__opper_agent__launch_pi_traced {"prompt":"SAY: from within"}';
        const run = await stage.run(["launch", "--quiet", "pi", "-p", prompt]);
        strictEqual(run.code, 0, run.stderr);
        const [outer, inner, back] = await stage.calls();
        ok(back !== undefined, "the inner Pi made no call");
        strictEqual(saidTo(inner!.body), "SAY: from within");
        ok(JSON.stringify(outer!.body).includes("mcp__") && !JSON.stringify(inner!.body).includes("mcp__"));
        const answer = await lastToolAnswer(stage) as { status: string; traceId: string };
        deepStrictEqual([answer.status, answer.traceId], ["finished", stage.sessions()[1]!.traceId]);
        ok(!JSON.stringify(answer).includes(CANARY));
      }),
  );
});
