/**
 * How Hermes is started: with a provider of a name of our own, which a plugin registers that lies in its home while it runs.
 * Its own files stay as they are, `config.yaml` above all.
 *
 * Each row of `sessions` is a trace, that of a delegated sub-agent as well. Auxiliary calls, such as those for titles, name
 * no session (a client of their own makes them) and are the launch's. Made after 0.15.1 and the source of its main branch;
 * run with 0.16.0 from its source, on newer versions of the libraries that it pins: one prompt, a delegated sub-agent, a
 * profile, and without a relay (2026-11-27).
 */
import { AgentError } from "../../core/errors.ts";
import type { Machine } from "../../core/machine.ts";
import { preferredModel, refuseTwoModels } from "../choose_model.ts";
import { type Launcher, type LaunchPlan, type LaunchRequest, MODELS_VARIABLE } from "../launcher.ts";
import { type HermesArguments, readHermesArguments } from "./arguments.ts";
import { homeVariable, launchHome, pluginDirectory } from "./places.ts";
import { PLUGIN_MANIFEST_TEXT, PLUGIN_MODULE_TEXT } from "./plugin/plugin_text.ts";

/** As the plugin registers it. */
const PROVIDER = "opper-agent";

/** Commands that serve others for longer than a launch lasts, by the provider that `config.yaml` names. */
const SERVERS: ReadonlySet<string> = new Set(["acp", "dashboard", "gateway", "serve", "webapp"]);

export const hermesLauncher: Launcher = {
  program: {
    name: "hermes",
    installHint: "Install it as https://github.com/NousResearch/hermes-agent says",
    minimumVersion: "0.15.1",
  },
  reportsSessions: true,
  managesItself: (argv) => {
    const { command, isPrinting, isOneShot } = readHermesArguments(argv);
    if (isPrinting) return true;
    return command !== undefined && !isOneShot && command.name !== "chat" && !SERVERS.has(command.name);
  },
  plan,
};

function plan(request: LaunchRequest, machine: Machine): LaunchPlan {
  const given = readHermesArguments(request.argv);
  if (hermesLauncher.managesItself(request.argv)) {
    return { argv: request.argv, env: {}, files: [], stateFiles: [], fallbackArgv: [] };
  }
  refuseServer(given);
  refuseTwoModels(request, "hermes", theirChoice(given));

  const home = launchHome(given.profile, machine);
  const directory = pluginDirectory(home, machine);
  const models = {
    path: machine.join(request.launchDirectory, "models.json"),
    content: `${JSON.stringify(request.models.map(({ id, maxOutputTokens }) => ({ id, maxOutputTokens })), null, 2)}\n`,
  };
  const headers = Object.keys(request.headers);
  return {
    argv: withOwn(request.argv, given, ownArguments(request, given)),
    env: {
      ...homeVariable(home, machine),
      OPPER_AGENT_HERMES_URL: request.sessionUrl,
      OPPER_AGENT_HERMES_KEY: request.apiKey,
      [MODELS_VARIABLE]: models.path,
      ...(headers.length === 0 ? {} : { OPPER_AGENT_HEADERS: JSON.stringify(headers) }),
    },
    files: [
      { path: machine.join(directory, "plugin.yaml"), content: PLUGIN_MANIFEST_TEXT },
      { path: machine.join(directory, "__init__.py"), content: PLUGIN_MODULE_TEXT },
    ],
    stateFiles: [models],
    fallbackArgv: [],
  };
}

/** @throws {AgentError} usage, for what a launch cannot route */
function refuseServer({ command, isOneShot }: HermesArguments): void {
  if (isOneShot || command === undefined || !SERVERS.has(command.name)) return;
  throw new AgentError(
    "usage",
    `"hermes ${command.name}" cannot be launched: it serves others by the provider in its configuration, and may outlive a launch.`,
    { hint: `Run "opper-agent configure hermes" once, and start it yourself.` },
  );
}

function theirChoice({ provider, model }: HermesArguments): string | undefined {
  return model !== undefined ? `--model ${model}` : provider !== undefined ? `--provider ${provider}` : undefined;
}

/** Both flags, or what is missing of them: with another provider of the user's choice, nothing. */
function ownArguments({ model, models }: LaunchRequest, given: HermesArguments): readonly string[] {
  if (given.provider !== undefined && given.provider !== PROVIDER) return [];
  const chosen = given.model === undefined ? model ?? preferredModel(models) : undefined;
  return [
    ...(given.provider === undefined ? ["--provider", PROVIDER] : []),
    ...(chosen === undefined ? [] : ["-m", chosen]),
  ];
}

/**
 * Where Hermes takes them from: behind `chat`, which is what it does when nothing is said, or in front of `-z`. Which
 * profile is meant it looks for before anything else.
 */
function withOwn(argv: readonly string[], given: HermesArguments, own: readonly string[]): readonly string[] {
  if (given.isOneShot) return [...own, ...argv];
  const { command, profileArgv } = given;
  const at = profileArgv.length === 0 ? -1 : argv.indexOf(profileArgv[0]!);
  const rest = at === -1 ? argv : [...argv.slice(0, at), ...argv.slice(at + profileArgv.length)];
  const chat = command === undefined ? -1 : command.at - (at !== -1 && at < command.at ? profileArgv.length : 0);
  if (chat === -1) return [...profileArgv, "chat", ...own, ...rest];
  return [...profileArgv, ...rest.slice(0, chat + 1), ...own, ...rest.slice(chat + 1)];
}
