import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { mergeSessions } from "./merge_sessions.ts";
import { readSessions } from "./read_sessions.ts";

const listed = readSessions({
  columns: { source: ["pi", "pi", "codex"], sessionId: ["a", "b", "a"], turns: [1, 1, 1] },
});

function merged(changes: Parameters<typeof mergeSessions>[1]): readonly string[] | undefined {
  return mergeSessions(listed, changes)?.map(({ source, sessionId, turns }) => `${source} ${sessionId} ${turns}`);
}

Deno.test("mergeSessions(): changed rows take the place of the old, new ones come first, those that went are gone", () => {
  deepStrictEqual(merged({ columns: { source: ["pi", "pi"], sessionId: ["b", "c"], turns: [2, 1] }, gone: [] }), [
    "pi c 1",
    "pi a 1",
    "pi b 2",
    "codex a 1",
  ]);
  deepStrictEqual(merged({ columns: { source: [], sessionId: [], turns: [] }, gone: ["b"] }), ["pi a 1", "codex a 1"]);
});

Deno.test("mergeSessions(): what cannot be merged is asked for again", () => {
  strictEqual(merged({ reset: true }), undefined);
  strictEqual(merged({}), undefined);
});
