/** Headers as OpenCode 1.18.33 sent them to a logging gateway (2026-11-27). */
import { deepStrictEqual } from "node:assert/strict";
import { opencodeSessionOf } from "./wire_session.ts";

const MAIN = "ses_de3d9fdf9ffeHaWaZmn7QgPLBX";
const CHILD = "ses_de3d9ed2dffehhy9yRmJNv1ZkQ";

Deno.test("a request of OpenCode names its session", async (t) => {
  const rows: [of: string, headers: Record<string, string>, expected: object | undefined][] = [
    ["a conversation, and its title", { "x-session-id": MAIN, "x-session-affinity": MAIN }, { sessionId: MAIN }],
    ["a version that sends one of both", { "x-session-affinity": MAIN }, { sessionId: MAIN }],
    [
      "a sub-agent",
      { "x-session-id": CHILD, "x-session-affinity": CHILD, "x-parent-session-id": MAIN },
      { sessionId: CHILD, parentSessionId: MAIN },
    ],
    ["a parent that is no session", { "x-session-id": CHILD, "x-parent-session-id": "7" }, { sessionId: CHILD }],
    ["Pi, whose id is a uuid", { "x-session-affinity": "01a21c29-bc8b-76c2-a370-a705f62898c8" }, undefined],
    ["nothing", {}, undefined],
  ];
  for (const [of, sent, expected] of rows) {
    await t.step(of, () => {
      deepStrictEqual(opencodeSessionOf((name) => sent[name]), expected && { source: "opencode", ...expected });
    });
  }
});
