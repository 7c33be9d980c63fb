/** Our MCP server in Codex's `config.toml`. */
import { installToml, readTomlServer, tomlBlock, uninstallToml } from "../formats/toml_server.ts";
import type { McpClient } from "../mcp_client.ts";
import { configPath, takenAsWritten } from "./places.ts";

export const codexMcpClient: McpClient = {
  file: configPath,
  takenAsWritten,
  describe(text) {
    const { command, args } = readTomlServer(text) ?? {};
    return tomlBlock({ command: String(command), args: Array.isArray(args) ? args.map(String) : [] });
  },
  install: installToml,
  uninstall: uninstallToml,
};
