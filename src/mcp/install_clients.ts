/**
 * Where each client keeps its MCP servers, and the text of that file with ours in it or without. Pure: reads and writes
 * nothing.
 *
 * The files are edited rather than the clients' own commands run: `pi mcp add` (1.5.2, tried 2026-11-21) lays the whole
 * file out anew and fails on comments, and a command needs the client in PATH. Here one key changes, and no other byte.
 */
import { join, resolve } from "node:path";
import { AgentError } from "../core/errors.ts";

/** Name of the server in every client. */
export const SERVER_NAME = "opper-agent";

export interface ServerCommand {
  /** Absolute path of a program. */
  readonly command: string;
  readonly args: readonly string[];
}

/** Edits of JSON that keep every other byte. */
export interface JsonEdits {
  setJsonKey(text: string, path: readonly string[], value: unknown): string;
  removeJsonKey(text: string, path: readonly string[]): string;
}

export interface ClientPlace {
  readonly home: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface McpClientEntry {
  /** What is typed after `mcp install`. */
  readonly id: string;
  readonly title: string;
  /** Absolute path of the file. */
  file(place: ClientPlace): string;
  /** Only what is written, for showing. */
  describe(server: ServerCommand): string;
  /** @throws {AgentError} failed, for a file that is not understood */
  install(text: string, server: ServerCommand, edits: JsonEdits): string;
  /**
   * @returns nothing but white space when the file was made for the server, and should go
   * @throws {AgentError} failed, for a file that is not understood
   */
  uninstall(text: string, edits: JsonEdits): string;
}

export const MCP_CLIENTS: readonly McpClientEntry[] = [
  jsonClient(
    "pi",
    "Pi",
    // docs/mcp.md of Pi 1.5.2, read 2026-11-21. Without `direct` the model sees no tool, only a way to write scripts.
    (place) => join(directoryOf(place, "PI_CODING_AGENT_DIR", ".pi/agent"), "mcp.json"),
    ({ command, args }) => ({ command, args, exposure: "direct" }),
  ),
  jsonClient(
    "claude",
    "Claude Code",
    // What `claude mcp add --scope user` writes (2.1.330, run 2026-11-21).
    (place) => join(directoryOf(place, "CLAUDE_CONFIG_DIR", ""), ".claude.json"),
    ({ command, args }) => ({ type: "stdio", command, args, env: {} }),
  ),
  {
    id: "codex",
    title: "Codex",
    file: (place) => join(directoryOf(place, "CODEX_HOME", ".codex"), "config.toml"),
    describe: tomlBlock,
    install: installToml,
    uninstall: uninstallToml,
  },
];

function directoryOf({ home, cwd, env }: ClientPlace, variable: string, fallback: string): string {
  const chosen = env[variable];
  return chosen ? resolve(cwd, chosen.replace(/^~(?=$|[/\\])/, home)) : join(home, fallback);
}

function jsonClient(
  id: string,
  title: string,
  file: McpClientEntry["file"],
  entry: (server: ServerCommand) => unknown,
): McpClientEntry {
  const path = ["mcpServers", SERVER_NAME];
  return {
    id,
    title,
    file,
    describe: (server) => `"${path.join('"."')}": ${JSON.stringify(entry(server), null, 2)}\n`,
    install: (text, server, { setJsonKey }) => setJsonKey(text, path, entry(server)),
    uninstall: (text, { removeJsonKey }) => removeJsonKey(text, path),
  };
}

/** Our table, as we write it. A JSON string is a basic string of TOML too. */
function tomlBlock({ command, args }: ServerCommand): string {
  const list = args.map((argument) => JSON.stringify(argument)).join(", ");
  return `[mcp_servers.${SERVER_NAME}]\ncommand = ${JSON.stringify(command)}\nargs = [${list}]\n`;
}

const OWN_BLOCK = /^\[mcp_servers\.opper-agent\]\ncommand = ".*"\nargs = \[.*\]\n/m;

/** Any other way to write the same table: what it means is not for us to guess. */
const FOREIGN_BLOCK =
  /^[ \t]*(\[.*mcp_servers.*opper-agent|["']?opper-agent["']?[ \t]*[.=]|["']?mcp_servers["']?[ \t]*(=|\..*opper-agent))/m;

function installToml(text: string, server: ServerCommand): string {
  const block = tomlBlock(server);
  const found = findOwnBlock(text);
  if (found !== undefined) return text.slice(0, found.start) + block + text.slice(found.end);
  // One line feed, so that taking it away again gives back the same bytes, whether or not the last line was ended.
  return text === "" ? block : `${text}\n${block}`;
}

function uninstallToml(text: string): string {
  const found = findOwnBlock(text);
  if (found === undefined) return text;
  const before = text.slice(0, found.start);
  return (before.endsWith("\n") ? before.slice(0, -1) : before) + text.slice(found.end);
}

/** @throws {AgentError} failed, when there is a table for the server that is not just as we write it */
function findOwnBlock(text: string): { readonly start: number; readonly end: number } | undefined {
  const match = OWN_BLOCK.exec(text);
  const start = match?.index ?? text.length;
  const end = start + (match?.[0].length ?? 0);
  const rest = text.slice(end);
  // What follows up to the next table belongs to ours; in a string of several lines nothing is a table.
  const isExtended = match !== null && !/^([ \t]*(#.*)?\r?\n)*([ \t]*(#.*)?$|[ \t]*\[)/.test(rest);
  const isInString = (text.slice(0, start).match(/"""|'''/g)?.length ?? 0) % 2 === 1;
  if (isExtended || isInString || FOREIGN_BLOCK.test(text.slice(0, start)) || FOREIGN_BLOCK.test(rest)) {
    throw new AgentError("failed", `The table mcp_servers.${SERVER_NAME} is there, but not as it is written here.`, {
      hint: "Remove it by hand, or with `codex mcp remove opper-agent`. Nothing was changed.",
    });
  }
  return match === null ? undefined : { start, end };
}
