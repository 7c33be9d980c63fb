/**
 * How Pi is started: with provider `opper`, which its extension registers from the environment, and with a model.
 *
 * Pi's own files stay as they are, `models.json` above all. Names of flags and commands are those of Pi 0.74.2, 0.87.1
 * and 1.5.2 (their `--help` and `cli/args.js`, read 2026-11-21).
 */
import type { Machine } from "../../core/machine.ts";
import { preferredModel, refuseTwoModels } from "../choose_model.ts";
import {
  type Launcher,
  type LaunchPlan,
  type LaunchRequest,
  MCP_VARIABLE,
  MODELS_VARIABLE,
  type TransientFile,
} from "../launcher.ts";
import { EXTENSION_TEXT } from "./extension/extension_text.ts";
import { piModel } from "./models.ts";
import { EXTENSION_FILE, extensionPath, VARIABLES } from "./places.ts";

const PROVIDER = "opper";

/** First arguments that make Pi do something else than talk to a model. */
const COMMANDS: ReadonlySet<string> = new Set([
  "auth",
  "config",
  "install",
  "list",
  "mcp",
  "remove",
  "uninstall",
  "update",
]);

/** Flags after which Pi prints something and ends. */
const PRINTING_FLAGS: ReadonlySet<string> = new Set(["--export", "--help", "--version", "-h", "-v"]);

/** Flags that take the next argument as their value. */
const VALUE_FLAGS: ReadonlySet<string> = new Set([
  "--api-key",
  "--append-system-prompt",
  "--exclude-tools",
  "--export",
  "--extension",
  "--fork",
  "--mode",
  "--model",
  "--models",
  "--name",
  "--prompt-template",
  "--provider",
  "--session",
  "--session-dir",
  "--session-id",
  "--skill",
  "--system-prompt",
  "--theme",
  "--thinking",
  "--tools",
  "--tui-mode",
  "--use-theme",
  "-e",
  "-n",
  "-t",
  "-xt",
]);

export const piLauncher: Launcher = {
  program: { name: "pi", npmPackage: "@earendil-works/pi-coding-agent", minimumVersion: "0.74.2" },
  reportsSessions: true,
  headlessArguments,
  managesItself: (argv) => readPiArguments(argv).isCommand,
  plan,
};

/** Not every version has MCP, and the flag to switch it off (`--help` of 0.87.1 and 1.5.2, read 2026-11-21). */
function headlessArguments(help: string): readonly string[] {
  return ["--print", ...(/(^|\s)--no-mcp\b(?!-)/.test(help) ? ["--no-mcp"] : [])];
}

function plan(request: LaunchRequest, machine: Machine): LaunchPlan {
  const given = readPiArguments(request.argv);
  if (given.isCommand) return { argv: request.argv, env: {}, files: [], stateFiles: [], fallbackArgv: [] };

  const extension: TransientFile = {
    path: machine.join(request.launchDirectory, EXTENSION_FILE),
    content: EXTENSION_TEXT,
  };
  const models: TransientFile = {
    path: machine.join(request.launchDirectory, "models.json"),
    content: `${JSON.stringify(request.models.map(piModel), null, 2)}\n`,
  };
  const byFlag = ["-e", extension.path];
  const own = modelArguments(request, given);
  return {
    argv: [...(given.noExtensions ? byFlag : []), ...own, ...request.argv],
    env: {
      ...machine.inFull(Object.keys(VARIABLES)),
      [MODELS_VARIABLE]: models.path,
      ...(request.mcpServer === undefined ? {} : { [MCP_VARIABLE]: JSON.stringify(request.mcpServer) }),
    },
    files: given.noExtensions ? [] : [{ path: extensionPath(machine), content: EXTENSION_TEXT }],
    stateFiles: [models, extension],
    fallbackArgv: given.noExtensions ? [] : byFlag,
  };
}

interface PiArguments {
  /** Pi manages itself, or prints something about itself. */
  readonly isCommand: boolean;
  readonly provider?: string;
  readonly model?: string;
  readonly noExtensions: boolean;
  /** Lists models: it takes no `--model`. */
  readonly listsModels: boolean;
}

function readPiArguments(argv: readonly string[]): PiArguments {
  let [provider, model]: (string | undefined)[] = [];
  let [isCommand, noExtensions, listsModels] = [COMMANDS.has(argv[0] ?? ""), false, false];
  for (let index = 0; index < argv.length && argv[index] !== "--"; index++) {
    const argument = argv[index]!;
    if (PRINTING_FLAGS.has(argument)) isCommand = true;
    if (argument === "--list-models") listsModels = true;
    if (argument === "--no-extensions" || argument === "-ne") noExtensions = true;
    if (!VALUE_FLAGS.has(argument) || index + 1 === argv.length) continue;
    index++;
    if (argument === "--provider") provider = argv[index];
    if (argument === "--model") model = argv[index];
  }
  return { isCommand, provider, model, noExtensions, listsModels };
}

/**
 * Both flags or none: with one alone Pi may pick another provider. Where the user named a model of ours without the
 * provider, the provider is added, since other providers may have a model of that name.
 *
 * @throws {AgentError} usage, when a model is chosen on both sides
 */
function modelArguments(request: LaunchRequest, given: PiArguments): readonly string[] {
  const provider = given.provider && `--provider ${given.provider}`;
  refuseTwoModels(request, "pi", given.model === undefined ? provider : `--model ${given.model}`);
  if (given.listsModels) return [];
  const model = request.model ?? preferredModel(request.models);
  if (given.model === undefined && given.provider === undefined) {
    return ["--provider", PROVIDER, ...(model === undefined ? [] : ["--model", model])];
  }
  if (given.provider === PROVIDER && given.model === undefined && model !== undefined) return ["--model", model];
  const isOurs = given.model !== undefined && request.models.some(({ id }) => id === withoutThinking(given.model!));
  return given.provider === undefined && isOurs ? ["--provider", PROVIDER] : [];
}

/** `id:high` asks for a level of thinking. */
function withoutThinking(model: string): string {
  return model.replace(/:(off|minimal|low|medium|high|xhigh|max)$/, "");
}
