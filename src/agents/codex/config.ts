/** What the launch has to know of the user's `config.toml`, which is only looked into. */
import { parse, TomlError } from "smol-toml";
import type { Machine } from "../../core/machine.ts";
import { SERVER_NAME } from "../formats/server_command.ts";
import { OUR_PROVIDER } from "./arguments.ts";
import { configPath } from "./places.ts";

/** Of `config.toml`, what the launch has to know. */
export interface CodexConfig {
  readonly model?: string;
  /** Whether our provider, where it stands there, asks a command for its key. */
  readonly hasKeyCommand: boolean;
  /** Whether our MCP server is installed. */
  readonly hasServer: boolean;
}

/** Never fails: of a file that is no TOML Codex itself says so. @throws {AgentError} as {@linkcode configPath} does */
export function readCodexConfig(machine: Machine): CodexConfig {
  const settings = parseIfToml(machine.readTextFile(configPath(machine)) ?? "");
  const model = settings["model"];
  return {
    ...(typeof model === "string" ? { model } : {}),
    hasKeyCommand: memberOf(settings, "model_providers", OUR_PROVIDER, "auth") !== undefined,
    hasServer: memberOf(settings, "mcp_servers", SERVER_NAME) !== undefined,
  };
}

function parseIfToml(text: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    if (error instanceof TomlError) return {};
    throw error;
  }
}

function memberOf(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
    value,
  );
}
