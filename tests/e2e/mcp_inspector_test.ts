/**
 * The MCP inspector, a client that is not ours, lists and calls every tool, and finds nothing wrong with their schemas. By
 * default it speaks the old era; it is also told to speak the other, and to find out.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import {
  checkLegacy,
  checkModern,
  checkToolCall,
  type Exchange,
  pipedServer,
  readExchange,
  resultOf,
} from "../support/exchange.ts";
import { onStage, TRACE } from "../support/run_stage.ts";
import { npmPackage, realNode } from "../support/real_pi.ts";
import { agentCommand, agentEnvironment, type AgentRun, withTemporaryDirectory } from "../support/run_agent.ts";
import { makeSmallHome, PI } from "../support/small_home.ts";

const INSPECTOR_VERSION = "2.12.0";

async function inspector(): Promise<readonly [program: string, ...args: string[]]> {
  const directory = await npmPackage("@modelcontextprotocol/inspector", INSPECTOR_VERSION);
  return [await realNode(), join(directory, "clients/launcher/build/index.js"), "--cli"];
}

function inspect(home: string, method: string, ...options: string[]): Promise<AgentRun> {
  return inspectServer([...agentCommand(), "mcp"], { home }, method, ...options);
}

async function inspectServer(
  server: readonly string[],
  { home, passes = {} }: {
    readonly home: string;
    /** Of the environment, beside what every client hands on. */
    readonly passes?: Readonly<Record<string, string>>;
  },
  method: string,
  ...options: string[]
): Promise<AgentRun> {
  const [program, ...args] = await inspector();
  const env = agentEnvironment({ home });
  // Like any client it hands on little of its environment; DENO_DIR is for a program that is not compiled yet.
  const handed = Object.entries({ DENO_DIR: env["DENO_DIR"], ...passes }).flatMap(([name, value]) => [
    "-e",
    `${name}=${value}`,
  ]);
  const output = await new Deno.Command(program, {
    args: [...args, ...handed, ...server, "--method", method, ...options],
    cwd: home,
    clearEnv: true,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

/** Tools with arguments, as the inspector takes them, and what is in the answer. */
const CALLS: readonly (readonly [tool: string, args: readonly string[], holds: RegExp])[] = [
  ["list_sessions", ["limit=2", 'source=["pi"]'], /"total": 2,/],
  ["session_cost", [`session=${PI}`, "turns=true"], /"outcome": "hit"/],
  ["cache_status", ["all=true"], /"strategy": "anthropic_ephemeral"/],
  ["usage_report", ["by=model"], /"key": "anthropic\/claude-sonnet-4-6"/],
  ["cache_misses", [], /"sessions": 0,/],
  ["plan_limits", [], /"limits": \[\]/],
  ["advise", [], /"rows": \[/],
  ["list_traces", [], /"total": 0,/],
];
/** Without an agent there is nothing to start: what is looked at is that the failure is told as one that can be mended. */
const FAILING_CALLS: readonly (readonly [tool: string, args: readonly string[], says: RegExp])[] = [
  ["launch_traced", ["agent=pi", "prompt=hello", "cwd=/"], /"isError": true/],
  ["launch_pi_traced", ["prompt=hello", "cwd=/"], /"isError": true/],
  ["run_status", ["run_id=nope"], /"isError": true/],
  ["cancel_run", ["run_id=nope"], /"isError": true/],
];

Deno.test("the inspector lists the tools, and finds no fault with their schemas", async () => {
  await withTemporaryDirectory(async (home) => {
    const run = await inspect(home, "tools/list", "--strict");
    strictEqual(run.code, 0, run.stderr);
    strictEqual(run.stderr, "");
    const { tools } = JSON.parse(run.stdout) as { tools: { name: string }[] };
    deepStrictEqual(tools.map(({ name }) => name), [...CALLS, ...FAILING_CALLS].map(([tool]) => tool));
  });
});

Deno.test("the inspector calls every tool", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const call = ([tool, args]: (typeof CALLS)[number]) =>
      inspect(home, "tools/call", "--tool-name", tool, ...(args.length === 0 ? [] : ["--tool-arg", ...args]));
    // Each starts a server of its own: at once they take half the time.
    const [calls, failing] = await Promise.all([CALLS, FAILING_CALLS].map((rows) => Promise.all(rows.map(call))));
    for (const [index, [tool, _, holds]] of CALLS.entries()) {
      await t.step(tool, () => {
        const { code, stdout, stderr } = calls![index]!;
        strictEqual(code, 0, stderr);
        match(stdout, holds);
        ok(!stdout.includes('"isError": true'));
      });
    }
    for (const [index, [tool, _, says]] of FAILING_CALLS.entries()) {
      await t.step(tool, () => match(failing![index]!.stdout, says));
    }
  });
});

Deno.test("the inspector reads a session as a resource, and gets a prompt", async () => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const templates = await inspect(home, "resources/templates/list");
    match(templates.stdout, /"uriTemplate": "opper-agent:\/\/session\/\{id\}"/);
    const session = await inspect(home, "resources/read", "--uri", `opper-agent://session/${PI}`);
    strictEqual(session.code, 0, session.stderr);
    const [content] = (JSON.parse(session.stdout) as { contents: { text: string }[] }).contents;
    strictEqual(JSON.parse(content!.text).session.sessionId, PI);
    const prompt = await inspect(
      home,
      "prompts/get",
      "--prompt-name",
      "why_expensive",
      "--prompt-args",
      `session=${PI}`,
    );
    match(prompt.stdout, /Call session_cost with session/);
  });
});

