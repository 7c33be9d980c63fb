/** The plan for OpenCode, from what people type and what is in its settings. Pure, so nothing here starts anything. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { AgentError } from "../../core/errors.ts";
import { type MachineFacts, makeMachine } from "../../host/environment.ts";
import type { LaunchPlan, LaunchRequest } from "../launcher.ts";
import { opencodeLauncher } from "./launcher.ts";

const opus: CatalogueModel = {
  id: "claude-opus-4-7",
  name: "Claude Opus 4.7",
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  vision: true,
  reasoning: ["none", "high"],
  price: { input: 5, output: 25, cacheRead: 0.5 },
};
const slashed: CatalogueModel = {
  id: "vendor/new",
  contextWindow: 100_000,
  maxOutputTokens: 8_000,
  vision: false,
  reasoning: ["none"],
  price: { input: 1 },
};
const haiku: CatalogueModel = { ...slashed, id: "claude-haiku-4-5" };

function planOf(changes: Partial<LaunchRequest> = {}, machine: Partial<MachineFacts> = {}): LaunchPlan {
  const request: LaunchRequest = {
    launchId: "11111111-2222-4333-8444-555555555555",
    argv: [],
    models: [slashed, opus],
    sessionUrl: "http://127.0.0.1:1/v3/session/sess_1",
    apiKey: "op-canary",
    headers: {},
    launchDirectory: "/state/launches/1",
    ledgerPath: "/state/launches/1/ledger.jsonl",
    ...changes,
  };
  return opencodeLauncher.plan(request, makeMachine({ home: "/home/u", cwd: "/srv/app", ...machine }));
}

// deno-lint-ignore no-explicit-any
function configOf({ env }: LaunchPlan): any {
  return JSON.parse(env["OPENCODE_CONFIG_CONTENT"]!);
}

Deno.test("OpenCode is told where Opper is, and which models it has", () => {
  const plan = planOf();
  deepStrictEqual(configOf(plan), {
    enabled_providers: ["opper"],
    model: "opper/claude-opus-4-7",
    small_model: "opper/claude-opus-4-7",
    mcp: { "opper-agent": { type: "local", command: ["opper-agent"], enabled: false } },
    provider: {
      opper: {
        name: "Opper",
        npm: "@ai-sdk/openai-compatible",
        options: { baseURL: "http://127.0.0.1:1/v3/session/sess_1", apiKey: "op-canary" },
        models: {
          "vendor/new": { limit: { context: 100_000, output: 8_000 }, reasoning: false },
          "claude-opus-4-7": {
            name: "Claude Opus 4.7",
            limit: { context: 200_000, output: 64_000 },
            reasoning: true,
            attachment: true,
            modalities: { input: ["text", "image"], output: ["text"] },
            cost: { input: 5, output: 25, cache_read: 0.5 },
          },
        },
      },
    },
  });
  deepStrictEqual(plan.argv, ["--model", "opper/claude-opus-4-7"]);
  strictEqual(plan.env["OPPER_API_KEY"], "op-canary");
  deepStrictEqual([plan.files, plan.stateFiles], [[], []]);
});

Deno.test("titles go to a small model, and headers go along without a relay", () => {
  const config = configOf(planOf({ models: [opus, haiku], headers: { "X-Opper-Trace-Id": "t" } }));
  strictEqual(config.small_model, "opper/claude-haiku-4-5");
  deepStrictEqual(config.provider.opper.options.headers, { "X-Opper-Trace-Id": "t" });
});

Deno.test("a model is named in arguments too, and once", async (t) => {
  const named = ["--model", "opper/claude-opus-4-7"];
  const rows: [argv: string[], planned: string[]][] = [
    [["run", "hello"], [...named, "run", "hello"]],
    [["/srv/other"], [...named, "/srv/other"]],
    [["--session", "run"], [...named, "--session", "run"]],
    [["-s", "ses_1", "--fork"], [...named, "-s", "ses_1", "--fork"]],
    [["run", "-m", "vendor/new", "x"], ["run", "-m", "opper/vendor/new", "x"]],
    [["run", "--model=vendor/new"], ["run", "--model=opper/vendor/new"]],
    [["-m", "opper/vendor/new"], ["-m", "opper/vendor/new"]],
    // What the list does not have, the gateway may.
    [["-m", "opper/unlisted"], ["-m", "opper/unlisted"]],
    [["run", "--", "-m", "x/y"], [...named, "run", "--", "-m", "x/y"]],
    [["run", "--title", "-m", "x"], [...named, "run", "--title", "-m", "x"]],
    // These take no such flag.
    [["serve"], ["serve"]],
    [["models", "opper"], ["models", "opper"]],
    [["--port", "1", "acp"], ["--port", "1", "acp"]],
  ];
  for (const [argv, planned] of rows) {
    await t.step(argv.join(" "), () => deepStrictEqual(planOf({ argv }).argv, planned));
  }
  strictEqual(configOf(planOf({ argv: ["-m", "vendor/new"] })).model, "opper/vendor/new");
  deepStrictEqual(configOf(planOf({ argv: ["-m", "opper/unlisted"] })).provider.opper.models.unlisted, {});
  deepStrictEqual(planOf({ models: [] }).argv, []);
});

Deno.test("what would ask past the gateway is refused", async (t) => {
  const rows: [changes: Partial<LaunchRequest>, message: RegExp][] = [
    [{ argv: ["-m", "openai/gpt-5"] }, /"--model openai\/gpt-5" is no model of Opper/],
    [{ argv: ["attach", "http://127.0.0.1:1"] }, /"attach" leaves the asking/],
    [{ argv: ["run", "--attach=http://127.0.0.1:1"] }, /"--attach" leaves the asking/],
    [{ argv: ["-m", "x"], model: "vendor/new" }, /--model vendor\/new before "opencode" and --model x after it/],
  ];
  for (const [changes, message] of rows) await t.step(String(message), () => throws(() => planOf(changes), message));
});

Deno.test("a model of Opper in the user's settings is kept", async (t) => {
  const own = "/home/u/.config/opencode/";
  const rows: [of: string, files: Record<string, string>, model: string][] = [
    ["as OpenCode names it", { [`${own}opencode.json`]: '{"model":"opper/vendor/new"}' }, "vendor/new"],
    ["with comments", { [`${own}opencode.jsonc`]: '{"model":"vendor/new", // mine\n}' }, "vendor/new"],
    [
      "the project's before the user's",
      {
        [`${own}opencode.jsonc`]: '{"model":"opper/claude-opus-4-7"}',
        "/srv/app/opencode.json": '{"model":"opper/vendor/new"}',
      },
      "vendor/new",
    ],
    ["one of another provider", { [`${own}opencode.json`]: '{"model":"openai/vendor/new"}' }, "claude-opus-4-7"],
    ["no settings", { [`${own}opencode.json`]: '{"model"' }, "claude-opus-4-7"],
  ];
  for (const [of, files, model] of rows) {
    await t.step(of, () => {
      strictEqual(configOf(planOf({}, { readTextFile: (path) => files[path] })).model, `opper/${model}`);
    });
  }
});

Deno.test("settings in the variable are kept, and ours beat them", () => {
  const theirs = {
    theme: "dark",
    model: "openai/gpt-5",
    provider: { opper: { options: { timeout: 5, apiKey: "mine" } }, openai: { options: {} } },
    mcp: { other: { type: "local", command: ["x"] } },
  };
  const env = { OPENCODE_CONFIG_CONTENT: `${JSON.stringify(theirs).slice(0, -1)}, // mine\n}` };
  const config = configOf(planOf({}, { env }));
  deepStrictEqual(
    [config.theme, config.model, config.provider.opper.options, config.provider.openai, Object.keys(config.mcp)],
    [
      "dark",
      "opper/claude-opus-4-7",
      { timeout: 5, apiKey: "op-canary", baseURL: "http://127.0.0.1:1/v3/session/sess_1" },
      { options: {} },
      ["other", "opper-agent"],
    ],
  );
  const several = { OPENCODE_CONFIG_CONTENT: '{"enabled_providers":["opper","openai"]}' };
  deepStrictEqual(configOf(planOf({}, { env: several })).enabled_providers, ["opper", "openai"]);
  for (const text of ["{", "[]", "7"]) {
    throws(
      () => planOf({}, { env: { OPENCODE_CONFIG_CONTENT: text } }),
      (error) => error instanceof AgentError && error.message.includes("OPENCODE_CONFIG_CONTENT"),
    );
  }
});

Deno.test("our tools come along, unless a server of ours is installed", () => {
  const mcpServer = { command: "/usr/bin/opper-agent", args: ["mcp"] };
  deepStrictEqual(configOf(planOf({ mcpServer })).mcp, {
    "opper-agent": { type: "local", command: ["/usr/bin/opper-agent", "mcp"], enabled: true },
  });
  const installed: Partial<MachineFacts> = {
    namesIn: () => ["opencode.json"],
    readTextFile: (path) => path.endsWith("opencode.json") ? '{"mcp":{"opper-agent":{"type":"local"}}}' : undefined,
  };
  strictEqual("mcp" in configOf(planOf({ mcpServer }, installed)), false);
});

Deno.test("a list that no variable holds is cut to what is asked for", () => {
  const many = Array.from({ length: 3000 }, (_, index) => ({ ...slashed, id: `vendor/m${index}` }));
  const { models } = configOf(planOf({ models: [...many, opus, haiku] })).provider.opper;
  deepStrictEqual(Object.keys(models), ["claude-opus-4-7", "claude-haiku-4-5"]);
});

Deno.test("OpenCode left to itself gets nothing of ours", async (t) => {
  const rows = [["auth", "login"], ["mcp", "add"], ["upgrade"], ["--help"], ["run", "-h"], ["-v"], [
    "--print-logs",
    "stats",
  ]];
  for (const argv of rows) await t.step(argv.join(" "), () => ok(opencodeLauncher.managesItself(argv)));
  const others = [[], ["run", "auth"], ["serve"], ["models"], ["--", "--help"], ["--prompt", "auth"]];
  for (const argv of others) await t.step(`not: ${argv.join(" ")}`, () => ok(!opencodeLauncher.managesItself(argv)));
});
