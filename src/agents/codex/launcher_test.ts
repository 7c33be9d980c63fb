/** The plan for Codex, from what people type and what is in its files. Pure, so nothing here starts anything. */
import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { parse } from "smol-toml";
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { AgentError } from "../../core/errors.ts";
import { type MachineFacts, makeMachine } from "../../host/environment.ts";
import type { LaunchPlan, LaunchRequest } from "../launcher.ts";
import { codexLauncher } from "./launcher.ts";

const opus: CatalogueModel = {
  id: "anthropic/claude-opus-4.7",
  name: "Claude Opus 4.7",
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  vision: true,
  reasoning: ["none", "low", "high"],
  price: { input: 5, output: 25 },
};
const gpt: CatalogueModel = {
  id: "gpt-5.5",
  contextWindow: 400_000,
  maxOutputTokens: 128_000,
  vision: false,
  reasoning: ["low", "medium"],
  price: {},
};
const plain: CatalogueModel = { ...gpt, id: "plain", reasoning: [] };

const CONFIG = "/home/u/.codex/config.toml";
const THREAD = "01a21c1f-cdfe-7d82-a8c1-8c01d40aebb1";
const LOG = `rollout-2026-11-27T08-29-36-${THREAD}.jsonl`;

function planOf(changes: Partial<LaunchRequest> = {}, machine: Partial<MachineFacts> = {}): LaunchPlan {
  const request: LaunchRequest = {
    launchId: "11111111-2222-4333-8444-555555555555",
    argv: [],
    models: [opus, gpt, plain],
    sessionUrl: "http://127.0.0.1:1/v3/session/sess_1",
    apiKey: "op-canary",
    headers: {},
    launchDirectory: "/state/launches/1",
    ledgerPath: "/state/launches/1/ledger.jsonl",
    ...changes,
  };
  return codexLauncher.plan(request, makeMachine({ home: "/home/u", cwd: "/srv/app", ...machine }));
}

/** What `-c` says, as Codex reads it: a value that is no TOML is a text. The arguments behind it are given back too. */
function settingsOf({ argv }: LaunchPlan): [settings: Record<string, unknown>, rest: readonly string[]] {
  const settings: Record<string, unknown> = {};
  let index = 0;
  for (; argv[index] === "-c"; index += 2) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(argv[index + 1]!)!;
    try {
      // Tables of TOML have no prototype.
      settings[key!] = JSON.parse(JSON.stringify(parse(`value = ${value}`)["value"]));
    } catch {
      settings[key!] = value;
    }
  }
  return [settings, argv.slice(index)];
}

function withConfig(text: string): Partial<MachineFacts> {
  return { readTextFile: (path) => path === CONFIG ? text : undefined };
}

Deno.test("Codex gets a provider, a model and a list of models", () => {
  const plan = planOf({ argv: ["exec", "hello"] });
  const [settings, rest] = settingsOf(plan);
  deepStrictEqual(rest, ["exec", "hello"]);
  deepStrictEqual(settings, {
    "model_providers.opper": {
      name: "Opper",
      base_url: "http://127.0.0.1:1/v3/session/sess_1",
      env_key: "OPPER_API_KEY",
      wire_api: "responses",
      supports_websockets: false,
    },
    model_provider: "opper",
    model_catalog_json: "/state/launches/1/codex-models.json",
    model: "gpt-5.5",
    web_search: "disabled",
    "mcp_servers.opper-agent": { enabled: false, command: "opper-agent" },
  });
  deepStrictEqual(plan.env, { OPPER_API_KEY: "op-canary" });
  deepStrictEqual(plan.files, []);
  ok(!plan.argv.join(" ").includes("op-canary"));
  ok(!plan.stateFiles.some(({ content }) => content.includes("op-canary")));
});

Deno.test("without a relay its headers go along, and the key into no file of Codex'", () => {
  const [settings] = settingsOf(planOf({ headers: { "X-Opper-Trace-Id": "t" } }));
  deepStrictEqual((settings["model_providers.opper"] as Record<string, unknown>)["http_headers"], {
    "X-Opper-Trace-Id": "t",
  });
  deepStrictEqual(
    [settings["features.shell_snapshot"], settingsOf(planOf())[0]["features.shell_snapshot"]],
    [false, undefined],
  );
});

