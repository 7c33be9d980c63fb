/** Our MCP server in Claude Code's `.claude.json`, as `claude mcp add --scope user` writes it (2.1.330, run 2026-11-21). */
import { jsonServers } from "../formats/json_servers.ts";
import type { McpClient } from "../mcp_client.ts";
import { settingsPath, takenAsWritten } from "./places.ts";

export const claudeMcpClient: McpClient = {
  file: settingsPath,
  takenAsWritten,
  ...jsonServers({
    entry: ({ command, args }) => ({ type: "stdio", command, args, env: {} }),
    // One that was reached by its address has no command.
    renewed: { type: ["stdio"] },
  }),
};
