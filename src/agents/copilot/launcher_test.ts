/** The plan for Copilot CLI, from what people type: arguments, variables, and the session that all calls are of. */
import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { AgentError } from "../../core/errors.ts";
import { type MachineFacts, makeMachine } from "../../host/environment.ts";
import type { LaunchPlan, LaunchRequest } from "../launcher.ts";
import { copilotLauncher } from "./launcher.ts";

const LAUNCH = "11111111-2222-4333-8444-555555555555";
const SESSION = "0cb916db-26aa-40f2-86b5-1ba81b225fd2";
const OTHER = "0cb916d0-26aa-40f2-86b5-1ba81b225fd2";

function modelOf(id: string): CatalogueModel {
  return { id, contextWindow: 200_000, maxOutputTokens: 64_000, vision: true, reasoning: [], price: {} };
}

function requestOf(changes: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    launchId: LAUNCH,
    argv: [],
    models: [modelOf("openai/gpt-5.5"), modelOf("anthropic/claude-sonnet-4-6")],
    sessionUrl: "http://127.0.0.1:4321/v3/session/sess_1",
    apiKey: "canary-token",
    headers: {},
    launchDirectory: "/state/launches/1",
    ledgerPath: "/state/launches/1/ledger.jsonl",
    ...changes,
  };
}

/** Two sessions: one that the user named, of GitHub's own model and then of another, and one that nobody did. */
const SESSIONS = new Map([
  [`/home/u/.copilot/session-state/${SESSION}/workspace.yaml`, `id: ${SESSION}\nname: My Feature\nuser_named: true\n`],
  [
    `/home/u/.copilot/session-state/${SESSION}/events.jsonl`,
    [
      `{"type":"session.start","data":{"sessionId":"${SESSION}","selectedModel":"gpt-5.4"},"id":"1"}`,
      `{"type":"assistant.message","data":{"toolRequests":[{"arguments":{"selectedModel":"no"}}]},"id":"2"}`,
      `{"type":"session.model_change","data":{"previousModel":"gpt-5.4","newModel":"anthropic/claude-sonnet-4-6"},"id":"3"}`,
      `{"type":"session.resume","data":{"sele`,
    ].join("\n"),
  ],
  [`/home/u/.copilot/session-state/${OTHER}/workspace.yaml`, `id: ${OTHER}\nname: my other\nuser_named: false\n`],
]);

const MACHINE: MachineFacts = {
  home: "/home/u",
  cwd: "/srv/app",
  readTextFile: (path) => SESSIONS.get(path),
  namesIn: (path) => path === "/home/u/.copilot/session-state" ? [SESSION, OTHER, "files"] : [],
};

function planOf(changes: Partial<LaunchRequest> = {}, env: MachineFacts["env"] = {}): LaunchPlan {
  return copilotLauncher.plan(requestOf(changes), makeMachine({ ...MACHINE, env }));
}

const NEW = ["--session-id", LAUNCH];