Deno.test("a command for the key in the user's settings is made to print ours", async (t) => {
  const rows: [config: string, isCommand: boolean][] = [
    ['[model_providers.opper]\nauth = { command = "x" }\n', true],
    ['\ufeff[model_providers.opper.auth]\ncommand = "x"\n', true],
    ['[model_providers.opper]\nenv_key = "MINE"\n', false],
    ['[model_providers.other]\nauth = { command = "x" }\n', false],
    ["no TOML", false],
  ];
  for (const [config, isCommand] of rows) {
    await t.step(config, () => {
      const [settings] = settingsOf(planOf({}, withConfig(config)));
      const provider = settings["model_providers.opper"] as Record<string, unknown>;
      deepStrictEqual(["auth" in provider, "env_key" in provider], [isCommand, !isCommand]);
      if (isCommand) match(JSON.stringify(provider["auth"]), /OPPER_API_KEY/);
    });
  }
});

Deno.test("the model is the one asked for, else that of the settings, else a preferred one", async (t) => {
  const rows: [of: string, changes: Partial<LaunchRequest>, config: string, model: unknown][] = [
    ["--model before", { model: "plain" }, "", "plain"],
    ["-m behind", { argv: ["-m", "x"] }, "", undefined],
    ["-mx", { argv: ["exec", "-mx"] }, "", undefined],
    ["-c model", { argv: ["-c", "model='x'"] }, "", "x"],
    ["settings", {}, 'model = "plain"', "plain"],
    ["settings that name a model the gateway does not have", {}, 'model = "gpt-6"', "gpt-5.5"],
    ["a model of a profile is no model", {}, '[profiles.x]\nmodel = "plain"', "gpt-5.5"],
    ["no GPT", { models: [plain, opus] }, "", opus.id],
    ["neither", { models: [plain] }, "", "plain"],
    ["no models", { models: [] }, "", undefined],
    // What is a value of another flag, or behind --, is none.
    ["a value", { argv: ["-o", "-m", "x"] }, "", "gpt-5.5"],
    ["behind --", { argv: ["--", "-m", "x"] }, "", "gpt-5.5"],
  ];
  for (const [of, changes, config, model] of rows) {
    await t.step(of, () => strictEqual(settingsOf(planOf(changes, withConfig(config)))[0]["model"], model));
  }
  for (const argv of [["-m", "x"], ["--model=x"], ["exec", "-m=x"], ["-c", 'model="x"'], ["--config=model=x"]]) {
    await t.step(`on both sides: ${argv.join(" ")}`, () => {
      throws(() => planOf({ model: "plain", argv }), /--model plain before "codex" and --model x after it/);
    });
  }
});

Deno.test("the list has each model with its context, its levels and what it sees", () => {
  const { stateFiles } = planOf({ model: "plain" });
  const { models } = JSON.parse(stateFiles[0]!.content);
  deepStrictEqual(
    models.map((model: Record<string, unknown>) => [
      model["slug"],
      model["display_name"],
      model["context_window"],
      (model["supported_reasoning_levels"] as { effort: string }[]).map(({ effort }) => effort),
      model["default_reasoning_level"],
      model["input_modalities"],
      model["priority"],
    ]),
    [
      ["anthropic/claude-opus-4.7", "Claude Opus 4.7", 200_000, ["none", "low", "high"], "low", ["text", "image"], 1],
      ["gpt-5.5", "gpt-5.5", 400_000, ["low", "medium"], "medium", ["text"], 2],
      // Asked for: the first of the picker.
      ["plain", "plain", 400_000, [], undefined, ["text"], 0],
    ],
  );
  const none = planOf({ models: [] });
  deepStrictEqual([none.stateFiles, "model_catalog_json" in settingsOf(none)[0]], [[], false]);
});

Deno.test("our tools come along, unless a server of ours is installed", () => {
  const mcpServer = { command: "/usr/bin/opper-agent", args: ["mcp"] };
  const [settings] = settingsOf(planOf({ mcpServer }));
  const server = settings["mcp_servers.opper-agent"] as Record<string, unknown>;
  deepStrictEqual([server["command"], server["args"]], ["/usr/bin/opper-agent", ["mcp"]]);
  ok((server["env_vars"] as string[]).includes("OPPER_AGENT_DEPTH"));
  const installed = withConfig('[mcp_servers.opper-agent]\ncommand = "mine"\n');
  strictEqual("mcp_servers.opper-agent" in settingsOf(planOf({ mcpServer }, installed))[0], false);
  // To be left out: then it is off, installed or not.
  deepStrictEqual(settingsOf(planOf({}, installed))[0]["mcp_servers.opper-agent"], {
    enabled: false,
    command: "opper-agent",
  });
});

Deno.test("who asks for the vendor's web search gets it", () => {
  strictEqual("web_search" in settingsOf(planOf({ argv: ["--search"] }))[0], false);
});

