import assert from "node:assert/strict";
import { makeMachine } from "../../host/environment.ts";
import { storeOf } from "../log_store.ts";
import { logs } from "./places.ts";

const SESSION = "6551df58-33ba-459b-b583-3ecd8295bf05";

Deno.test("roots", async (t) => {
  const rows: [name: string, said: string | undefined, ...expected: string[]][] = [
    ["not set", undefined, "/home/ada/.copilot"],
    ["empty", "", "/home/ada/.copilot"],
    ["set", "/srv/copilot/", "/srv/copilot"],
    // Copilot CLI takes it as it stands.
    ["with ~", "~/c", "/home/ada/c", "/work/~/c"],
    ["relative", "c", "/work/c"],
    ["in quotes", "'/srv/c'", "/srv/c", "/work/'/srv/c'"],
    ["with a comma", "/a,/b", "/a,/b"],
  ];
  for (const [name, said, ...expected] of rows) {
    await t.step(name, () => {
      const env = said === undefined ? {} : { COPILOT_HOME: said };
      const roots = logs.roots(makeMachine({ home: "/home/ada", cwd: "/work", env }));
      assert.deepEqual(roots, expected.flatMap((path) => [`${path}/session-state`, `${path}/history-session-state`]));
    });
  }
});

Deno.test("which files are logs", async (t) => {
  const rows: [path: string, store: string | undefined][] = [
    [`${SESSION}/events.jsonl`, "sessions"],
    [`${SESSION}/events.jsonl.zst`, "sessions"],
    [`session-state/${SESSION}/events.jsonl`, "sessions"],
    [`.copilot/history-session-state/${SESSION}/events.jsonl`, "sessions"],
    [`${SESSION}.jsonl`, "flat"],
    [`.copilot/session-state/${SESSION}.jsonl`, "flat"],
    // What a user or a model keeps there.
    [`${SESSION}/files/events.jsonl`, undefined],
    [`${SESSION}/notes.jsonl`, undefined],
    [`${SESSION}/session.db`, undefined],
    ["otel/spans.jsonl", undefined],
    ["session_1.json", undefined],
  ];
  for (const [path, expected] of rows) {
    await t.step(path, () => {
      const isLog = logs.stores.some((store) => store.matches(path));
      assert.equal(isLog ? storeOf(logs, path).id : undefined, expected);
    });
  }
});

Deno.test("lines of its own", async (t) => {
  const rows: [name: string, members: Readonly<Record<string, string>>, expected: boolean][] = [
    ["an event", { type: "session.start", data: "", id: "1", timestamp: "t", parentId: "" }, true],
    [
      "of a sub-agent",
      { type: "tool.execution_start", data: "", agentId: "a", id: "1", timestamp: "t", parentId: "0" },
      true,
    ],
    ["an abort", { type: "abort", data: "", id: "1", timestamp: "t", parentId: "0" }, true],
    ["Pi's", { type: "message", id: "1", timestamp: "t", parentId: "0", message: "" }, false],
    ["another's", { type: "message", data: "", id: "1", timestamp: "t", parentId: "0" }, false],
    ["a telemetry span", { type: "span.end", data: "" }, false],
  ];
  for (const [name, members, expected] of rows) {
    await t.step(name, () => assert.equal(logs.wrote(new Map(Object.entries(members))), expected));
  }
});
