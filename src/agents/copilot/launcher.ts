/**
 * How Copilot CLI is started: with a provider of its own choice, which it takes from variables alone. None of its files is
 * touched.
 *
 * It names no session in its requests, so that all of a launch are one trace: of the id that a new session is given, or of
 * the session that `--resume` names. Where that is not known before the start, as with `--continue` and its picker, they are
 * the launch's own; what begins with `/new` goes on in the trace of the first. Run with 1.0.62 and 1.0.102 (2026-11-27).
 */
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import type { Machine } from "../../core/machine.ts";
import { preferredModel, refuseTwoModels } from "../choose_model.ts";
import { SERVER_NAME } from "../formats/server_command.ts";
import type { Launcher, LaunchPlan, LaunchRequest, TransientFile } from "../launcher.ts";
import { type CopilotArguments, readCopilotArguments } from "./arguments.ts";
import { isSessionId, modelOfSession, resumedSession } from "./resumed_session.ts";

/**
 * What the user may have set for another provider. Each would go to the gateway beside ours, or in place of it: a key of
 * theirs is sent as `x-api-key`, and the output of a command takes the place of our token.
 */
const UNSET = [
  "COPILOT_PROVIDER_API_KEY",
  "COPILOT_PROVIDER_API_KEY_COMMAND",
  "COPILOT_PROVIDER_AZURE_API_VERSION",
  "COPILOT_PROVIDER_HEADERS",
  "COPILOT_PROVIDER_MAX_OUTPUT_TOKENS",
  "COPILOT_PROVIDER_MAX_PROMPT_TOKENS",
  "COPILOT_PROVIDER_MODEL_ID",
  "COPILOT_PROVIDER_TRANSPORT",
  "COPILOT_PROVIDER_WIRE_API",
  "COPILOT_PROVIDER_WIRE_MODEL",
] as const;

export const copilotLauncher: Launcher = {
  program: { name: "copilot", npmPackage: "@github/copilot", minimumVersion: "1.0.62" },
  // Without a terminal it takes the prompt from its input, and asks nobody.
  headlessArguments: () => ["--silent", "--allow-all-tools", "--no-ask-user", "--disable-mcp-server", SERVER_NAME],
  managesItself: (argv) => readCopilotArguments(argv).isCommand,
  plan,
};

function plan(request: LaunchRequest, machine: Machine): LaunchPlan {
  const given = readCopilotArguments(request.argv);
  if (given.isCommand) return { argv: request.argv, env: {}, files: [], stateFiles: [], fallbackArgv: [] };
  refuseTwoModels(request, "copilot", given.model === undefined ? undefined : `--model ${given.model}`);

  const sessionId = sessionOfLaunch(request, given, machine);
  const kept = given.isNew || sessionId === undefined ? undefined : modelOfSession(sessionId, machine);
  const model = given.model ?? request.model ?? kept ?? preferredModel(request.models);
  const servers = serverFile(request, machine);
  return {
    argv: [
      ...(servers === undefined ? [] : ["--additional-mcp-config", `@${servers.path}`]),
      ...(given.isNew ? ["--session-id", request.launchId] : []),
      // A session that is resumed keeps its model whatever the variable says.
      ...(request.model === undefined ? [] : ["--model", request.model]),
      ...request.argv,
    ],
    env: {
      COPILOT_PROVIDER_BASE_URL: request.sessionUrl,
      COPILOT_PROVIDER_BEARER_TOKEN: request.apiKey,
      COPILOT_PROVIDER_TYPE: "openai",
      ...(model === undefined ? {} : modelVariables(model, request.models)),
      ...headerVariable(request.headers),
      // Else it may speak to GitHub beside the gateway. Who wants its web tools and GitHub's server sets it to false.
      ...(machine.env["COPILOT_OFFLINE"] === undefined ? { COPILOT_OFFLINE: "true" } : {}),
    },
    unset: UNSET,
    ...(sessionId === undefined ? {} : { session: { sessionId } }),
    files: [],
    stateFiles: servers === undefined ? [] : [servers],
    fallbackArgv: [],
  };
}

/** Our own tools, beside the servers that the user has. */
function serverFile({ mcpServer, launchDirectory }: LaunchRequest, machine: Machine): TransientFile | undefined {
  if (mcpServer === undefined) return undefined;
  const { command, args } = mcpServer;
  const servers = { mcpServers: { [SERVER_NAME]: { type: "local", command, args, tools: ["*"] } } };
  return { path: machine.join(launchDirectory, "mcp.json"), content: `${JSON.stringify(servers, null, 2)}\n` };
}

/** Undefined where only Copilot CLI itself will know. */
function sessionOfLaunch(
  { launchId }: LaunchRequest,
  { isNew, sessionId, resumed }: CopilotArguments,
  machine: Machine,
): string | undefined {
  if (isNew) return launchId;
  if (sessionId !== undefined) return isSessionId(sessionId) ? sessionId : undefined;
  return resumed === undefined ? undefined : resumedSession(resumed, machine);
}

/**
 * Claude models go by Anthropic's protocol, and by a name that Copilot CLI knows: only then does it mark what is to be
 * cached, and only then does it ask for thinking as the model is used to (seen with 1.0.62 and 1.0.102).
 */
function modelVariables(model: string, models: readonly CatalogueModel[]): Readonly<Record<string, string>> {
  const known = models.find(({ id }) => id === model);
  const plain = plainName(model);
  return {
    COPILOT_MODEL: model,
    COPILOT_PROVIDER_MODEL_ID: plain,
    ...(plain.startsWith("claude-") ? { COPILOT_PROVIDER_TYPE: "anthropic" } : {}),
    ...(known === undefined ? {} : {
      COPILOT_PROVIDER_MAX_PROMPT_TOKENS: String(known.contextWindow - known.maxOutputTokens),
      COPILOT_PROVIDER_MAX_OUTPUT_TOKENS: String(known.maxOutputTokens),
    }),
  };
}

/** As GitHub spells it: without the vendor, and with a point in the version of a Claude model. */
function plainName(model: string): string {
  const name = model.slice(model.lastIndexOf("/") + 1);
  return name.replace(/^(claude-[a-z]+-\d+)-(\d{1,2})(?:-\d{8})?$/, "$1.$2");
}

function headerVariable(headers: LaunchRequest["headers"]): Readonly<Record<string, string>> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return lines.length === 0 ? {} : { COPILOT_PROVIDER_HEADERS: lines.join("\n") };
}
