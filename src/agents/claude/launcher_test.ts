/** The plan for Claude Code, from what people type and have in their settings. Pure, so nothing here starts anything. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { AgentError } from "../../core/errors.ts";
import type { Machine } from "../../core/machine.ts";
import { makeMachine } from "../../host/environment.ts";
import type { LaunchPlan, LaunchRequest } from "../launcher.ts";
import { claudeLauncher } from "./launcher.ts";

function modelOf(id: string): CatalogueModel {
  return { id, contextWindow: 200_000, maxOutputTokens: 64_000, vision: true, reasoning: [], price: {} };
}

const MODELS = ["gpt-5.5", "claude-opus-4-6", "claude-opus-4-7", "anthropic/claude-sonnet-4.6"].map(modelOf);

function requestOf(changes: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    launchId: "11111111-2222-4333-8444-555555555555",
    argv: [],
    models: MODELS,
    sessionUrl: "http://127.0.0.1:4711/v3/session/sess_1",
    headers: {},
    apiKey: "op-launch-1",
    launchDirectory: "/state/launches/1",
    ledgerPath: "/state/launches/1/ledger.jsonl",
    ...changes,
  };
}

/** What the user may name after --settings: perhaps a pipe, which is read only because it was named. */
const NAMED = "/srv/app/mine.json";

/** @param files Text by path, all that there are */
function machineOf(env: Record<string, string | undefined>, files: Record<string, string>): Machine {
  const machine = makeMachine({ home: "/home/u", cwd: "/srv/app", env });
  return {
    ...machine,
    readTextFile: (path) => path === NAMED ? undefined : files[path],
    readNamedFile: (path) => files[path],
  };
}

function planOf(
  changes: Partial<LaunchRequest> = {},
  files: Record<string, string> = {},
  env: Record<string, string | undefined> = {},
): LaunchPlan {
  return claudeLauncher.plan(requestOf(changes), machineOf(env, files));
}

function settingsOf(plan: LaunchPlan): { readonly env: Record<string, string>; readonly [key: string]: unknown } {
  return JSON.parse(plan.stateFiles.find(({ path }) => path === "/state/launches/1/settings.json")!.content);
}

const SETTINGS = ["--settings", "/state/launches/1/settings.json"];

Deno.test("it is routed by its environment, and by settings that beat the user's", () => {
  const plan = planOf({ argv: ["-p", "hello"] });
  const models = {
    ANTHROPIC_DEFAULT_OPUS_MODEL: "claude-opus-4-7",
    ANTHROPIC_DEFAULT_SONNET_MODEL: "anthropic/claude-sonnet-4.6",
  };
  const env = {
    ANTHROPIC_BASE_URL: "http://127.0.0.1:4711/v3/session/sess_1",
    CLAUDE_CODE_DISABLE_AGENT_VIEW: "1",
    ...models,
  };
  deepStrictEqual(plan.argv, [...SETTINGS, "-p", "hello"]);
  deepStrictEqual(plan.env, { ...env, ANTHROPIC_AUTH_TOKEN: "op-launch-1" });
  deepStrictEqual(settingsOf(plan), { env });
  ok(plan.unset!.includes("ANTHROPIC_API_KEY"));
  deepStrictEqual(plan.files, []);
});

Deno.test("settings that the user gives are taken along, of several the last", async (t) => {
  const files = { "/srv/app/mine.json": `{ "model": "opus", "env": { "A": "1", "ANTHROPIC_BASE_URL": "x" } }` };
  const rows: [name: string, argv: string[], left: string[], theirs: Record<string, unknown>, a: string | undefined][] =
    [
      ["a file", ["--settings", "mine.json", "-p"], ["-p"], { model: "opus" }, "1"],
      ["with a sign", ["--settings=mine.json"], [], { model: "opus" }, "1"],
      ["text", ["--settings", `{"env":{"A":"2"}}`], [], {}, "2"],
      ["two", ["--settings", "mine.json", "--settings", `{"b":1}`], [], { b: 1 }, undefined],
      ["of the prompt", ["--", "--settings", "none.json"], ["--", "--settings", "none.json"], {}, undefined],
    ];
  for (const [name, argv, left, theirs, a] of rows) {
    await t.step(name, () => {
      const plan = planOf({ argv }, files);
      deepStrictEqual(plan.argv, [...SETTINGS, ...left]);
      const { env, ...rest } = settingsOf(plan);
      deepStrictEqual(rest, theirs);
      strictEqual(env["A"], a);
      strictEqual(env["ANTHROPIC_BASE_URL"], "http://127.0.0.1:4711/v3/session/sess_1");
    });
  }
  for (const said of ["none.json", `{"broken"`]) {
    await t.step(said, () => {
      throws(
        () => planOf({ argv: ["--settings", said] }),
        (error) => error instanceof AgentError && error.code === "usage",
      );
    });
  }
});

