/** Headers as Codex 0.169.0 sent them to a logging gateway (2026-11-27), without what names no thread. */
import { deepStrictEqual } from "node:assert/strict";
import { codexSessionOf } from "./wire_session.ts";

const MAIN = "01a21c29-bc8b-76c2-a370-a705f62898c8";
const OTHER = "01a21c29-d9a8-7b32-b639-eddf096feb2a";

function headers(session: string, thread: string, metadata: object, more: Record<string, string> = {}) {
  return {
    "session-id": session,
    "thread-id": thread,
    "x-client-request-id": thread,
    "x-codex-turn-metadata": JSON.stringify({ session_id: thread, thread_id: thread, ...metadata }),
    ...more,
  };
}

Deno.test("a request of Codex names its thread", async (t) => {
  const rows: [of: string, headers: Record<string, string>, expected: object | undefined][] = [
    ["a new conversation", headers(MAIN, MAIN, { history_initialization: "new", thread_source: "user" }), {
      sessionId: MAIN,
    }],
    ["a resumed one", headers(MAIN, MAIN, { history_initialization: "cold_resume", thread_source: "user" }), {
      sessionId: MAIN,
    }],
    ["a compaction", headers(MAIN, MAIN, { request_kind: "compaction", window_number: 1 }), { sessionId: MAIN }],
    [
      "a fork",
      headers(OTHER, OTHER, {
        history_initialization: "cold_fork",
        forked_from_thread_id: MAIN,
        thread_source: "user",
      }),
      { sessionId: OTHER, parentSessionId: MAIN },
    ],
    // Its metadata say that its session is its own thread; the header says whose it is.
    [
      "/side",
      headers(MAIN, OTHER, { history_initialization: "warm_fork", forked_from_thread_id: MAIN, thread_source: "user" }),
      { sessionId: MAIN },
    ],
    ["a title", headers(OTHER, OTHER, { history_initialization: "new", thread_source: "thread_title" }), {
      sessionId: OTHER,
      isAside: true,
    }],
    [
      "a sub-agent",
      headers(MAIN, OTHER, { session_id: MAIN, subagent_kind: "thread_spawn", thread_source: "subagent" }, {
        "x-codex-parent-thread-id": MAIN,
        "x-openai-subagent": "collab_spawn",
      }),
      { sessionId: OTHER, parentSessionId: MAIN },
    ],
    [
      "a review",
      headers(MAIN, OTHER, { session_id: MAIN, subagent_kind: "review", thread_source: "subagent" }, {
        "x-codex-parent-thread-id": MAIN,
        "x-openai-subagent": "review",
      }),
      { sessionId: OTHER, parentSessionId: MAIN },
    ],
    ["a sub-agent that names no parent", headers(MAIN, OTHER, {}, { "x-openai-subagent": "memory" }), {
      sessionId: OTHER,
      parentSessionId: MAIN,
    }],
    ["no metadata", { "session-id": MAIN, "thread-id": MAIN }, { sessionId: MAIN }],
    ["metadata that are no JSON", { "session-id": MAIN, "thread-id": MAIN, "x-codex-turn-metadata": "{" }, {
      sessionId: MAIN,
    }],
    ["metadata of another shape", { "session-id": MAIN, "thread-id": MAIN, "x-codex-turn-metadata": "7" }, {
      sessionId: MAIN,
    }],
    ["no thread", { "session-id": MAIN }, undefined],
    ["no session", { "thread-id": MAIN }, undefined],
    ["another agent", { "x-claude-code-session-id": MAIN }, undefined],
  ];
  for (const [of, sent, expected] of rows) {
    await t.step(of, () => {
      const session = codexSessionOf((name) => (sent as Record<string, string | undefined>)[name]);
      deepStrictEqual(session, expected && { source: "codex", ...expected });
    });
  }
});
