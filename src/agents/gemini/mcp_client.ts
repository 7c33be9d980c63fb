/** Our MCP server in Gemini CLI's `settings.json`, as `gemini mcp add --scope user` writes it (0.61.0, run 2026-11-27). */
import { jsonServers } from "../formats/json_servers.ts";
import type { McpClient } from "../mcp_client.ts";
import { settingsPath, takenAsWritten } from "./places.ts";

export const geminiMcpClient: McpClient = {
  file: settingsPath,
  takenAsWritten,
  ...jsonServers({
    entry: ({ command, args }) => ({ command, args }),
    renewed: {},
    // Before a command (createTransport, read in the program of 0.61.0).
    addresses: ["httpUrl", "url"],
  }),
};