const opensModern = (exchange: Exchange) => {
  strictEqual(exchange.fromClient[0]!["method"], "server/discover");
  checkModern(exchange);
};
const opensLegacy = (exchange: Exchange) => checkLegacy(exchange, "2025-11-25");
/** What it is told of eras, and what it then speaks. */
const ERAS: readonly (readonly [options: readonly string[], check: (exchange: Exchange) => void])[] = [
  [[], opensLegacy],
  [["--protocol-era", "auto"], opensModern],
  [["--protocol-era", "modern"], opensModern],
];

for (const [options, check] of ERAS) {
  Deno.test(`the inspector lists and calls in one era: ${options.join(" ") || "by default"}`, async () => {
    await withTemporaryDirectory(async (home) => {
      await makeSmallHome(home);
      const listing = join(home, "listing.jsonl");
      const calling = join(home, "calling.jsonl");
      const call = ["--tool-name", "session_cost", "--tool-arg", `session=${PI}`];
      const [listed, called] = await Promise.all([
        inspectServer(await pipedServer(listing, home), { home }, "tools/list", "--strict", ...options),
        inspectServer(await pipedServer(calling, home), { home }, "tools/call", ...call, ...options),
      ]);
      deepStrictEqual([listed.code, listed.stderr, called.code, called.stderr], [0, "", 0, ""]);
      for (const file of [listing, calling]) check(await readExchange(file));
      const { tools } = resultOf(await readExchange(listing), "tools/list");
      deepStrictEqual((JSON.parse(listed.stdout) as { tools: unknown }).tools, tools);
      const said = checkToolCall(await readExchange(calling), "session_cost", { session: PI });
      deepStrictEqual(JSON.parse(called.stdout).structuredContent, JSON.parse(said));
    });
  });
}

Deno.test("the inspector follows a run as a task to its end", () =>
  onStage(async ({ directory, env }) => {
    const home = join(directory, "home");
    const log = join(directory, "exchange.jsonl");
    const passes = { ...env, FAKE_SLEEP: "1" };
    const run = await inspectServer(
      await pipedServer(log, home),
      { home, passes },
      "tools/call",
      "--tool-name",
      "launch_pi_traced",
      "--tool-arg",
      "prompt=x",
      `cwd=${home}`,
      "--protocol-era",
      "modern",
    );
    strictEqual(run.code, 0, run.stderr);
    const exchange = await readExchange(log);
    strictEqual(resultOf(exchange, "tools/call")["resultType"], "task");
    ok(exchange.fromClient.some(({ method }) => method === "tasks/get"));
    const { structuredContent } = JSON.parse(run.stdout) as { structuredContent: Record<string, unknown> };
    deepStrictEqual([structuredContent["status"], structuredContent["traceId"]], ["finished", TRACE]);
  }));
