/** The real Gemini CLI between a home of its own and a gateway on the loopback address: its sessions are seen as they go on. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { gemini } from "../../src/agents/gemini/agent.ts";
import { startGeminiGateway } from "../support/gemini_gateway.ts";
import { npmPackage, realNode } from "../support/real_pi.ts";
import { agentEnvironment, runAgent, withTemporaryDirectory } from "../support/run_agent.ts";
import { PATIENCE_MS } from "../support/wait_until.ts";

const VERSION = "0.61.0";
const MODEL = "gemini-2.5-flash";

/** Nothing that asks for a login, for trust, or for newer versions; no title, which asks a model. */
const SETTINGS = {
  security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: false } },
  privacy: { usageStatisticsEnabled: false },
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
};

Deno.test("a session is seen while it goes on, and when it is gone on with", async () => {
  const [node, program] = [await realNode(), join(await npmPackage("@google/gemini-cli", VERSION), "bundle/gemini.js")];
  const [isAsked, isSeen] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using gateway = startGeminiGateway(async (request) => {
    if (request === 0) {
      return {
        parts: [{ functionCall: { name: "list_directory", args: { dir_path: "." } } }],
        usage: { promptTokenCount: 9000, candidatesTokenCount: 20, totalTokenCount: 9027, thoughtsTokenCount: 7 },
      };
    }
    if (request === 1) {
      isAsked.resolve();
      await isSeen.promise;
    }
    const [promptTokenCount, cachedContentTokenCount] = [9100 + request, 9000];
    const usage = { promptTokenCount, cachedContentTokenCount, candidatesTokenCount: 3 };
    return { parts: [{ text: "done" }], usage: { ...usage, totalTokenCount: promptTokenCount + 3 } };
  });

  await withTemporaryDirectory(async (directory) => {
    const [home, cwd] = [join(directory, "home"), join(directory, "work")];
    await Deno.mkdir(join(home, ".gemini"), { recursive: true });
    await Deno.mkdir(cwd);
    await Deno.writeTextFile(join(home, ".gemini/settings.json"), JSON.stringify(SETTINGS));
    const env = agentEnvironment({ home, env: { GEMINI_API_KEY: "none", GOOGLE_GEMINI_BASE_URL: gateway.url } });
    const run = async (...args: string[]) => {
      const { code, stderr } = await new Deno.Command(node, {
        ...{ args: [program, "--model", MODEL, ...args], cwd, clearEnv: true, env, stdin: "null" },
        signal: AbortSignal.timeout(PATIENCE_MS),
      }).output();
      strictEqual(code, 0, new TextDecoder().decode(stderr));
    };
    const sessions = async () => {
      const { code, stdout, stderr } = await runAgent(["sessions", "--json"], { home, cwd });
      strictEqual(code, 0, stderr);
      const { sessions } = JSON.parse(stdout) as { sessions: Record<string, unknown>[] };
      return sessions.map(({ source, cwd, turns, usage, sessionId }) => ({ source, cwd, turns, usage, sessionId }));
    };

    const first = run("--prompt", "What is here?");
    // A run that fails asks for no second answer.
    await Promise.race([isAsked.promise, first]);
    const [during] = await sessions().finally(() => isSeen.resolve());
    await first;
    const { sessionId } = during!;
    // 20 written and 7 thought.
    const one = { input: 9000, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 27 };
    deepStrictEqual(during, { source: "gemini", cwd, turns: 1, usage: one, sessionId });
    // Of 9101, 9000 were cached.
    const two = { ...one, input: 9101, cacheRead: 9000, output: 30 };
    deepStrictEqual(await sessions(), [{ source: "gemini", cwd, turns: 2, usage: two, sessionId }]);

    const [, ...resume] = gemini.resumeCommand!({ sessionId: String(sessionId), cwd })!;
    await run(...resume, "--prompt", "And now?");
    // Of 9102, 9000 were cached. What was there is written down once more, and not counted.
    const three = { ...two, input: 9203, cacheRead: 18_000, output: 33 };
    deepStrictEqual(await sessions(), [{ source: "gemini", cwd, turns: 3, usage: three, sessionId }]);
  });
});

Deno.test("it calls a tool of ours that is installed, with the argument that it adds to every tool", async () => {
  const [node, program] = [await realNode(), join(await npmPackage("@google/gemini-cli", VERSION), "bundle/gemini.js")];
  const bodies: string[] = [];
  await using gateway = startGeminiGateway((request, body) => {
    bodies.push(body);
    const args = { source: ["gemini"], wait_for_previous: true };
    const parts = request === 0
      ? [{ functionCall: { name: "mcp_opper-agent_list_sessions", args } }]
      : [{ text: "done" }];
    return Promise.resolve({ parts, usage: { promptTokenCount: 9, candidatesTokenCount: 1, totalTokenCount: 10 } });
  });
  await withTemporaryDirectory(async (home) => {
    await Deno.mkdir(join(home, ".gemini"));
    await Deno.writeTextFile(join(home, ".gemini/settings.json"), JSON.stringify(SETTINGS));
    const { code, stderr } = await runAgent(["mcp", "install", "gemini"], { home });
    strictEqual(`${code} ${stderr}`, "0 ");
    const run = await new Deno.Command(node, {
      args: [program, "--model", MODEL, "--approval-mode", "yolo", "--prompt", "What did it cost?"],
      cwd: home,
      clearEnv: true,
      env: agentEnvironment({ home, env: { GEMINI_API_KEY: "none", GOOGLE_GEMINI_BASE_URL: gateway.url } }),
      stdin: "null",
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).output();
    strictEqual(run.code, 0, new TextDecoder().decode(run.stderr));
  });
  const [declared, answered] = bodies.map((body) => JSON.parse(body));
  // Of the request's own form nothing is taken for granted but that names and arguments are in it.
  const tools = JSON.stringify(declared.tools);
  ok(tools.includes('"mcp_opper-agent_list_sessions"') && tools.includes('"wait_for_previous"'), tools.slice(0, 500));
  const said = JSON.stringify(answered.contents.at(-1));
  ok(said.includes("schemaVersion") && !said.includes("has no argument"), said);
});
