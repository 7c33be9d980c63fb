import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { mergeSessions } from "./merge_sessions.ts";
import { readSessions } from "./read_sessions.ts";

const columns = ["source", "sessionId", "turns"];
const listed = readSessions({ columns, rows: [["pi", "a", 1], ["pi", "b", 1], ["codex", "a", 1]] });

function merged(changes: Parameters<typeof mergeSessions>[1]): readonly string[] | undefined {
  return mergeSessions(listed, changes)?.map(({ source, sessionId, turns }) => `${source} ${sessionId} ${turns}`);
}

Deno.test("mergeSessions(): changed rows take the place of the old, new ones come first, those that went are gone", () => {
  deepStrictEqual(merged({ columns, rows: [["pi", "b", 2], ["pi", "c", 1]], gone: [] }), [
    "pi c 1",
    "pi a 1",
    "pi b 2",
    "codex a 1",
  ]);
  deepStrictEqual(merged({ columns, rows: [], gone: ["b"] }), ["pi a 1", "codex a 1"]);
});

Deno.test("mergeSessions(): what cannot be merged is asked for again", () => {
  strictEqual(merged({ reset: true }), undefined);
  strictEqual(merged({}), undefined);
});
