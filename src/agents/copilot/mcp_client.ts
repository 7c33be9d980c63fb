/** Our MCP server in Copilot CLI's `mcp-config.json`, as `copilot mcp add` writes it (1.0.102, run 2026-11-27). */
import { jsonServers } from "../formats/json_servers.ts";
import type { McpClient } from "../mcp_client.ts";
import { mcpPath, takenAsWritten } from "./places.ts";

export const copilotMcpClient: McpClient = {
  file: mcpPath,
  takenAsWritten,
  ...jsonServers({
    entry: ({ command, args }) => ({ tools: ["*"], type: "local", command, args }),
    // Both are a program; one that was reached by its address is of another type.
    renewed: { type: ["local", "stdio"] },
  }),
};