Deno.test("a new session gets the launch's id, and another is known by what names it", async (t) => {
  const rows: [argv: string[], planned: string[], sessionId: string | undefined][] = [
    [[], [...NEW], LAUNCH],
    [["-p", "hello"], [...NEW, "-p", "hello"], LAUNCH],
    [["-p", "--continue"], [...NEW, "-p", "--continue"], LAUNCH],
    [["-n", "x", "--autopilot"], [...NEW, "-n", "x", "--autopilot"], LAUNCH],
    [["--allow-tool", "a", "plugin"], [...NEW, "--allow-tool", "a", "plugin"], LAUNCH],
    [["--", "--resume"], [...NEW, "--", "--resume"], LAUNCH],
    [["--session-id", SESSION], ["--session-id", SESSION], SESSION],
    [[`--session-id=${SESSION}`], [`--session-id=${SESSION}`], SESSION],
    // A task of GitHub's.
    [["--session-id", "task-1"], ["--session-id", "task-1"], undefined],
    [["--resume", SESSION], ["--resume", SESSION], SESSION],
    [[`--resume=${SESSION}`], [`--resume=${SESSION}`], SESSION],
    [["-r", SESSION], ["-r", SESSION], SESSION],
    [[`-r${SESSION}`], [`-r${SESSION}`], SESSION],
    [["--resume", "0cb916db"], ["--resume", "0cb916db"], SESSION],
    [["--resume", "0cb916d"], ["--resume", "0cb916d"], undefined],
    [["--resume", "0cb9"], ["--resume", "0cb9"], undefined],
    [["--resume", "my feature"], ["--resume", "my feature"], SESSION],
    // The beginning of a conversation is no name.
    [["--resume", "my other"], ["--resume", "my other"], undefined],
    [["--resume", "gone"], ["--resume", "gone"], undefined],
    [["--resume"], ["--resume"], undefined],
    [["--resume", "-p", "x"], ["--resume", "-p", "x"], undefined],
    [["--continue"], ["--continue"], undefined],
    [["--connect", "x"], ["--connect", "x"], undefined],
    [["--acp"], ["--acp"], undefined],
    [["init"], ["init"], undefined],
  ];
  for (const [argv, planned, sessionId] of rows) {
    await t.step(argv.join(" ") || "nothing", () => {
      const plan = planOf({ argv });
      deepStrictEqual([plan.argv, plan.session?.sessionId], [planned, sessionId]);
    });
  }
});

Deno.test("Copilot CLI left to itself gets nothing of ours", async (t) => {
  const rows: string[][] = [
    ["help", "providers"],
    ["login"],
    ["mcp", "list"],
    ["--no-color", "plugin", "list"],
    ["update"],
    ["-v"],
    ["-p", "x", "--help"],
  ];
  for (const argv of rows) {
    await t.step(argv.join(" "), () => {
      ok(copilotLauncher.managesItself(argv));
      deepStrictEqual(planOf({ argv }), { argv, env: {}, files: [], stateFiles: [], fallbackArgv: [] });
    });
  }
  for (const argv of [[], ["-p", "help"], ["-i", "--help"], ["init"], ["--allow-tool", "x", "mcp"], ["--", "--help"]]) {
    await t.step(`not: ${argv.join(" ")}`, () => ok(!copilotLauncher.managesItself(argv)));
  }
});

Deno.test("calls go to the address with the token, and by nothing that the user set for another provider", () => {
  const plan = planOf();
  deepStrictEqual(plan.env, {
    COPILOT_PROVIDER_BASE_URL: "http://127.0.0.1:4321/v3/session/sess_1",
    COPILOT_PROVIDER_BEARER_TOKEN: "canary-token",
    COPILOT_PROVIDER_TYPE: "anthropic",
    COPILOT_MODEL: "anthropic/claude-sonnet-4-6",
    COPILOT_PROVIDER_MODEL_ID: "claude-sonnet-4.6",
    // 200,000 - 64,000.
    COPILOT_PROVIDER_MAX_PROMPT_TOKENS: "136000",
    COPILOT_PROVIDER_MAX_OUTPUT_TOKENS: "64000",
    COPILOT_OFFLINE: "true",
  });
  for (const name of ["API_KEY", "API_KEY_COMMAND", "HEADERS", "WIRE_MODEL", "TRANSPORT"]) {
    ok(plan.unset?.includes(`COPILOT_PROVIDER_${name}`), name);
  }
  // Its own way to GitHub stays.
  for (const name of ["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"]) ok(!plan.unset?.includes(name), name);
  deepStrictEqual([plan.files, plan.stateFiles], [[], []]);
  ok(!JSON.stringify(plan.argv).includes("canary-token"));
});

Deno.test("somebody who said whether it is offline is asked no more", () => {
  for (const said of ["false", "true", ""]) ok(!("COPILOT_OFFLINE" in planOf({}, { COPILOT_OFFLINE: said }).env), said);
});

