/**
 * Where each client keeps its MCP servers, and the text of that file with ours in it or without. Pure: reads and writes
 * nothing.
 *
 * The files are edited rather than the clients' own commands run: `pi mcp add` (1.5.2, tried 2026-11-21) lays the whole
 * file out anew and fails on comments, and a command needs the client in PATH. Here one key changes, and no other byte.
 */
import { join, resolve } from "node:path";
import { AgentError } from "../../core/errors.ts";
import { partForShell, readPlace, readPlaces } from "../../core/said_place.ts";
import { argumentsOf, SERVER_NAME, type ServerCommand } from "./server_command.ts";
import { installToml, readTomlServer, tomlBlock, uninstallToml } from "./toml_server.ts";

/** Edits of JSON that keep every other byte. */
export interface JsonEdits {
  readJsonKey(text: string, path: readonly string[]): unknown;
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
  /** Absolute path of the file. @throws {AgentError} usage, for a variable that holds what only a shell knows */
  file(place: ClientPlace): string;
  /** What the user should know of how the client itself reads its variable; undefined when that is the same. */
  warn(place: ClientPlace): string | undefined;
  /** The server in a text that has it, for showing. */
  describe(text: string, edits: JsonEdits): string;
  /**
   * Of an entry that is there only the command changes, and the arguments up to `mcp`.
   *
   * @throws {AgentError} failed, for a file that is not understood
   */
  install(text: string, server: ServerCommand, edits: JsonEdits): string;
  /**
   * @returns nothing but white space when the file was made for the server, and should go
   * @throws {AgentError} failed, for a file that is not understood
   */
  uninstall(text: string, edits: JsonEdits): string;
}

export const MCP_CLIENTS: readonly McpClientEntry[] = [
  jsonClient({
    id: "pi",
    title: "Pi",
    // docs/mcp.md of Pi 1.5.2, read 2026-11-21. Pi itself expands `~`.
    place: { variable: "PI_CODING_AGENT_DIR", fallback: ".pi/agent", name: "mcp.json", expandsHome: true },
    // Without `direct` the model sees no tool, only a way to write scripts.
    entry: ({ command, args }) => ({ command, args, exposure: "direct" }),
    renewed: {},
  }),
  jsonClient({
    id: "claude",
    title: "Claude Code",
    // Takes its variable as it stands, blanks, commas and `~` (2.1.330, run 2026-11-26).
    place: { variable: "CLAUDE_CONFIG_DIR", fallback: "", name: ".claude.json", expandsHome: false },
    // What `claude mcp add --scope user` writes (2.1.330, run 2026-11-21).
    entry: ({ command, args }) => ({ type: "stdio", command, args, env: {} }),
    // One that was reached by its address has no command.
    renewed: { type: "stdio" },
  }),
  {
    id: "codex",
    title: "Codex",
    // As it stands, too (0.169, run 2026-11-26).
    ...placed("Codex", { variable: "CODEX_HOME", fallback: ".codex", name: "config.toml", expandsHome: false }),
    describe: (text) => {
      const { command, args } = readTomlServer(text) ?? {};
      return tomlBlock({ command: String(command), args: Array.isArray(args) ? args.map(String) : [] });
    },
    install: installToml,
    uninstall: uninstallToml,
  },
];

/** Where a client's file is. */
interface FilePlace {
  readonly variable: string;
  /** Below the home, where the variable says nothing. */
  readonly fallback: string;
  readonly name: string;
  /** Whether the client reads `~` as we do. */
  readonly expandsHome: boolean;
}

function placed(title: string, { variable, fallback, name, expandsHome }: FilePlace) {
  const directoryOf = ({ home, cwd, env }: ClientPlace) => {
    const chosen = variable === "CLAUDE_CONFIG_DIR"
      ? readPlaces(env[variable], home)[0]
      : readPlace(env[variable], home);
    if (chosen === undefined) return join(home, fallback);
    const unknown = partForShell(chosen);
    if (unknown === undefined) return resolve(cwd, chosen);
    throw new AgentError("usage", `${variable} is "${chosen}": only a shell knows what ${unknown} is.`, {
      hint: "Write the directory in full.",
    });
  };
  return {
    file: (place: ClientPlace) => join(directoryOf(place), name),
    warn: (place: ClientPlace) => {
      const said = place.env[variable];
      if (!said) return undefined;
      const directory = directoryOf(place);
      const read = expandsHome ? said.replace(/^~(?=$|[/\\])/, () => place.home) : said;
      if (resolve(place.cwd, read) === directory) return undefined;
      return `${title} takes ${variable} as it stands ("${said}"): set it to ${directory}.`;
    },
  };
}

interface JsonClient {
  readonly id: string;
  readonly title: string;
  readonly place: FilePlace;
  /** What is written where there is none. */
  entry(server: ServerCommand): Readonly<Record<string, unknown>>;
  /** What is set besides command and arguments where the entry says something else. */
  readonly renewed: Readonly<Record<string, string>>;
}

function jsonClient({ id, title, place, entry, renewed }: JsonClient): McpClientEntry {
  const path = ["mcpServers", SERVER_NAME];
  return {
    id,
    title,
    ...placed(title, place),
    describe: (text, { readJsonKey }) => `"${path.join('"."')}": ${JSON.stringify(readJsonKey(text, path), null, 2)}\n`,
    install(text, server, { readJsonKey, setJsonKey }) {
      const before = text.trim() === "" ? undefined : readJsonKey(text, path);
      if (typeof before !== "object" || before === null || Array.isArray(before)) {
        return setJsonKey(text, path, entry({ ...server, args: argumentsOf(undefined, server) }));
      }
      const known = before as Readonly<Record<string, unknown>>;
      const members = { command: server.command, args: argumentsOf(known["args"], server) };
      const others = Object.entries(renewed).filter(([key, value]) => key in known && known[key] !== value);
      return [...Object.entries(members), ...others]
        .reduce((changed, [key, value]) => setJsonKey(changed, [...path, key], value), text);
    },
    uninstall: (text, { removeJsonKey }) => removeJsonKey(text, path),
  };
}
