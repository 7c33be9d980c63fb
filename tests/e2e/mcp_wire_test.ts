/**
 * What real clients and our server say to each other: which era each opens with, that it stays in it, and that it lists
 * the tools and calls one. Each has a home of its own, so all run at once. The models of those that need one are on the
 * loopback. The inspector has mcp_inspector_test.ts; the runs that Pi starts have mcp_pi_test.ts.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  checkLegacy,
  checkModern,
  checkToolCall,
  type Exchange,
  isGivenUpOn,
  methodsOf,
  pipedServer,
  readExchange,
  readExchanges,
  resultOf,
} from "../support/exchange.ts";
import { startGateway } from "../support/gateway.ts";
import { CLAUDE_KEY, CLAUDE_QUIET, CLAUDE_VERSION, realClaude } from "../support/real_claude.ts";
import { CODEX_VERSION, realCodex } from "../support/real_codex.ts";
import { npmPackage, realNode, realPi } from "../support/real_pi.ts";
import { runPi } from "../support/run_pi.ts";
import { agentEnvironment, withTemporaryDirectory } from "../support/run_agent.ts";
import { makeSmallHome } from "../support/small_home.ts";
import { startToolCaller } from "../support/tool_caller.ts";
import { PATIENCE_MS } from "../support/wait_until.ts";

const SDK_VERSION = "2.4.0";
const MODERN_VERSION = "2026-07-28";
/** Called by each of them; its answer is the same for the same home. */
const TOOL = "list_traces";
const TOOLS = 12;

interface Stage {
  readonly home: string;
  readonly server: readonly [program: string, ...args: string[]];
  /** Where the exchange is written. */
  readonly file: string;
}

