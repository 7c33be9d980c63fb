/** Our MCP server in OpenCode's settings, as `opencode mcp add` writes it (1.18.33, run 2026-11-27). */
import { hasJsonServer, jsonServers } from "../formats/json_servers.ts";
import type { McpClient } from "../mcp_client.ts";
import { settingsPath, takenAsWritten } from "./places.ts";

const KEY = "mcp";

export const opencodeMcpClient: McpClient = {
  file: (machine) => settingsPath(machine, (text) => hasJsonServer(text, KEY)),
  takenAsWritten,
  isApart: true,
  ...jsonServers({
    key: KEY,
    isList: true,
    entry: ({ command, args }) => ({ type: "local", command: [command, ...args] }),
    // One that was reached by its address is `remote`.
    renewed: { type: ["local"] },
  }),
};
