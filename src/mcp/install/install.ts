/**
 * `mcp install` and `mcp uninstall`: puts the server into a client's own file, or takes it out. Doing it twice changes
 * nothing. Starts no client.
 */
import type { Agent } from "../../agents/agent.ts";
import { AGENTS, idsWith } from "../../agents/agents.ts";
import { SERVER_NAME, type ServerCommand } from "../../agents/formats/server_command.ts";
import type { McpClient } from "../../agents/mcp_client.ts";
import { AgentError } from "../../core/errors.ts";
import type { Machine } from "../../core/machine.ts";
import { suggest } from "../../core/suggest.ts";
import { readPlainFileIfAny, resolveRealPath } from "../../host/atomic_file.ts";
import { editFile } from "../../host/edit_file.ts";

/** What was typed behind `mcp install` or `mcp uninstall`. */
export interface InstallRequest {
  readonly action: "install" | "uninstall";
  /** Behind the action: a client's id, `--print`, and flags for the server. */
  readonly argv: readonly string[];
}

/** What installing needs of the machine. */
export interface InstallHost {
  readonly machine: Machine;
  /** What the client is to run. */
  readonly server: ServerCommand;
  /** Absolute path of our own state directory. */
  readonly stateDirectory: string;
  stdout(text: string): void;
}

/**
 * @returns the exit status, 0
 * @throws {AgentError} usage, on wrong arguments; failed, when the file is not understood or cannot be written
 */
export async function runInstall({ action, argv }: InstallRequest, host: InstallHost): Promise<number> {
  const { agent, print, flags } = readArguments(action, argv, host.machine);
  const client = await agent.mcpClient();
  const server = { ...host.server, ...(flags.length === 0 ? {} : { flags }) };
  const file = client.file(host.machine);
  const path = resolveRealPath(file).path;
  const change = (text: string | undefined): string | undefined => {
    const after = edit(action, client, text ?? "", path, server);
    if (after === (text ?? "")) return text;
    // It was made for the server.
    return action === "uninstall" && after.trim() === "" ? undefined : after;
  };
  if (print) {
    const before = readText(path);
    const after = change(before);
    host.stdout(describe(action, client, path, { before, after }));
    return 0;
  }
  const { stateDirectory } = host;
  const isSame = !(await editFile(file, change, { stateDirectory })).changed;
  const done = action === "install"
    ? isSame ? `${SERVER_NAME} is in ${path} already.` : `${agent.title} now has ${SERVER_NAME}, in ${path}.`
    : isSame
    ? `${SERVER_NAME} is not in ${path}.`
    : `${agent.title} no longer has ${SERVER_NAME}, in ${path}.`;
  const warning = action === "install" ? warningOf(agent, client, host.machine) : undefined;
  const notes = [isSame ? undefined : `Restart ${agent.title} to see it.`, warning];
  host.stdout([done, ...notes].filter((line) => line !== undefined).map((line) => `${line}\n`).join(""));
  return 0;
}

/** How the agent itself reads the variable, where that is not as we do: it would not find the file. */
function warningOf({ title }: Agent, client: McpClient, machine: Machine): string | undefined {
  const { variable, meant } = client.takenAsWritten(machine) ?? {};
  if (variable === undefined) return undefined;
  return `${title} takes ${variable} as it stands ("${machine.env[variable]}"): set it to ${meant}.`;
}

type ClientAgent = Agent & Required<Pick<Agent, "mcpClient">>;

interface Arguments {
  readonly agent: ClientAgent;
  readonly print: boolean;
  /** For the server, as they are written. */
  readonly flags: readonly string[];
}

function readArguments(action: InstallRequest["action"], argv: readonly string[], machine: Machine): Arguments {
  const names: string[] = [];
  const flags: string[] = [];
  let print = false;
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index]!;
    if (argument === "--print") print = true;
    else if (action === "install" && argument === "--read-only") flags.push(argument);
    else if (action === "install" && /^--allow-dir(=|$)/.test(argument)) {
      const [, directory] = /^--allow-dir=(.*)$/s.exec(argument) ?? [];
      const said = machine.resolve(directory ?? argv[++index]);
      if (said === undefined) throw wrongArgument(action, argument);
      // The client starts it elsewhere.
      flags.push("--allow-dir", said);
    } else if (argument.startsWith("-")) throw wrongArgument(action, argument);
    else names.push(argument);
  }
  const [name, surplus] = names;
  if (surplus !== undefined) throw wrongArgument(action, surplus);
  // Ids have no dashes, and people type them.
  const agent = AGENTS.find(({ id }) => id === name?.replaceAll("-", "_"));
  if (agent !== undefined && isClient(agent)) return { agent, print, flags };
  const given = name === undefined ? "nothing" : `"${name}"`;
  const meant = name === undefined ? undefined : suggest(name, idsWith("mcpClient"));
  throw new AgentError("usage", `Expected one of ${IDS} after "mcp ${action}", not ${given}.`, {
    hint: meant === undefined ? exampleOf(action) : `Did you mean ${meant}?`,
  });
}

function isClient(agent: Agent): agent is ClientAgent {
  return agent.mcpClient !== undefined;
}

const IDS = idsWith("mcpClient").join(", ");

function exampleOf(action: string): string {
  return `For example: opper-agent mcp ${action} ${idsWith("mcpClient")[0]} --print.`;
}

function wrongArgument(action: InstallRequest["action"], argument: string): AgentError {
  const known = action === "install" ? ["--print", "--read-only", "--allow-dir"] : ["--print"];
  const meant = argument.startsWith("-") ? suggest(argument, known) : undefined;
  const flags = action === "install" ? "--print, --read-only and --allow-dir DIR" : "--print";
  return new AgentError("usage", `Expected one of ${IDS}, and ${flags} at most, not "${argument}".`, {
    hint: meant === undefined ? exampleOf(action) : `Did you mean ${meant}?`,
  });
}

/** Undefined when there is no such file. @throws {AgentError} failed, for one that is no text */
function readText(path: string): string | undefined {
  const bytes = readPlainFileIfAny(path);
  if (bytes === undefined) return undefined;
  try {
    // A mark at the start is part of the file.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new AgentError("failed", `"${path}" is not text in UTF-8.`, { hint: "Nothing was changed." });
  }
}

function edit(
  action: InstallRequest["action"],
  client: McpClient,
  text: string,
  path: string,
  server: ServerCommand,
): string {
  try {
    return action === "install" ? client.install(text, server) : client.uninstall(text);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    throw new AgentError(error.code, `"${path}" cannot be changed. ${error.message}`, { hint: error.hint });
  }
}

function describe(
  action: InstallRequest["action"],
  client: McpClient,
  path: string,
  { before, after }: { readonly before: string | undefined; readonly after: string | undefined },
): string {
  if (after === before) return `nothing  ${path} is as it should be\n`;
  if (after === undefined) return `remove   ${path}\n`;
  return action === "install" ? `set      ${path}\n${client.describe(after)}` : `unset    ${SERVER_NAME} in ${path}\n`;
}
