/** Our MCP server in Pi's `mcp.json` (docs/mcp.md of 1.5.2, read 2026-11-21). */
import { jsonServers } from "../formats/json_servers.ts";
import type { McpClient } from "../mcp_client.ts";
import { mcpPath, takenAsWritten } from "./places.ts";

export const piMcpClient: McpClient = {
  file: mcpPath,
  takenAsWritten,
  ...jsonServers({
    // Without `direct` the model sees no tool, only a way to write scripts.
    entry: ({ command, args }) => ({ command, args, exposure: "direct" }),
    renewed: {},
  }),
};
