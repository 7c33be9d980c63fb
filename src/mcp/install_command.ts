/**
 * `mcp install` and `mcp uninstall`: puts the server into a client's own file, or takes it out. Doing it twice changes
 * nothing. Starts no client.
 */
import { AgentError } from "../core/errors.ts";
import { suggest } from "../core/suggest.ts";
import { readFileIfAny, resolveRealPath } from "../host/atomic_file.ts";
import { editFile } from "../host/edit_file.ts";
import {
  type ClientPlace,
  type JsonEdits,
  MCP_CLIENTS,
  type McpClientEntry,
  SERVER_NAME,
  type ServerCommand,
} from "./install_clients.ts";

export interface InstallRequest {
  readonly action: "install" | "uninstall";
  /** Behind the action: a client's id, and `--print`. */
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
  const { client, print } = readArguments(action, argv);
  const file = client.file(host);
  const path = resolveRealPath(file).path;
  const change = (text: string | undefined): string | undefined => {
    const after = edit(action, client, text ?? "", path, host);
    if (after === (text ?? "")) return text;
    // It was made for the server.
    return action === "uninstall" && after.trim() === "" ? undefined : after;
  };
  if (print) {
    const before = readText(path);
    const after = change(before);
    host.stdout(describe(action, client, path, { isSame: after === before, removes: after === undefined }, host));
    return 0;
  }
  const { stateDirectory } = host;
  const isSame = !(await editFile(file, change, { stateDirectory })).changed;
  const done = action === "install"
    ? isSame ? `${SERVER_NAME} is in ${path} already.` : `${client.title} now has ${SERVER_NAME}, in ${path}.`
    : isSame
    ? `${SERVER_NAME} is not in ${path}.`
    : `${client.title} no longer has ${SERVER_NAME}, in ${path}.`;
  host.stdout(`${done}\n${isSame ? "" : `Start ${client.title} anew to see it.\n`}`);
  return 0;
}

function readArguments(action: string, argv: readonly string[]): { client: McpClientEntry; print: boolean } {
  const ids = MCP_CLIENTS.map(({ id }) => id).join(", ");
  const example = `For example: opper-agent mcp ${action} pi --print.`;
  const flags = argv.filter((argument) => argument.startsWith("-"));
  const [name, surplus] = argv.filter((argument) => !argument.startsWith("-"));
  const wrong = flags.find((flag) => flag !== "--print") ?? surplus;
  if (wrong !== undefined) {
    throw new AgentError("usage", `Expected one of ${ids}, and --print at most, not "${wrong}".`, {
      hint: wrong.startsWith("-") && suggest(wrong, ["--print"]) !== undefined ? "Did you mean --print?" : example,
    });
  }
  const client = MCP_CLIENTS.find(({ id }) => id === name);
  if (client !== undefined) return { client, print: flags.length > 0 };
  const given = name === undefined ? "nothing" : `"${name}"`;
  const meant = name === undefined ? undefined : suggest(name, MCP_CLIENTS.map(({ id }) => id));
  throw new AgentError("usage", `Expected one of ${ids} after "mcp ${action}", not ${given}.`, {
    hint: meant === undefined ? example : `Did you mean ${meant}?`,
  });
}

/** Undefined when there is no such file. @throws {AgentError} failed, for one that is no text */
function readText(path: string): string | undefined {
  const bytes = readFileIfAny(path);
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
  { isSame, removes }: { readonly isSame: boolean; readonly removes: boolean },
  { server }: InstallHost,
): string {
  if (isSame) return `nothing  ${path} is as it should be\n`;
  if (removes) return `remove   ${path}\n`;
  return action === "install" ? `set      ${path}\n${client.describe(server)}` : `unset    ${SERVER_NAME} in ${path}\n`;
}
