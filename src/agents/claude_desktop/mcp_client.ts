/** Our MCP server in Claude Desktop's settings (modelcontextprotocol.io, "Connect to local MCP servers", 2026-11-27). */
import { jsonServers } from "../formats/json_servers.ts";
import type { McpClient } from "../mcp_client.ts";
import { settingsPath, takenAsWritten } from "./places.ts";

export const claudeDesktopMcpClient: McpClient = {
  file: settingsPath,
  takenAsWritten,
  ...jsonServers({
    entry: ({ command, args }) => ({ command, args }),
    renewed: {},
  }),
};
