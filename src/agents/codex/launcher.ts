/**
 * How Codex is started with its calls routed through the gateway: by a provider `opper` and a list of models, both given
 * with `-c`. No file of the user's changes, and a ChatGPT login is neither used nor sent. Run with 0.169.0, in part with 0.152.1,
 * 0.160.0 and 0.171.0, on 2026-11-27.
 *
 * `-c` also keeps Codex from its background server, which outlives a launch and would ask with settings of its own.
 */
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { AgentError } from "../../core/errors.ts";
import type { Machine } from "../../core/machine.ts";
import { preferredModel, refuseTwoModels } from "../choose_model.ts";
import { SERVER_NAME } from "../formats/server_command.ts";
import {
  BASE_URL_VARIABLE,
  CHILD_KEY_VARIABLE,
  DEPTH_VARIABLE,
  LAUNCH_VARIABLE,
  type Launcher,
  type LaunchPlan,
  type LaunchRequest,
  LEDGER_VARIABLE,
  type TransientFile,
} from "../launcher.ts";
import { type CodexArguments, OUR_PROVIDER, readCodexArguments } from "./arguments.ts";
import { codexCatalogue } from "./catalogue.ts";
import { type CodexConfig, readCodexConfig } from "./config.ts";
import { providerOfThread } from "./threads.ts";

/** Commands that ask no model. */
const COMMANDS: ReadonlySet<string> = new Set([
  "a",
  "app",
  "apply",
  "archive",
  "cloud",
  "completion",
  "debug",
  "delete",
  "doctor",
  "exec-server",
  "features",
  "help",
  "login",
  "logout",
  "mcp",
  "migrate-nfs-db",
  "migrate-rollouts",
  "plugin",
  "sandbox",
  "unarchive",
  "update",
]);

/** Commands that leave the asking to a background server. */
const SERVER_COMMANDS: ReadonlySet<string> = new Set(["queue", "remote-control"]);

/** What Codex is made for, taken before what launches take else. */
const PREFERRED_MODEL = /(^|\/)gpt-5[-.]5$/;

/** What our server has to know of the launch it is in: Codex hands a server no variables but those that are named. */
const SERVER_VARIABLES = [
  BASE_URL_VARIABLE,
  CHILD_KEY_VARIABLE,
  DEPTH_VARIABLE,
  LAUNCH_VARIABLE,
  LEDGER_VARIABLE,
  "OPPER_HOME",
];

export const codexLauncher: Launcher = {
  program: { name: "codex", npmPackage: "@openai/codex", minimumVersion: "0.152.1" },
  // Edits below its directory, as Pi makes them; there is nobody who could be asked for more.
  headlessArguments: () => ["exec", "--skip-git-repo-check", "--sandbox", "workspace-write", "-"],
  managesItself(argv) {
    const { words, prints } = readCodexArguments(argv);
    return prints || COMMANDS.has(words[0] ?? "");
  },
  plan,
};

function plan(request: LaunchRequest, machine: Machine): LaunchPlan {
  const given = readCodexArguments(request.argv);
  refuseServer(given);
  refuseTwoModels(request, "codex", given.model && `--model ${given.model}`);
  if (given.provider !== undefined) return refuseProvider(given.provider);
  refuseThread(given, machine);
  const config = readCodexConfig(machine);
  const model = request.model ?? given.model ?? chooseModel(request.models, config);
  const catalogue: TransientFile = {
    path: machine.join(request.launchDirectory, "codex-models.json"),
    content: codexCatalogue(request.models, model),
  };
  const settings = [
    `model_providers.${OUR_PROVIDER}=${inlineTable(providerSettings(request, config, machine))}`,
    `model_provider=${OUR_PROVIDER}`,
    // A list without a model makes Codex refuse to start.
    ...(request.models.length === 0 ? [] : [`model_catalog_json=${JSON.stringify(catalogue.path)}`]),
    ...(model === undefined || given.model !== undefined ? [] : [`model=${JSON.stringify(model)}`]),
    // The search is one of OpenAI's own servers. Who asks for it gets it, and what the gateway says of it.
    ...(given.searches ? [] : ["web_search=disabled"]),
    ...serverSettings(request, config),
    // The key itself is in the environment then, and Codex writes what its shell has there into a file.
    ...(Object.keys(request.headers).length === 0 ? [] : ["features.shell_snapshot=false"]),
  ];
  return {
    argv: [...settings.flatMap((setting) => ["-c", setting]), ...request.argv],
    env: { [CHILD_KEY_VARIABLE]: request.apiKey },
    // Codex' own, for calls past the gateway. Keys that programs may need which Codex runs are left: it sends it none of them.
    unset: ["CODEX_API_KEY", "CODEX_ACCESS_TOKEN"],
    files: [],
    stateFiles: request.models.length === 0 ? [] : [catalogue],
    fallbackArgv: [],
  };
}