Deno.test("Codex left to itself gets nothing of ours", async (t) => {
  const rows: string[][] = [
    ["login"],
    ["logout"],
    ["mcp", "list"],
    ["app"],
    ["completion", "bash"],
    ["update"],
    ["-c", "x=1", "debug", "models"],
    ["--help"],
    ["exec", "--help"],
    ["-h"],
    ["--version"],
    ["-V"],
  ];
  for (const argv of rows) await t.step(argv.join(" "), () => ok(codexLauncher.managesItself(argv)));
  const others = [[], ["exec", "login"], ["resume"], ["review"], ["app-server"], ["--", "--help"], ["-C", "login"]];
  for (const argv of others) await t.step(`not: ${argv.join(" ")}`, () => ok(!codexLauncher.managesItself(argv)));
});

Deno.test("a thread of another provider is refused before Codex does it", async (t) => {
  const days: Readonly<Record<string, readonly string[]>> = {
    "/home/u/.codex/sessions": ["2025", "2026", "notes"],
    "/home/u/.codex/sessions/2026": ["10", "11"],
    "/home/u/.codex/sessions/2026/11": ["26", "27"],
    "/home/u/.codex/sessions/2026/11/27": [LOG],
  };
  const machineWith = (head: string): Partial<MachineFacts> => ({
    namesIn: (path) => days[path] ?? [],
    readTextFile: (path) => path === `/home/u/.codex/sessions/2026/11/27/${LOG}` ? head : undefined,
  });
  const headOf = (provider: unknown) =>
    `${JSON.stringify({ type: "session_meta", payload: { id: THREAD, model_provider: provider } })}\n{"type":"x"}\n`;
  const refused: [argv: string[], command: string][] = [
    [["resume", THREAD], `launch codex fork ${THREAD}`],
    [["resume", "--all", THREAD.toUpperCase(), "go on"], `launch codex fork ${THREAD.toUpperCase()}`],
    [["exec", "resume", THREAD, "-"], `launch codex exec fork ${THREAD}`],
    [["e", "-s", "read-only", "resume", THREAD], `launch codex exec fork ${THREAD}`],
  ];
  for (const [argv, command] of refused) {
    await t.step(argv.join(" "), () => {
      throws(
        () => planOf({ argv }, machineWith(headOf("openai"))),
        (error) => error instanceof AgentError && /asks "openai"/.test(error.message) && error.hint!.endsWith(command),
      );
    });
  }
  const gone: [of: string, argv: string[], head: string][] = [
    ["one of ours", ["resume", THREAD], headOf("opper")],
    ["a fork", ["fork", THREAD], headOf("openai")],
    ["the last one, which Codex looks for among ours", ["resume", "--last", THREAD], headOf("openai")],
    ["the picker", ["resume"], headOf("openai")],
    ["a prompt", [`resume ${THREAD}`], headOf("openai")],
    ["a name", ["resume", "my-thread"], headOf("openai")],
    ["a thread without a log", ["resume", THREAD.replace("0", "f")], headOf("openai")],
    ["a log that does not say it", ["resume", THREAD], headOf(undefined)],
    ["a head that is cut off", ["resume", THREAD], headOf("openai").slice(0, 60)],
  ];
  for (const [of, argv, head] of gone) {
    await t.step(of, () => deepStrictEqual(settingsOf(planOf({ argv }, machineWith(head)))[1], argv));
  }
});

Deno.test("what would ask past the gateway is refused", async (t) => {
  const rows: [argv: string[], message: RegExp][] = [
    [["--remote", "ws://127.0.0.1:1"], /"--remote" leaves the asking/],
    [["app-server", "daemon", "start"], /"app-server daemon"/],
    [["remote-control"], /"remote-control"/],
    [["queue", THREAD], /"queue"/],
    [["--oss"], /"--oss" asks another provider/],
    [["--local-provider", "ollama"], /"--local-provider ollama"/],
    [["exec", "-c", "model_provider=openai"], /"-c model_provider=openai"/],
  ];
  for (const [argv, message] of rows) await t.step(argv.join(" "), () => throws(() => planOf({ argv }), message));
  ok(planOf({ argv: ["-c", 'model_provider="opper"'] }).argv.length > 0);
});

Deno.test("without a terminal Codex reads its prompt from its input", () => {
  const argv = codexLauncher.headlessArguments!("");
  deepStrictEqual([argv[0], argv.at(-1)], ["exec", "-"]);
  ok(!codexLauncher.managesItself(argv));
});
