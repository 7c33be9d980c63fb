/**
 * How OpenCode is started with its calls routed through the gateway: by settings in a variable, which beat the user's files
 * and are written nowhere. Provider `opper` is one that it knows; here it gets another address. Run with 1.18.33, in part
 * with 1.14.34, on 2026-11-27.
 */
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { AgentError } from "../../core/errors.ts";
import type { Machine } from "../../core/machine.ts";
import { preferredModel, refuseTwoModels } from "../choose_model.ts";
import { CHILD_KEY_VARIABLE, type Launcher, type LaunchPlan, type LaunchRequest } from "../launcher.ts";
import { type OpencodeArguments, readOpencodeArguments } from "./arguments.ts";
import { launchConfig, PROVIDER, readConfiguredModel } from "./launch_config.ts";

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

export const opencodeLauncher: Launcher = {
  // Versions up to 1.3 name no session in their requests.
  program: { name: "opencode", npmPackage: "opencode-ai", minimumVersion: "1.14.34" },
  // What it would have to ask somebody for is refused to it.
  headlessArguments: () => ["run"],
  managesItself(argv) {
    const { word, prints } = readOpencodeArguments(argv);
    return prints || COMMANDS.has(word ?? "");
  },
  plan,
};

function plan(request: LaunchRequest, machine: Machine): LaunchPlan {
  const given = readOpencodeArguments(request.argv);
  refuseServer(given);
  refuseTwoModels(request, "opencode", given.model && `--model ${given.model.value}`);
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
 * With the flag as well, since a session that is gone on with wants the model it asked before, whatever the settings say.
 * Given twice OpenCode breaks, so that theirs is put right where it is.
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
  const found = models.find(({ id }) => id === configured || `${PROVIDER}/${id}` === configured);
  return found?.id ?? preferredModel(models);
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
