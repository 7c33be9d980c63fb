/**
 * How OpenCode is started with its calls routed through the gateway: by settings in a variable, which beat the user's files
 * and are written nowhere. Provider `opper` is one that it knows; here it gets another address. Run with 1.18.33 on
 * 2026-11-27.
 *
 * An agent that has a model of its own in the user's settings keeps it.
 */
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { AgentError } from "../../core/errors.ts";
import type { Machine } from "../../core/machine.ts";
import { CHILD_KEY_VARIABLE, type Launcher, type LaunchPlan, type LaunchRequest } from "../launcher.ts";
import { type OpencodeArguments, readOpencodeArguments } from "./arguments.ts";
import { launchConfig, PROVIDER, readConfiguredModel } from "./launch_config.ts";
import { opencodeSessionOf } from "./wire_session.ts";

/** Commands that ask no model. */
const COMMANDS: ReadonlySet<string> = new Set([
  "auth",
  "completion",
  "db",
  "debug",
  "export",
  "import",
  "mcp",
  "plug",
  "plugin",
  "providers",
  "session",
  "stats",
  "uninstall",
  "upgrade",
]);

/** Commands that take no `--model`: the settings alone say it. */
const COMMANDS_WITHOUT_MODEL: ReadonlySet<string> = new Set([
  "acp",
  "agent",
  "github",
  "models",
  "pr",
  "serve",
  "web",
]);

/** Models to start with when nobody chose: the first of these that the gateway has, under whichever vendor's prefix. */
const PREFERRED_MODELS: readonly RegExp[] = [
  /(^|\/)claude-opus-4[-.]7$/,
  /(^|\/)claude-sonnet-4[-.]6$/,
];

export const opencodeLauncher: Launcher = {
  program: { name: "opencode", npmPackage: "opencode-ai", minimumVersion: "1.1.65" },
  // What it may not do without being asked is refused to it.
  headlessArguments: () => ["run"],
  managesItself(argv) {
    const { word, prints } = readOpencodeArguments(argv);
    return prints || COMMANDS.has(word ?? "");
  },
  sessionOf: opencodeSessionOf,
  plan,
};

function plan(request: LaunchRequest, machine: Machine): LaunchPlan {
  const given = readOpencodeArguments(request.argv);
  refuseServer(given);
  refuseModelTwice(request, given);
  const theirs = given.model === undefined ? undefined : ownModel(given.model.value, request.models);
  const model = request.model ?? theirs ?? chooseModel(request.models, machine);
  return {
    argv: modelArguments(request.argv, given, model),
    env: {
      OPENCODE_CONFIG_CONTENT: launchConfig(request, model, machine),
      [CHILD_KEY_VARIABLE]: request.apiKey,
    },
    files: [],
    stateFiles: [],
    fallbackArgv: [],
  };
}

/**
 * With the flag as well, since a session that is gone on with asks the model it asked before, past the gateway, whatever the
 * settings say. Given twice OpenCode breaks, so that theirs is put right where it is.
 */
function modelArguments(
  argv: readonly string[],
  { word, model: given }: OpencodeArguments,
  model: string | undefined,
): readonly string[] {
  if (model === undefined) return argv;
  const named = `${PROVIDER}/${model}`;
  if (given !== undefined) return argv.with(given.index, given.flag === undefined ? named : `${given.flag}=${named}`);
  return COMMANDS_WITHOUT_MODEL.has(word ?? "") ? argv : ["--model", named, ...argv];
}

/**
 * The gateway's id of a model that was typed.
 *
 * @throws {AgentError} usage, for one of another provider: nothing would go through the gateway
 */
function ownModel(typed: string, models: readonly CatalogueModel[]): string {
  if (models.some(({ id }) => id === typed)) return typed;
  if (typed.startsWith(`${PROVIDER}/`)) return typed.slice(PROVIDER.length + 1);
  throw new AgentError("usage", `"--model ${typed}" is no model of Opper: nothing would be routed.`, {
    hint: "opper-agent launch opencode models opper lists them. For others run opencode without opper-agent.",
  });
}

function chooseModel(models: readonly CatalogueModel[], machine: Machine): string | undefined {
  const configured = readConfiguredModel(machine);
  const found = [
    models.find(({ id }) => id === configured || `${PROVIDER}/${id}` === configured),
    ...PREFERRED_MODELS.map((pattern) => models.find(({ id }) => pattern.test(id))),
    models[0],
  ];
  return found.find((model) => model !== undefined)?.id;
}

/** @throws {AgentError} usage, where models are asked by a server that this launch does not start */
function refuseServer({ word, attaches }: OpencodeArguments): void {
  if (word !== "attach" && !attaches) return;
  throw new AgentError(
    "usage",
    `"${
      attaches ? "--attach" : word
    }" leaves the asking of models to a server that runs elsewhere: nothing would be routed.`,
    { hint: "Start that server with opper-agent launch opencode serve." },
  );
}

/** @throws {AgentError} usage, when a model is chosen on both sides */
function refuseModelTwice({ model }: LaunchRequest, { model: theirs }: OpencodeArguments): void {
  if (model === undefined || theirs === undefined) return;
  throw new AgentError(
    "usage",
    `--model ${model} before "opencode" and --model ${theirs.value} after it contradict each other.`,
    { hint: "Give one of them." },
  );
}
