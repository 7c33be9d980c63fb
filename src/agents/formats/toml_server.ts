/**
 * Our server in Codex's `config.toml`: put in, renewed and taken out. Of a table that is there the command is ours, and the
 * arguments up to `mcp`; all else in it is the user's, and what Codex adds itself below it
 * (`[mcp_servers.opper-agent.tools.X]` after "always allow", seen in 0.169 on 2026-11-26). Taking it out takes that along: a
 * table below ours without a command makes Codex refuse the whole file.
 */
import { argumentsOf, SERVER_NAME, type ServerCommand } from "./server_command.ts";
import {
  notUnderstood,
  readTomlTable,
  removeTomlTable,
  setTomlMembers,
  tomlList,
  type TomlMember,
  type TomlPlace,
  tomlTableBlock,
} from "./toml_table.ts";

const SERVER: TomlPlace = {
  path: ["mcp_servers", SERVER_NAME],
  remedy: `Remove it by hand, or with \`codex mcp remove ${SERVER_NAME}\`. Nothing was changed.`,
};

/** Our table, as we write it where there is none. */
export function tomlBlock(server: Pick<ServerCommand, "command" | "args">): string {
  return tomlTableBlock(SERVER, membersOf(server));
}

/** What the table says now; undefined where there is none. @throws {AgentError} failed, for what is no TOML */
export function readTomlServer(text: string): Readonly<Record<string, unknown>> | undefined {
  return readTomlTable(text, SERVER);
}

/** @throws {AgentError} failed, for what is no TOML, or cannot be changed without changing more */
export function installToml(text: string, server: ServerCommand): string {
  const before = readTomlServer(text);
  if (before !== undefined && "url" in before) throw notUnderstood(SERVER, "has a url, and so no command");
  const wanted = { command: server.command, args: argumentsOf(before?.["args"], server) };
  return setTomlMembers(text, SERVER, membersOf(wanted), wanted);
}

/** @throws {AgentError} failed, as {@linkcode installToml} does */
export function uninstallToml(text: string): string {
  return removeTomlTable(text, SERVER);
}

function membersOf({ command, args }: Pick<ServerCommand, "command" | "args">): readonly TomlMember[] {
  return [["command", JSON.stringify(command)], ["args", tomlList(args)]];
}
