/** Our server among the `mcpServers` of a JSON file: put in, renewed and taken out, while every other byte stays. */
import { readJsonKey, removeJsonKey, setJsonKey } from "../../core/json/json_edit.ts";
import type { McpClient } from "../mcp_client.ts";
import { argumentsOf, SERVER_NAME, type ServerCommand } from "./server_command.ts";

const SERVER: readonly string[] = ["mcpServers", SERVER_NAME];

export interface JsonServers {
  /** What is written where there is none. */
  entry(server: ServerCommand): Readonly<Record<string, unknown>>;
  /** What is set besides command and arguments where the entry says something else. */
  readonly renewed: Readonly<Record<string, string>>;
}

export function jsonServers({ entry, renewed }: JsonServers): Pick<McpClient, "describe" | "install" | "uninstall"> {
  return {
    describe: (text) => `"${SERVER.join('"."')}": ${JSON.stringify(readJsonKey(text, SERVER), null, 2)}\n`,
    install(text, server) {
      const before = text.trim() === "" ? undefined : readJsonKey(text, SERVER);
      if (typeof before !== "object" || before === null || Array.isArray(before)) {
        return setJsonKey(text, SERVER, entry({ ...server, args: argumentsOf(undefined, server) }));
      }
      const known = before as Readonly<Record<string, unknown>>;
      const members = { command: server.command, args: argumentsOf(known["args"], server) };
      const others = Object.entries(renewed).filter(([key, value]) => key in known && known[key] !== value);
      return [...Object.entries(members), ...others]
        .reduce((changed, [key, value]) => setJsonKey(changed, [...SERVER, key], value), text);
    },
    uninstall: (text) => removeJsonKey(text, SERVER),
  };
}
