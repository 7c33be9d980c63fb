/**
 * `mcp install` and `mcp uninstall`: puts the server into a client's own file, or takes it out. Doing it twice changes
 * nothing. Starts no client.
 */
import { resolve } from "node:path";
import { AgentError } from "../../core/errors.ts";
import { readPlace } from "../../core/said_place.ts";
import { suggest } from "../../core/suggest.ts";
import { readPlainFileIfAny, resolveRealPath } from "../../host/atomic_file.ts";
import { editFile } from "../../host/edit_file.ts";
import { type ClientPlace, type JsonEdits, MCP_CLIENTS, type McpClientEntry } from "./clients.ts";
import { SERVER_NAME, type ServerCommand } from "./server_command.ts";

export interface InstallRequest {
  readonly action: "install" | "uninstall";
  /** Behind the action: a client's id, `--print`, and flags for the server. */
  readonly argv: readonly string[];
}

export interface InstallHost extends ClientPlace {
  /** What the client is to run. */
  readonly server: ServerCommand;
  readonly edits: JsonEdits;
  /** Absolute path of our own state directory. */
  readonly stateDirectory: string;
  stdout(text: string): void;
}

/**
 * @returns the exit status, 0
 * @throws {AgentError} usage, on wrong arguments; failed, when the file is not understood or cannot be written
 */
export async function runInstall({ action, argv }: InstallRequest, host: InstallHost): Promise<number> {
  const { client, print, flags } = readArguments(action, argv, host);
  const server = { ...host.server, ...(flags.length === 0 ? {} : { flags }) };
  const file = client.file(host);
  const path = resolveRealPath(file).path;
  const change = (text: string | undefined): string | undefined => {
    const after = edit(action, client, text ?? "", path, { ...host, server });
    if (after === (text ?? "")) return text;
    // It was made for the server.
    return action === "uninstall" && after.trim() === "" ? undefined : after;
  };
  if (print) {
    const before = readText(path);
    const after = change(before);
    host.stdout(describe(action, client, path, { before, after }, host.edits));
    return 0;
  }
  const { stateDirectory } = host;
  const isSame = !(await editFile(file, change, { stateDirectory })).changed;
  const done = action === "install"
    ? isSame ? `${SERVER_NAME} is in ${path} already.` : `${client.title} now has ${SERVER_NAME}, in ${path}.`
    : isSame
    ? `${SERVER_NAME} is not in ${path}.`
    : `${client.title} no longer has ${SERVER_NAME}, in ${path}.`;
  const warning = action === "install" ? client.warn(host) : undefined;
  const notes = [isSame ? undefined : `Start ${client.title} anew to see it.`, warning];
  host.stdout([done, ...notes].filter((line) => line !== undefined).map((line) => `${line}\n`).join(""));
  return 0;
}

interface Arguments {
  readonly client: McpClientEntry;
  readonly print: boolean;
  /** For the server, as they are written. */
  readonly flags: readonly string[];
}

function readArguments(action: InstallRequest["action"], argv: readonly string[], place: ClientPlace): Arguments {
  const names: string[] = [];
  const flags: string[] = [];
  let print = false;
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index]!;
    if (argument === "--print") print = true;
    else if (action === "install" && argument === "--read-only") flags.push(argument);
    else if (action === "install" && /^--allow-dir(=|$)/.test(argument)) {
      const [, directory] = /^--allow-dir=(.*)$/s.exec(argument) ?? [];
      const said = readPlace(directory ?? argv[++index], place.home);
      if (said === undefined) throw wrongArgument(action, argument);
      // The client starts it elsewhere.
      flags.push("--allow-dir", resolve(place.cwd, said));
    } else if (argument.startsWith("-")) throw wrongArgument(action, argument);
    else names.push(argument);
  }
  const [name, surplus] = names;
  if (surplus !== undefined) throw wrongArgument(action, surplus);
  const client = MCP_CLIENTS.find(({ id }) => id === name);
  if (client !== undefined) return { client, print, flags };
  const given = name === undefined ? "nothing" : `"${name}"`;
  const meant = name === undefined ? undefined : suggest(name, MCP_CLIENTS.map(({ id }) => id));
  throw new AgentError("usage", `Expected one of ${IDS} after "mcp ${action}", not ${given}.`, {
    hint: meant === undefined ? exampleOf(action) : `Did you mean ${meant}?`,
  });
}

const IDS = MCP_CLIENTS.map(({ id }) => id).join(", ");

function exampleOf(action: string): string {
  return `For example: opper-agent mcp ${action} pi --print.`;
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
  client: McpClientEntry,
  text: string,
  path: string,
  { server, edits }: InstallHost,
): string {
  try {
    return action === "install" ? client.install(text, server, edits) : client.uninstall(text, edits);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    throw new AgentError(error.code, `"${path}" cannot be changed. ${error.message}`, { hint: error.hint });
  }
}

function describe(
  action: InstallRequest["action"],
  client: McpClientEntry,
  path: string,
  { before, after }: { readonly before: string | undefined; readonly after: string | undefined },
  edits: JsonEdits,
): string {
  if (after === before) return `nothing  ${path} is as it should be\n`;
  if (after === undefined) return `remove   ${path}\n`;
  return action === "install"
    ? `set      ${path}\n${client.describe(after, edits)}`
    : `unset    ${SERVER_NAME} in ${path}\n`;
}
