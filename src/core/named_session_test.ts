import { strictEqual } from "node:assert/strict";
import { findNamedSession, type SessionName } from "./named_session.ts";

const session = (sessionId: string, ...files: string[]) => ({ sessionId, files });
const A = session("a", "/logs/a.jsonl", "/logs/a/sub.jsonl", "/logs/fork.jsonl");
/** Holds turns of A. */
const FORK = session("fork", "/logs/fork.jsonl");
const COPIES = [session("twice", "/one/twice.jsonl"), session("twice", "/two/twice.jsonl")];
const OTHER_TOOL = session("a-b", "/codex/rollout-a-b.jsonl");
const DELETED = session("gone", "/logs/fork.jsonl");
const ALL = [A, FORK, ...COPIES, OTHER_TOOL];

Deno.test("findNamedSession()", async (t) => {
  const rows: [name: string, said: SessionName, found: typeof A | undefined][] = [
    ["by its id", { id: "a", files: [] }, A],
    ["not by the beginning of one", { id: "for", files: [] }, undefined],
    ["an id that two have", { id: "twice", files: [] }, undefined],
    ["and which of them it is", { id: "twice", files: ["/two/twice.jsonl"] }, COPIES[1]],
    ["by its log", { files: ["/x", "/logs/a.jsonl"] }, A],
    ["by the log of its sub-agent", { files: ["/logs/a/sub.jsonl"] }, A],
    ["by its own log, which another session has turns in", { files: ["/logs/fork.jsonl"] }, FORK],
    ["by both", { id: "fork", files: ["/logs/fork.jsonl"] }, FORK],
    ["by both, and a log of its own that is not the first", { id: "a", files: ["/logs/fork.jsonl"] }, A],
    ["a new id with another's log", { id: "new", files: ["/logs/a.jsonl"] }, undefined],
    ["an id with the log of another", { id: "fork", files: ["/logs/a.jsonl"] }, undefined],
    ["an id with a log by another path", { id: "fork", files: ["/home/node/fork.jsonl"] }, FORK],
    ["of Windows", { id: "fork", files: ["/srv/C:\\Users\\Ü b\\fork.jsonl"] }, FORK],
    ["an id of another tool", { id: "a-b", files: ["/claude/a-b.jsonl"] }, undefined],
    ["an id of two, with a log by another path", { id: "twice", files: ["/three/twice.jsonl"] }, undefined],
    ["nothing", { files: [] }, undefined],
  ];
  for (const [name, said, found] of rows) await t.step(name, () => strictEqual(findNamedSession(ALL, said), found));
  await t.step("whose own log is gone, by the one that holds its turns", () => {
    strictEqual(findNamedSession([A, DELETED], { id: "gone", files: ["/logs/gone.jsonl"] }), undefined);
    strictEqual(findNamedSession([DELETED], { files: ["/logs/fork.jsonl"] }), DELETED);
  });
});