/** Runs a program to its end, which must be a good one. @returns what it printed */
async function run(
  [program, ...args]: readonly string[],
  home: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const output = await new Deno.Command(program!, {
    args,
    cwd: home,
    clearEnv: true,
    env: agentEnvironment({ home, env: { NO_COLOR: "1", ...env } }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  strictEqual(output.code, 0, `${stderr}\n${stdout}`);
  return stdout!;
}

async function writeJson(path: string, content: unknown): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify(content));
}

/** What was listed and called, and that the model was told what the tool said. */
function checkUse(exchange: Exchange, heard?: readonly string[]): void {
  strictEqual((resultOf(exchange, "tools/list")["tools"] as unknown[]).length, TOOLS);
  const said = checkToolCall(exchange, TOOL, {});
  strictEqual(JSON.parse(said)["schemaVersion"], 1);
  if (heard !== undefined) deepStrictEqual(heard.map((text) => text.includes(said)), [true]);
}

async function runClaude({ home, server: [command, ...args], file }: Stage): Promise<void> {
  const tool = `mcp__opper-agent__${TOOL}`;
  await using model = startToolCaller({ tool, args: {} });
  const config = join(home, "mcp.json");
  await writeJson(config, { mcpServers: { "opper-agent": { command, args } } });
  const options = ["--mcp-config", config, "--strict-mcp-config", "--allowedTools", tool];
  const ask = async (): Promise<Exchange> => {
    await run(
      [...await realClaude(), ...options, "--model", "claude-sonnet-4-6", "-p", "What did launches do?"],
      home,
      {
        ...CLAUDE_QUIET,
        ANTHROPIC_API_KEY: CLAUDE_KEY,
        ANTHROPIC_BASE_URL: model.url,
        MCP_CONNECTION_NONBLOCKING: "0",
        MCP_TIMEOUT: `${PATIENCE_MS}`,
      },
    );
    return (await readExchanges(file)).at(-1)!;
  };
  // It waits 2.95 seconds for the first answer, which nothing can change, and a busy machine may start nothing in that time.
  let exchange = await ask();
  for (let more = 5; more > 0 && isGivenUpOn(exchange, "server/discover"); more--) {
    model.heard.length = 0;
    exchange = await ask();
  }
  const [first] = exchange.fromClient;
  deepStrictEqual([first!["id"], first!["method"]], ["server-discover-probe-1", "server/discover"]);
  checkModern(exchange);
  checkUse(exchange, model.heard);
}

async function runCodex({ home, server: [command, ...args], file }: Stage): Promise<void> {
  await using model = startToolCaller({ tool: TOOL, namespace: "mcp__opper_agent", args: {} });
  await Deno.mkdir(join(home, ".codex"), { recursive: true });
  await Deno.writeTextFile(
    join(home, ".codex/config.toml"),
    [
      'model = "acme-1"',
      'model_provider = "acme"',
      "[model_providers.acme]",
      `name = "Acme"`,
      `base_url = "${model.url}/v1"`,
      'wire_api = "responses"',
      "[mcp_servers.opper-agent]",
      `command = ${JSON.stringify(command)}`,
      `args = ${JSON.stringify(args)}`,
      'default_tools_approval_mode = "approve"',
      // It asks the model when the server is up, however long that takes.
      "required = true",
      `startup_timeout_sec = ${PATIENCE_MS / 1000}`,
    ].join("\n"),
  );
  await run([...await realCodex(), "exec", "--skip-git-repo-check", "What did launches do?"], home);
  const exchange = await readExchange(file);
  checkLegacy(exchange, "2025-06-18");
  checkUse(exchange, model.heard);
}

async function runPiClient({ home, server: [command, ...args], file }: Stage): Promise<void> {
  const pi = await realPi("1.5.2");
  await using gateway = await startGateway({ node: pi.node });
  const agent = join(home, ".pi/agent");
  const model = { baseUrl: gateway.url, apiKey: "any", api: "openai-completions", models: [{ id: "acme-1" }] };
  await writeJson(join(agent, "models.json"), { providers: { acme: model } });
  await writeJson(join(agent, "mcp.json"), { mcpServers: { "opper-agent": { command, args, exposure: "direct" } } });
  const prompt = `TOOL: mcp__opper_agent__${TOOL} {}`;
  const asked = await runPi(pi, ["--provider", "acme", "--model", "acme-1", "-p", prompt], { home, cwd: home });
  strictEqual(asked.code, 0, asked.stderr);
  const exchange = await readExchange(file);
  checkLegacy(exchange, "2025-11-25");
  checkUse(exchange);
  match(asked.stdout, /^Done after 1 tool result/);
}

/** @param mode As sdk_client.mjs takes it */
async function runSdk(mode: string, { home, server, file }: Stage): Promise<readonly Exchange[]> {
  const script = fileURLToPath(new URL("../support/sdk_client.mjs", import.meta.url));
  const directory = await npmPackage("@modelcontextprotocol/client", SDK_VERSION);
  const printed = JSON.parse(await run([await realNode(), script, directory, mode, TOOL, ...server], home));
  const expected = mode === "legacy" ? ["legacy", "2025-11-25"] : ["modern", MODERN_VERSION];
  deepStrictEqual([printed.era, printed.version], expected);
  ok(printed.tools.includes(TOOL) && printed.tools.length === TOOLS);
  strictEqual(printed.result.structuredContent.schemaVersion, 1);
  return await readExchanges(file);
}

/** It asks a process of its own for the versions, and starts another to work with. */
async function runModernSdk(mode: string, stage: Stage): Promise<void> {
  const [probe, work, ...others] = await runSdk(mode, stage);
  deepStrictEqual(others, []);
  deepStrictEqual(methodsOf(probe!), ["server/discover"]);
  deepStrictEqual(methodsOf(work!), ["tools/list", "tools/call"]);
  for (const exchange of [probe!, work!]) checkModern(exchange);
  checkUse(work!);
}

async function runLegacySdk(stage: Stage): Promise<void> {
  const [exchange, ...others] = await runSdk("legacy", stage);
  deepStrictEqual(others, []);
  checkLegacy(exchange!, "2025-11-25");
  checkUse(exchange!);
}

const CLIENTS: readonly (readonly [name: string, body: (stage: Stage) => Promise<void>])[] = [
  [`Claude Code ${CLAUDE_VERSION} opens with server/discover, and stays modern`, runClaude],
  [`Codex ${CODEX_VERSION} opens with initialize`, runCodex],
  ["Pi 1.5.2 opens with initialize", runPiClient],
  [`the SDK's client ${SDK_VERSION} opens with initialize by default`, runLegacySdk],
  [`the SDK's client ${SDK_VERSION} agrees on the new revision by itself`, (stage) => runModernSdk("auto", stage)],
  [
    `the SDK's client ${SDK_VERSION} takes nothing else when it is told so`,
    (stage) => runModernSdk(MODERN_VERSION, stage),
  ],
];

Deno.test("real clients list the tools and call one", async (t) => {
  await withTemporaryDirectory(async (directory) => {
    const runs = await Promise.allSettled(CLIENTS.map(async ([_, body], index) => {
      const [home, file] = [join(directory, `${index}`), join(directory, `${index}.jsonl`)] as [string, string];
      await makeSmallHome(home);
      await body({ home, file, server: await pipedServer(file, home) });
    }));
    for (const [index, [name]] of CLIENTS.entries()) {
      await t.step(name, () => {
        const run = runs[index]!;
        if (run.status === "rejected") throw run.reason;
      });
    }
  });
});
