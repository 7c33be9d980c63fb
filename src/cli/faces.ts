/**
 * Every face, in the order that help shows them behind the operations. Names and summaries stand here as well as in the
 * definitions, so that help needs to load none of them; tests/operations_test.ts holds the two together.
 */
import type { FaceEntry } from "./face.ts";

export const FACES: readonly FaceEntry[] = [
  {
    name: "launch",
    summary: "Start Pi with its model calls routed through Opper, one trace a session",
    load: async () => (await import("./launch_command.ts")).launchFace,
  },
  {
    name: "mcp",
    summary: "Serve these answers to agents over the Model Context Protocol",
    load: async () => (await import("./mcp_command.ts")).mcpFace,
  },
];
