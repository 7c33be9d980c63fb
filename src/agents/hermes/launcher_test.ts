/** The plan for Hermes, from what people type: arguments, environment, files. Pure, so nothing here starts anything. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { AgentError } from "../../core/errors.ts";
import { type MachineFacts, makeMachine } from "../../host/environment.ts";
import { sealText } from "../../launch/placed/seal.ts";
import type { LaunchPlan, LaunchRequest } from "../launcher.ts";
import { hermes } from "./agent.ts";
import { hermesLauncher } from "./launcher.ts";
import { readHermesSession } from "./wire_session.ts";

const OPUS: CatalogueModel = {
  id: "anthropic/claude-opus-4.7",
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  vision: true,
  reasoning: [],
  price: {},
};

const MACHINE: MachineFacts = {
  home: "/home/u",
  cwd: "/srv/app",
  namesIn: (path) => /\/profiles$/.test(path) ? ["coder", "work", "Not A Profile"] : [],
};

function planOf(changes: Partial<LaunchRequest> = {}, facts: Partial<MachineFacts> = {}): LaunchPlan {
  const request: LaunchRequest = {
    launchId: "11111111-2222-4333-8444-555555555555",
    argv: [],
    models: [{ ...OPUS, id: "openai/gpt-5.5" }, OPUS],
    sessionUrl: "http://127.0.0.1:4321/v3/session/sess_1",
    apiKey: "canary-token",
    headers: {},
    launchDirectory: "/state/launches/1",
    ledgerPath: "/state/launches/1/ledger.jsonl",
    ...changes,
  };
  return hermesLauncher.plan(request, { ...makeMachine({ ...MACHINE, ...facts }), os: "linux" });
}

const OWN = ["--provider", "opper-agent", "-m", "anthropic/claude-opus-4.7"];

Deno.test("Hermes gets provider and model where it takes them, unless it was given its own", async (t) => {
  const rows: [argv: string[], planned: string[]][] = [
    [[], ["chat", ...OWN]],
    [["--tui"], ["chat", ...OWN, "--tui"]],
    [["-c"], ["chat", ...OWN, "-c"]],
    [["-c", "my project"], ["chat", ...OWN, "-c", "my project"]],
    [["--resume", "20261127_101010_abcdef"], ["chat", ...OWN, "--resume", "20261127_101010_abcdef"]],
    [["chat", "-q", "hello"], ["chat", ...OWN, "-q", "hello"]],
    [["-s", "chat", "chat", "-q", "x"], ["-s", "chat", "chat", ...OWN, "-q", "x"]],
    [["-z", "hello"], [...OWN, "-z", "hello"]],
    [["-z", "gateway"], [...OWN, "-z", "gateway"]],
    [["--oneshot=hello"], [...OWN, "--oneshot=hello"]],
    [["chat", "--oneshot", "-q", "x"], ["chat", ...OWN, "--oneshot", "-q", "x"]],
    // Which profile is looked for before the command.
    [["-p", "coder"], ["-p", "coder", "chat", ...OWN]],
    [["--yolo", "--profile=coder", "chat"], ["--profile=coder", "--yolo", "chat", ...OWN]],
    [["chat", "-p", "coder", "-Q"], ["-p", "coder", "chat", ...OWN, "-Q"]],
    [["-p", "Not A Profile"], ["chat", ...OWN, "-p", "Not A Profile"]],
    [["-m", "openai/gpt-5.5"], ["chat", "--provider", "opper-agent", "-m", "openai/gpt-5.5"]],
    [["--model=x"], ["chat", "--provider", "opper-agent", "--model=x"]],
    [["--provider", "openrouter"], ["chat", "--provider", "openrouter"]],
    [["--provider", "opper-agent"], ["chat", "-m", "anthropic/claude-opus-4.7", "--provider", "opper-agent"]],
  ];
  for (const [argv, planned] of rows) {
    await t.step(argv.join(" ") || "nothing", () => deepStrictEqual(planOf({ argv }).argv, planned));
  }
  await t.step("our own --model", () => {
    deepStrictEqual(planOf({ model: "openai/gpt-5.5" }).argv, [
      "chat",
      "--provider",
      "opper-agent",
      "-m",
      "openai/gpt-5.5",
    ]);
    for (const argv of [["-m", "x"], ["--provider", "x"]]) {
      throws(() => planOf({ model: "openai/gpt-5.5", argv }), /contradict each other/);
    }
  });
});

Deno.test("Hermes left to itself gets nothing of ours", async (t) => {
  const rows: string[][] = [
    ["--version"],
    ["-V"],
    ["chat", "--help"],
    ["setup"],
    ["config", "set", "model", "x"],
    ["sessions", "list"],
    ["-p", "coder", "model"],
  ];
  for (const argv of rows) {
    await t.step(argv.join(" "), () => {
      ok(hermesLauncher.managesItself(argv));
      deepStrictEqual(planOf({ argv }), { argv, env: {}, files: [], stateFiles: [], fallbackArgv: [] });
    });
  }
  for (const argv of [[], ["-z", "setup"], ["-c", "setup"], ["chat", "-q", "--help-me"], ["-p", "coder"]]) {
    await t.step(`not: ${argv.join(" ")}`, () => ok(!hermesLauncher.managesItself(argv)));
  }
});

Deno.test("what serves others for longer than a launch is refused", async (t) => {
  for (const argv of [["gateway"], ["gateway", "run"], ["-p", "coder", "gateway", "start"], ["dashboard"], ["acp"]]) {
    await t.step(argv.join(" "), () => {
      ok(!hermesLauncher.managesItself(argv));
      throws(() => planOf({ argv }), (error) =>
        error instanceof AgentError && error.code === "usage" &&
        /^"hermes \w+" cannot be launched: /.test(error.message) && error.hint!.includes("configure hermes"));
    });
  }
});

Deno.test("the plugin goes where Hermes looks for it", async (t) => {
  const rows: [name: string, argv: string[], facts: Partial<MachineFacts>, home: string, said: string | undefined][] = [
    ["nothing is said", [], {}, "/home/u/.hermes", undefined],
    ["a home", [], { env: { HERMES_HOME: "/srv/hermes" } }, "/srv/hermes", "/srv/hermes"],
    ["a relative one", [], { env: { HERMES_HOME: " h " } }, "/srv/app/h", "/srv/app/h"],
    [
      "a profile's",
      [],
      { env: { HERMES_HOME: "/srv/h/profiles/any" } },
      "/srv/h/profiles/any",
      "/srv/h/profiles/any",
    ],
    ["a profile by its flag", ["-p", "coder"], {}, "/home/u/.hermes/profiles/coder", undefined],
    [
      "a profile beside another",
      ["--profile", "work"],
      { env: { HERMES_HOME: "/srv/h/profiles/coder" } },
      "/srv/h/profiles/work",
      "/srv/h/profiles/work",
    ],
    ["a profile that is not there", ["-p", "typo"], {}, "/home/u/.hermes", undefined],
    ["no profile", ["-p", "../../etc"], {}, "/home/u/.hermes", undefined],
    ["the one without a name", ["-p", "default"], {}, "/home/u/.hermes", undefined],
  ];
  for (const [name, argv, facts, home, said] of rows) {
    await t.step(name, () => {
      const plan = planOf({ argv }, facts);
      const paths = plan.files.map(({ path }) => path);
      const directory = `${home}/plugins/model-providers/opper-agent`;
      deepStrictEqual(paths, [`${directory}/plugin.yaml`, `${directory}/__init__.py`]);
      strictEqual(plan.env.HERMES_HOME, said);
      const known = hermes.placedPaths!({ ...makeMachine({ ...MACHINE, ...facts }), os: "linux" });
      for (const path of paths) ok(known.includes(path), path);
    });
  }
  await t.step("the profile that is active, and the one that is named before it", () => {
    const readTextFile = (path: string) => path === "/home/u/.hermes/active_profile" ? "work\n" : undefined;
    const homes = [[], ["-p", "coder"], ["-p", "default"]].map((argv) =>
      planOf({ argv }, { readTextFile }).files[0]!.path.replace(/\/plugins\/.*/, "")
    );
    deepStrictEqual(homes, [
      "/home/u/.hermes/profiles/work",
      "/home/u/.hermes/profiles/coder",
      "/home/u/.hermes",
    ]);
  });
});