/**
 * Merged by Codex with the table of that name in the user's settings, member by member. A command that prints a key cannot
 * stand beside a variable that has it, so that where the settings have a command, it is made one that prints ours.
 */
function providerSettings({ sessionUrl, headers }: LaunchRequest, config: CodexConfig, { os }: Machine) {
  const printed = os === "windows"
    ? { command: "cmd", args: ["/d", "/c", `echo %${CHILD_KEY_VARIABLE}%`] }
    : { command: "printenv", args: [CHILD_KEY_VARIABLE] };
  return {
    name: "Opper",
    base_url: sessionUrl,
    ...(config.hasKeyCommand ? { auth: printed } : { env_key: CHILD_KEY_VARIABLE }),
    wire_api: "responses",
    supports_websockets: false,
    ...(Object.keys(headers).length === 0 ? {} : { http_headers: headers }),
  };
}

/** Our own tools; a server of ours that the user has installed stays as it is, unless our tools are to be left out. */
function serverSettings({ mcpServer }: LaunchRequest, config: CodexConfig): readonly string[] {
  if (mcpServer === undefined) {
    // With a command, since a server without one is refused where the settings have none of that name.
    return [`mcp_servers.${SERVER_NAME}=${inlineTable({ enabled: false, command: SERVER_NAME })}`];
  }
  if (config.hasServer) return [];
  return [`mcp_servers.${SERVER_NAME}=${inlineTable({ ...mcpServer, env_vars: SERVER_VARIABLES })}`];
}

/** The model of the user's own settings, where the gateway has it. */
function chooseModel(models: readonly CatalogueModel[], { model }: CodexConfig): string | undefined {
  const found = models.find(({ id }) => id === model) ?? models.find(({ id }) => PREFERRED_MODEL.test(id));
  return found?.id ?? preferredModel(models);
}

/** @throws {AgentError} usage, where models are asked by a server that this launch does not start */
function refuseServer({ words: [command, subcommand], isRemote }: CodexArguments): void {
  const isDaemon = command === "app-server" && subcommand === "daemon";
  if (!isRemote && !isDaemon && !SERVER_COMMANDS.has(command ?? "")) return;
  const what = isRemote ? "--remote" : isDaemon ? "app-server daemon" : command;
  throw new AgentError(
    "usage",
    `"${what}" leaves the asking of models to a server of Codex that outlives this launch: nothing would be routed.`,
    { hint: `Run codex ${what} without opper-agent.` },
  );
}

/** @throws {AgentError} usage: nothing would go through the gateway */
function refuseProvider(provider: string): never {
  throw new AgentError("usage", `"${provider}" asks another provider than Opper: nothing would be routed.`, {
    hint: "Leave it out, or run codex without opper-agent.",
  });
}

/** @throws {AgentError} usage, for a thread that Codex would refuse to go on with */
function refuseThread({ words, isLast }: CodexArguments, machine: Machine): void {
  const isExec = words[0] === "exec" || words[0] === "e";
  const [command, thread] = isExec ? words.slice(1) : words;
  if (
    command !== "resume" || isLast || thread === undefined ||
    !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(thread)
  ) {
    return;
  }
  const provider = providerOfThread(thread, machine);
  if (provider === undefined || provider === OUR_PROVIDER) return;
  throw new AgentError(
    "usage",
    `The thread ${thread} asks "${provider}", and Codex goes on with a thread only with the provider it began with.`,
    { hint: `Fork it, which keeps the conversation: opper-agent launch codex ${isExec ? "exec " : ""}fork ${thread}` },
  );
}

/** Of TOML. A JSON string is a basic string of TOML too. */
function inlineTable(members: Readonly<Record<string, unknown>>): string {
  return `{${
    Object.entries(members).map(([name, value]) => `${JSON.stringify(name)}=${inlineValue(value)}`).join(",")
  }}`;
}

function inlineValue(value: unknown): string {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? inlineTable(value as Readonly<Record<string, unknown>>)
    : JSON.stringify(value);
}
