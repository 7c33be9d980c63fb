/** Headers as Claude Code 2.1.332 sent them (run 2026-11-26). */
import { deepStrictEqual } from "node:assert/strict";
import { readClaudeSession } from "./wire_session.ts";

Deno.test("a request names its session, and its sub-agent", async (t) => {
  const sessionId = "7f8e112e-0d6c-4c8e-9f0e-6f3f5b0f7a11";
  const rows: [name: string, headers: Record<string, string>, session: unknown][] = [
    ["a turn", { "x-claude-code-session-id": sessionId }, { source: "claude", sessionId }],
    [
      "a sub-agent's",
      { "x-claude-code-session-id": sessionId, "x-claude-code-agent-id": "ac70a77b4a57bec7b" },
      { source: "claude", sessionId, subagentId: "ac70a77b4a57bec7b" },
    ],
    ["somebody else's", { "session-id": sessionId, "x-session-id": "ses_1" }, undefined],
    ["an empty name", { "x-claude-code-session-id": "" }, undefined],
  ];
  for (const [name, headers, session] of rows) {
    await t.step(name, () => deepStrictEqual(readClaudeSession((header) => headers[header]), session));
  }
});