Deno.test("the environment carries the launch, and files never the key", () => {
  const plan = planOf();
  deepStrictEqual(plan.env, {
    OPPER_AGENT_HERMES_URL: "http://127.0.0.1:4321/v3/session/sess_1",
    OPPER_AGENT_HERMES_KEY: "canary-token",
    OPPER_AGENT_MODELS: "/state/launches/1/models.json",
  });
  ok(!JSON.stringify([plan.files, plan.stateFiles, plan.argv]).includes("canary-token"));
  deepStrictEqual(JSON.parse(plan.stateFiles[0]!.content)[1], { id: OPUS.id, maxOutputTokens: 64_000 });
  // What is placed says that it is ours.
  for (const { content } of plan.files) ok(sealText(content).includes("; sha256 "));
  const direct = planOf({ headers: { "x-opper-trace-id": "t", "x-opper-parent-span-id": "t" } });
  strictEqual(direct.env.OPPER_AGENT_HEADERS, `["x-opper-trace-id","x-opper-parent-span-id"]`);
});

Deno.test("a call is of the session that the plugin's header names", () => {
  const headers = new Map([["x-hermes-session-id", "20261127_101010_abcdef"]]);
  deepStrictEqual(readHermesSession((name) => headers.get(name)), {
    source: "hermes",
    sessionId: "20261127_101010_abcdef",
  });
  strictEqual(readHermesSession(() => undefined), undefined);
});