Deno.test("what the user's settings say of other ways is answered there, and the token is only where it has to be", async (t) => {
  const user = "/home/u/.claude/settings.json";
  const rows: [name: string, path: string, env: Record<string, string>, added: Record<string, string>][] = [
    ["nothing", user, { A: "1" }, {}],
    ["another token", user, { ANTHROPIC_AUTH_TOKEN: "theirs" }, { ANTHROPIC_AUTH_TOKEN: "op-launch-1" }],
    ["Bedrock", "/srv/app/.claude/settings.local.json", { CLAUDE_CODE_USE_BEDROCK: "1" }, {
      CLAUDE_CODE_USE_BEDROCK: "",
    }],
    ["a proxy's exceptions", "/srv/app/.claude/settings.json", { NO_PROXY: "corp" }, {
      NO_PROXY: "corp,127.0.0.1,localhost",
    }],
  ];
  const bare = settingsOf(planOf()).env;
  for (const [name, path, env, added] of rows) {
    await t.step(name, () => {
      const plan = planOf({}, { [path]: JSON.stringify({ env }) });
      deepStrictEqual(settingsOf(plan).env, { ...bare, ...added });
    });
  }
  await t.step("settings that do not parse", () => {
    deepStrictEqual(settingsOf(planOf({}, { [user]: "{ // mine" })).env, bare);
  });
});

Deno.test("a model of ours is its own flag, and one that is not Claude's can be chosen again", async (t) => {
  const rows: [name: string, changes: Partial<LaunchRequest>, argv: string[], custom?: string, haiku?: string][] = [
    ["none", {}, []],
    ["Claude's", { model: "claude-opus-4-6" }, ["--model", "claude-opus-4-6"], undefined, "claude-opus-4-6"],
    ["another's", { model: "gpt-5.5" }, ["--model", "gpt-5.5"], "gpt-5.5", "gpt-5.5"],
    ["the user's own", { argv: ["--model", "gpt-5.5"] }, ["--model", "gpt-5.5"], "gpt-5.5", "gpt-5.5"],
    ["an alias of the user's", { argv: ["--model=opus"] }, ["--model=opus"]],
  ];
  for (const [name, changes, argv, custom, haiku] of rows) {
    await t.step(name, () => {
      const plan = planOf(changes);
      deepStrictEqual(plan.argv, [...SETTINGS, ...argv]);
      strictEqual(plan.env["ANTHROPIC_CUSTOM_MODEL_OPTION"], custom);
      strictEqual(plan.env["ANTHROPIC_DEFAULT_HAIKU_MODEL"], haiku);
    });
  }
  await t.step("one on each side", () => {
    throws(
      () => planOf({ model: "gpt-5.5", argv: ["--model", "opus"] }),
      (error) => error instanceof AgentError && error.code === "usage",
    );
  });
});

Deno.test("the newest of a family is the one that its alias means", async (t) => {
  const rows: [ids: string[], opus: string | undefined][] = [
    [["claude-opus-4-7", "claude-opus-4-10", "claude-opus-4-9"], "claude-opus-4-10"],
    [["claude-opus-4-20250514", "claude-opus-4-1-20250805"], "claude-opus-4-1-20250805"],
    [["anthropic/claude-opus-5", "claude-opus-4.9"], "anthropic/claude-opus-5"],
    [["aws/claude-opus-4-7", "claude-opus-4-7"], "aws/claude-opus-4-7"],
    [["my-claude-opus-4-7", "claude-3-opus-20240229"], undefined],
  ];
  for (const [ids, opus] of rows) {
    await t.step(ids.join(" "), () => {
      strictEqual(planOf({ models: ids.map(modelOf) }).env["ANTHROPIC_DEFAULT_OPUS_MODEL"], opus);
    });
  }
});

Deno.test("without a relay the headers of the launch's trace go along, beside the user's own", () => {
  const plan = planOf(
    { headers: { "x-opper-trace-id": "t", "x-opper-parent-span-id": "t" } },
    {},
    { ANTHROPIC_CUSTOM_HEADERS: "X-Mine: 1" },
  );
  strictEqual(plan.env["ANTHROPIC_CUSTOM_HEADERS"], "X-Mine: 1\nx-opper-trace-id: t\nx-opper-parent-span-id: t");
});

Deno.test("our tools come along, unless it is told to take no others", () => {
  const mcpServer = { command: "/usr/bin/opper-agent", args: ["mcp"] };
  const plan = planOf({ mcpServer });
  deepStrictEqual(plan.argv, [...SETTINGS, "--mcp-config=/state/launches/1/mcp.json"]);
  deepStrictEqual(JSON.parse(plan.stateFiles[1]!.content), {
    mcpServers: { "opper-agent": { type: "stdio", ...mcpServer } },
  });
  strictEqual(planOf({ mcpServer, argv: ["--strict-mcp-config"] }).stateFiles.length, 1);
});

Deno.test("what manages Claude Code is not routed", async (t) => {
  const rows: [argv: string[], managesItself: boolean][] = [
    [[], false],
    [["-p", "mcp"], false],
    [["--resume"], false],
    [["mcp", "list"], true],
    [["update"], true],
    [["--version"], true],
    [["-h"], true],
  ];
  for (const [argv, managesItself] of rows) {
    await t.step(argv.join(" "), () => strictEqual(claudeLauncher.managesItself(argv), managesItself));
  }
});
