/** Claude Desktop, the chat program. What its agents write are logs of Claude Code. */
import type { Agent } from "../agent.ts";
import { VARIABLES } from "./places.ts";

export const claudeDesktop: Agent = {
  id: "claude_desktop",
  title: "Claude Desktop",
  variables: VARIABLES,
  checkedWith: [],
  mcpClient: async () => (await import("./mcp_client.ts")).claudeDesktopMcpClient,
  launchRefusal: {
    reason: "it is an app that asks the models of its own account",
    instead: "Claude Code can be: opper-agent launch claude.",
  },
};
