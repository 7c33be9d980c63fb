/**
 * How Claude Code is started with its calls routed through the gateway: by settings of the launch's own, which beat the
 * user's. No file of the user's changes. Flags and commands are those of 2.1.332 (`--help`, read 2026-11-27).
 */
import type { Machine } from "../../core/machine.ts";
import { refuseTwoModels } from "../choose_model.ts";
import type { Launcher, LaunchPlan, LaunchRequest, TransientFile } from "../launcher.ts";
import { modelVariables } from "./launch_models.ts";
import { launchSettings, OTHER_WAYS, takeSettings } from "./launch_settings.ts";

/** First arguments that make it do something else than talk to a model. */
const COMMANDS: ReadonlySet<string> = new Set([
  "agents",
  "attach",
  "auth",
  "auto-mode",
  "doctor",
  "gateway",
  "import",
  "install",
  "kill",
  "logs",
  "mcp",
  "plugin",
  "plugins",
  "purge",
  "respawn",
  "rm",
  "setup-token",
  "stop",
  "update",
  "upgrade",
]);

/** Flags after which it prints something and ends. */
const PRINTING_FLAGS: ReadonlySet<string> = new Set(["--help", "--version", "-h", "-v"]);

export const claudeLauncher: Launcher = {
  program: { name: "claude", npmPackage: "@anthropic-ai/claude-code", minimumVersion: "2.1.0" },
  // Edits as Pi makes them; whatever else it would have to ask a person for is refused.
  headlessArguments: () => ["--print", "--strict-mcp-config", "--permission-mode", "acceptEdits"],
  managesItself: (argv) => COMMANDS.has(argv[0] ?? "") || argv.some((argument) => PRINTING_FLAGS.has(argument)),
  plan,
};

function plan(request: LaunchRequest, machine: Machine): LaunchPlan {
  const { argv, settings } = takeSettings(request.argv, machine);
  const theirs = modelIn(argv);
  refuseTwoModels(request, "claude", theirs && `--model ${theirs}`);
  const chosen = request.model ?? theirs;
  const env = {
    ANTHROPIC_BASE_URL: request.sessionUrl,
    // Sessions in the background run in a daemon that outlives this launch, and would ask a relay that is gone.
    CLAUDE_CODE_DISABLE_AGENT_VIEW: "1",
    ...modelVariables(request.models, request.models.some(({ id }) => id === chosen) ? chosen : undefined),
    ...customHeaders(request, machine),
  };
  const settingsFile: TransientFile = {
    path: machine.join(request.launchDirectory, "settings.json"),
    content: `${JSON.stringify(launchSettings(settings, env, request.apiKey, machine), null, 2)}\n`,
  };
  const mcp = mcpFile(request, argv, machine);
  return {
    argv: [
      "--settings",
      settingsFile.path,
      ...(mcp === undefined ? [] : [`--mcp-config=${mcp.path}`]),
      ...(request.model === undefined ? [] : ["--model", request.model]),
      ...argv,
    ],
    env: { ...env, ANTHROPIC_AUTH_TOKEN: request.apiKey },
    // It would be sent along, to the gateway.
    unset: ["ANTHROPIC_API_KEY", ...OTHER_WAYS],
    files: [],
    stateFiles: [settingsFile, ...(mcp === undefined ? [] : [mcp])],
    fallbackArgv: [],
  };
}

function modelIn(argv: readonly string[]): string | undefined {
  const end = argv.indexOf("--");
  const flags = end === -1 ? argv : argv.slice(0, end);
  const at = flags.findLastIndex((argument) => argument === "--model" || argument.startsWith("--model="));
  if (at === -1) return undefined;
  return flags[at] === "--model" ? flags[at + 1] : flags[at]!.slice("--model=".length);
}

/** One `Name: value` a line, besides those that the user has. */
function customHeaders({ headers }: LaunchRequest, { env }: Machine): Readonly<Record<string, string>> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  if (lines.length === 0) return {};
  const theirs = env["ANTHROPIC_CUSTOM_HEADERS"];
  return { ANTHROPIC_CUSTOM_HEADERS: [...(theirs ? [theirs] : []), ...lines].join("\n") };
}

/** Our own tools, unless it is told to use no others than it is given. */
function mcpFile({ mcpServer, launchDirectory }: LaunchRequest, argv: readonly string[], machine: Machine) {
  if (mcpServer === undefined || argv.includes("--strict-mcp-config")) return undefined;
  const { command, args } = mcpServer;
  return {
    path: machine.join(launchDirectory, "mcp.json"),
    content: `${JSON.stringify({ mcpServers: { "opper-agent": { type: "stdio", command, args } } }, null, 2)}\n`,
  };
}