Deno.test("without a relay the launch's headers are sent", () => {
  const { env } = planOf({ headers: { "X-Opper-Trace-Id": "t", "X-Opper-Parent-Span-Id": "t" } });
  strictEqual(env.COPILOT_PROVIDER_HEADERS, "X-Opper-Trace-Id: t\nX-Opper-Parent-Span-Id: t");
});

Deno.test("a model goes by the protocol and the name under which Copilot CLI knows it", async (t) => {
  const rows: [changes: Partial<LaunchRequest>, model: string | undefined, name: string | undefined, type: string][] = [
    [{ model: "openai/gpt-5.5" }, "openai/gpt-5.5", "gpt-5.5", "openai"],
    [{ argv: ["--model", "openai/gpt-5.5"] }, "openai/gpt-5.5", "gpt-5.5", "openai"],
    [{ argv: ["--model=claude-haiku-4-5"] }, "claude-haiku-4-5", "claude-haiku-4.5", "anthropic"],
    [
      { argv: ["--model", "claude-sonnet-4-5-20250929"] },
      "claude-sonnet-4-5-20250929",
      "claude-sonnet-4.5",
      "anthropic",
    ],
    [{ argv: ["--model", "claude-opus-4.7"] }, "claude-opus-4.7", "claude-opus-4.7", "anthropic"],
    [{ argv: ["--model", "claude-opus-5"] }, "claude-opus-5", "claude-opus-5", "anthropic"],
    [{ models: [modelOf("deepinfra/kimi-k2.6")] }, "deepinfra/kimi-k2.6", "kimi-k2.6", "openai"],
    [{ models: [] }, undefined, undefined, "openai"],
    // What a session was set to last, and not what it began with.
    [{ argv: ["--resume", SESSION] }, "anthropic/claude-sonnet-4-6", "claude-sonnet-4.6", "anthropic"],
    [{ argv: ["--resume", SESSION], model: "openai/gpt-5.5" }, "openai/gpt-5.5", "gpt-5.5", "openai"],
    [
      { argv: ["--resume", OTHER], models: [modelOf("openai/gpt-5.5")] },
      "openai/gpt-5.5",
      "gpt-5.5",
      "openai",
    ],
  ];
  for (const [changes, model, name, type] of rows) {
    await t.step(JSON.stringify(changes).slice(0, 80), () => {
      const { env } = planOf(changes);
      deepStrictEqual(
        [env.COPILOT_MODEL, env.COPILOT_PROVIDER_MODEL_ID, env.COPILOT_PROVIDER_TYPE],
        [model, name, type],
      );
    });
  }
  ok(!("COPILOT_PROVIDER_MAX_OUTPUT_TOKENS" in planOf({ argv: ["--model", "unlisted"] }).env));
});

Deno.test("our --model counts for a session that is resumed as well, and is given on one side only", () => {
  deepStrictEqual(planOf({ model: "openai/gpt-5.5", argv: ["--resume", SESSION] }).argv, [
    "--model",
    "openai/gpt-5.5",
    "--resume",
    SESSION,
  ]);
  throws(
    () => planOf({ model: "openai/gpt-5.5", argv: ["--model", "x"] }),
    (error) => error instanceof AgentError && error.message.includes(`before "copilot" and --model x after it`),
  );
});

Deno.test("our own tools are brought along by a file of the launch", () => {
  const plan = planOf({ mcpServer: { command: "/usr/bin/opper-agent", args: ["mcp"] } });
  deepStrictEqual(plan.argv, ["--additional-mcp-config", "@/state/launches/1/mcp.json", ...NEW]);
  const [file] = plan.stateFiles;
  strictEqual(file?.path, "/state/launches/1/mcp.json");
  deepStrictEqual(JSON.parse(file.content), {
    mcpServers: { "opper-agent": { type: "local", command: "/usr/bin/opper-agent", args: ["mcp"], tools: ["*"] } },
  });
});

Deno.test("without a terminal it asks nobody, and starts no server of ours", () => {
  match(
    copilotLauncher.headlessArguments!("").join(" "),
    /^--silent --allow-all-tools .*--disable-mcp-server opper-agent$/,
  );
});
