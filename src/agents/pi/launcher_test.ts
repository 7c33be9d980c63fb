/** The plan for Pi, from what people type: arguments, environment, files. Pure, so nothing here starts anything. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { AgentError } from "../../core/errors.ts";
import type { Machine } from "../../core/machine.ts";
import { makeMachine } from "../../host/environment.ts";
import type { LaunchPlan, LaunchRequest } from "../launcher.ts";
import { EXTENSION_TEXT } from "./extension/extension_text.ts";
import { piLauncher } from "./launcher.ts";
import { piModel } from "./models.ts";

const sonnet: CatalogueModel = {
  id: "anthropic/claude-sonnet-4.6",
  name: "Claude Sonnet 4.6",
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  vision: true,
  reasoning: ["none", "low", "high"],
  price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
};
const gpt: CatalogueModel = {
  id: "gpt-5.5",
  contextWindow: 400_000,
  maxOutputTokens: 128_000,
  vision: false,
  reasoning: [],
  price: { input: 1.25, output: 10, cacheRead: 0.125 },
};

function requestOf(changes: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    launchId: "11111111-2222-4333-8444-555555555555",
    argv: [],
    models: [gpt, sonnet],
    sessionUrl: "https://api.opper.ai/v3/session/sess_1",
    headers: {},
    apiKey: "op-canary",
    launchDirectory: "/state/launches/1",
    ledgerPath: "/state/launches/1/ledger.jsonl",
    ...changes,
  };
}

function planOf(changes: Partial<LaunchRequest> = {}, env: Machine["env"] = {}): LaunchPlan {
  return piLauncher.plan(requestOf(changes), makeMachine({ home: "/home/u", cwd: "/srv/app", env }));
}

const OWN = ["--provider", "opper", "--model", "anthropic/claude-sonnet-4.6"];

Deno.test("Pi is told directories in full", () => {
  const env = { PI_CODING_AGENT_DIR: " 'pi/' ", PI_CODING_AGENT_SESSION_DIR: "  " };
  const plan = planOf({}, env);
  deepStrictEqual(
    [plan.env.PI_CODING_AGENT_DIR, plan.env.PI_CODING_AGENT_SESSION_DIR, plan.files[0]?.path],
    ["/srv/app/pi", "", "/srv/app/pi/extensions/opper-session.ts"],
  );
  strictEqual("PI_CODING_AGENT_DIR" in planOf().env, false);
  throws(() => planOf({}, { PI_CODING_AGENT_DIR: "~bob/pi" }), AgentError);
});

Deno.test("Pi gets provider and model unless it was given its own", async (t) => {
  const rows: [argv: string[], planned: string[]][] = [
    [[], OWN],
    [["-p", "hello"], [...OWN, "-p", "hello"]],
    [["--continue"], [...OWN, "--continue"]],
    [["--provider", "openai", "--model", "gpt-5"], ["--provider", "openai", "--model", "gpt-5"]],
    [["--provider", "openai"], ["--provider", "openai"]],
    [["--provider", "opper"], ["--model", "anthropic/claude-sonnet-4.6", "--provider", "opper"]],
    [["--model", "openai/gpt-5"], ["--model", "openai/gpt-5"]],
    [["--model", "opper/gpt-5.5"], ["--model", "opper/gpt-5.5"]],
    // A model of ours by its bare id: another provider may have one of that name.
    [["--model", "gpt-5.5"], ["--provider", "opper", "--model", "gpt-5.5"]],
    [["--model", "gpt-5.5:high"], ["--provider", "opper", "--model", "gpt-5.5:high"]],
    // Values of other flags, and what follows --, are no flags.
    [["--system-prompt", "--model"], [...OWN, "--system-prompt", "--model"]],
    [["-e", "--provider", "x"], [...OWN, "-e", "--provider", "x"]],
    [["--", "--model", "x"], [...OWN, "--", "--model", "x"]],
    [["-p", "list"], [...OWN, "-p", "list"]],
    [["--list-models"], ["--list-models"]],
    [["--list-models", "opper"], ["--list-models", "opper"]],
    // A flag at the end has no value yet; Pi says so itself.
    [["--model"], [...OWN, "--model"]],
  ];
  for (const [argv, planned] of rows) {
    await t.step(argv.join(" ") || "nothing", () => deepStrictEqual(planOf({ argv }).argv, planned));
  }
});

Deno.test("Pi left to itself gets nothing of ours", async (t) => {
  const rows: string[][] = [
    ["install", "npm:x"],
    ["remove", "x"],
    ["uninstall", "x"],
    ["update"],
    ["list"],
    ["config"],
    ["auth", "login"],
    ["mcp", "add", "x"],
    ["--help"],
    ["-h"],
    ["--version"],
    ["-v"],
    ["-p", "--version"],
    ["--export", "a.jsonl"],
  ];
  for (const argv of rows) {
    await t.step(argv.join(" "), () => {
      ok(piLauncher.managesItself(argv));
      deepStrictEqual(planOf({ argv }), { argv, env: {}, files: [], stateFiles: [], fallbackArgv: [] });
    });
  }
  for (const argv of [[], ["-p", "install"], ["--name", "--help"], ["--", "--help"], ["--list-models"]]) {
    await t.step(`not: ${argv.join(" ")}`, () => ok(!piLauncher.managesItself(argv)));
  }
});

Deno.test("the model can be chosen on one side only", async (t) => {
  strictEqual(planOf({ model: "gpt-5.5" }).argv.join(" "), "--provider opper --model gpt-5.5");
  for (const argv of [["--model", "x"], ["--provider", "x"]]) {
    await t.step(argv.join(" "), () => {
      throws(
        () => planOf({ model: "gpt-5.5", argv }),
        (error) => error instanceof AgentError && error.message.includes(argv.join(" ")),
      );
    });
  }
});

Deno.test("the first model is the preferred one, else the gateway's first", async (t) => {
  const rows: [ids: string[], chosen: string | undefined][] = [
    [["gpt-5.5", "claude-sonnet-4-6", "claude-opus-4-7"], "claude-opus-4-7"],
    [["gpt-5.5", "anthropic/claude-opus-4.7"], "anthropic/claude-opus-4.7"],
    [["gpt-5.5", "claude-opus-4-70", "x"], "gpt-5.5"],
    [[], undefined],
  ];
  for (const [ids, chosen] of rows) {
    await t.step(ids.join(" ") || "none", () => {
      const { argv } = planOf({ models: ids.map((id) => ({ ...gpt, id })) });
      deepStrictEqual(argv, ["--provider", "opper", ...(chosen === undefined ? [] : ["--model", chosen])]);
    });
  }
});

Deno.test("the environment says what the extension needs, and nothing holds the key", () => {
  const mcpServer = { command: "/usr/bin/opper-agent", args: ["mcp"] };
  const plan = planOf({ mcpServer });
  deepStrictEqual(plan.env, {
    OPPER_AGENT_MODELS: "/state/launches/1/models.json",
    OPPER_AGENT_MCP: JSON.stringify(mcpServer),
  });
  ok(!("OPPER_AGENT_MCP" in planOf().env));
  ok(!JSON.stringify([plan.env, plan.files, plan.stateFiles, plan.argv, plan.fallbackArgv]).includes("op-canary"));
});

Deno.test("the extension goes where Pi looks for it", async (t) => {
  const rows: [directory: string | undefined, path: string][] = [
    [undefined, "/home/u/.pi/agent/extensions/opper-session.ts"],
    ["", "/home/u/.pi/agent/extensions/opper-session.ts"],
    ["/etc/pi", "/etc/pi/extensions/opper-session.ts"],
    ["~/mine", "/home/u/mine/extensions/opper-session.ts"],
    ["rel", "/srv/app/rel/extensions/opper-session.ts"],
  ];
  for (const [directory, path] of rows) {
    await t.step(String(directory), () => {
      const plan = planOf({}, { PI_CODING_AGENT_DIR: directory });
      deepStrictEqual(plan.files, [{ path, content: EXTENSION_TEXT }]);
      deepStrictEqual(plan.fallbackArgv, ["-e", "/state/launches/1/opper-session.ts"]);
      strictEqual(plan.stateFiles.find(({ path }) => path === plan.fallbackArgv[1])?.content, EXTENSION_TEXT);
    });
  }
  for (const flag of ["-ne", "--no-extensions"]) {
    await t.step(flag, () => {
      const plan = planOf({ argv: [flag] });
      deepStrictEqual(plan.argv, ["-e", "/state/launches/1/opper-session.ts", ...OWN, flag]);
      deepStrictEqual([plan.files, plan.fallbackArgv], [[], []]);
    });
  }
});

Deno.test("models are written in Pi's own form", async (t) => {
  await t.step("one that thinks and sees", () =>
    deepStrictEqual(piModel(sonnet), {
      id: "anthropic/claude-sonnet-4.6",
      name: "Claude Sonnet 4.6",
      reasoning: true,
      thinkingLevelMap: { off: "none", minimal: null, low: "low", medium: null, high: "high", xhigh: null, max: null },
      input: ["text", "image"],
      cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
      contextWindow: 200_000,
      maxTokens: 64_000,
      compat: { supportsDeveloperRole: false, supportsStore: false, cacheControlFormat: "anthropic" },
    }));
  await t.step("one that does neither, and whose cache writes are ordinary input", () =>
    deepStrictEqual(piModel(gpt), {
      id: "gpt-5.5",
      name: "gpt-5.5",
      reasoning: false,
      input: ["text"],
      cost: { input: 1.25, output: 10, cacheRead: 0.125, cacheWrite: 1.25 },
      contextWindow: 400_000,
      maxTokens: 128_000,
      compat: { supportsDeveloperRole: false, supportsStore: false },
    }));
  await t.step("half a price is none", () => {
    deepStrictEqual(piModel({ ...gpt, price: { input: 1 } }).cost, {
      input: 0,
      output: 0,
      cacheRead: 0,
      cacheWrite: 0,
    });
  });
});

Deno.test("without a terminal Pi prints its answer, and starts no MCP where it has a flag for that", () => {
  const rows: [help: string, expected: string[]][] = [
    ["  --print, -p  Print\n  --no-mcp     Start no servers\n", ["--print", "--no-mcp"]],
    ["  --print, -p  Print\n", ["--print"]],
    ["  --no-mcp-like  Another\n", ["--print"]],
    ["", ["--print"]],
  ];
  for (const [help, expected] of rows) deepStrictEqual(piLauncher.headlessArguments!(help), expected, help);
});
