/** Our server among the servers of a JSON file: put in, renewed and taken out, while every other byte stays. */
import { AgentError } from "../../core/errors.ts";
import { readJsonKey, removeJsonKey, setJsonKey } from "../../core/json/json_edit.ts";
import type { McpClient } from "../mcp_client.ts";
import { argumentsOf, SERVER_NAME, type ServerCommand } from "./server_command.ts";

export interface JsonServers {
  /** The key of all servers. @default mcpServers */
  readonly key?: string;
  /** What is written where there is none. */
  entry(server: ServerCommand): Readonly<Record<string, unknown>>;
  /** What is set besides command and arguments where the entry says none of these: the first of them. */
  readonly renewed: Readonly<Record<string, readonly string[]>>;
  /** Whether `command` is a list, of the program and its arguments. @default a text, with the arguments in `args` */
  readonly isList?: boolean;
  /** Keys of an address, where an entry that has one is reached by it whatever its command is. @default none */
  readonly addresses?: readonly string[];
}

export function jsonServers(
  { key = "mcpServers", entry, renewed, isList = false, addresses = [] }: JsonServers,
): Pick<McpClient, "describe" | "install" | "uninstall"> {
  const path = [key, SERVER_NAME];
  return {
    describe: (text) => `"${path.join('"."')}": ${JSON.stringify(readJsonKey(text, path), null, 2)}\n`,
    install(text, server) {
      const before = text.trim() === "" ? undefined : readJsonKey(text, path);
      if (typeof before !== "object" || before === null || Array.isArray(before)) {
        return setJsonKey(text, path, entry({ ...server, args: argumentsOf(undefined, server) }));
      }
      const known = before as Readonly<Record<string, unknown>>;
      const address = addresses.find((name) => name in known);
      if (address !== undefined) {
        throw new AgentError("failed", `"${path.join(".")}" has ${address}, and so no command.`, {
          hint: "Remove it by hand. Nothing was changed.",
        });
      }
      const others = Object.entries(renewed)
        .filter(([name, values]) => name in known && !values.some((value) => known[name] === value))
        .map(([name, [value]]) => [name, value] as const);
      return [...Object.entries(isList ? listed(known, server) : named(known, server)), ...others]
        .reduce((changed, [name, value]) => setJsonKey(changed, [...path, name], value), text);
    },
    uninstall: (text) => removeJsonKey(text, path),
  };
}

/** Whether a text has our server there. False for one that is not understood. */
export function hasJsonServer(text: string, key: string): boolean {
  try {
    return readJsonKey(text, [key, SERVER_NAME]) !== undefined;
  } catch (error) {
    if (error instanceof AgentError) return false;
    throw error;
  }
}

function named({ args }: Readonly<Record<string, unknown>>, server: ServerCommand) {
  return { command: server.command, args: argumentsOf(args, server) };
}

function listed({ command }: Readonly<Record<string, unknown>>, server: ServerCommand) {
  const args = Array.isArray(command) ? command.slice(1) : undefined;
  return { command: [server.command, ...argumentsOf(args, server)] };
}
