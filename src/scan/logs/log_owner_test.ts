import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { discoverLogs } from "./discover.ts";
import { findOwner, membersOf, ownerOf } from "./log_owner.ts";
import { LOGGED_AGENTS } from "../../agents/agents.ts";
import { makeMachine } from "../../host/environment.ts";

Deno.test("membersOf() names the members of the outermost object, as far as the line is there", async (t) => {
  const deep = "[".repeat(50_000);
  const rows: [name: string, line: string, members: Record<string, string>][] = [
    ["an object", '{"type":"session", "id" : "a","n":1}', { type: "session", id: "a", n: "" }],
    ["nested ones are not its own", '{"message":{"uuid":"u","x":[{"y":1}]},"id":"a"}', { message: "", id: "a" }],
    ["a text that looks like members", '{"a":"\\",\\"uuid\\":\\"u","b":"c"}', { a: '\\",\\"uuid\\":\\"u', b: "c" }],
    ["a line that was cut off in a text", '{"type":"user","uuid":"0123', { type: "user", uuid: "0123" }],
    ["cut off in a key", '{"type":"user","uu', { type: "user" }],
    ["nested without end", `{"a":${deep}`, { a: "" }],
    ["what stands before it", '\ufeff\0\0 {"a":"b"}', { a: "b" }],
    ["several on one line: the first", '{"a":"b"}{"c":"d"}', { a: "b" }],
    ["no object", '["a","b"]', {}],
    ["nothing", "", {}],
    ["a member of every object", '{"__proto__":"a","constructor":1}', { ["__proto__"]: "a", constructor: "" }],
  ];
  for (const [name, line, members] of rows) {
    await t.step(name, () => deepStrictEqual([...membersOf(line)], Object.entries(members)));
  }
});

Deno.test("ownerOf() goes by the first line that is somebody's", async (t) => {
  const rows: [name: string, beginning: string, owner: string | undefined][] = [
    ["Pi's header", '{"type":"session","version":3,"id":"a","timestamp":"2026-11-20T10:00:00.000Z","cwd":"/"}', "pi"],
    ["Pi's first entries", '{"type":"message","timestamp":"t","message":{"role":"user"}}', "pi"],
    ["a line that says nothing before it", '\n{"x":1}\nnonsense\n{"type":"session","id":"a","timestamp":"t"}', "pi"],
    ["Claude Code's", '{"parentUuid":null,"type":"user","sessionId":"s","uuid":"u"}', "claude"],
    ["a summary of Claude Code's", '{"type":"summary","summary":"s","leafUuid":"u"}', "claude"],
    ["Codex's", '{"timestamp":"t","type":"session_meta","payload":{"id":"a"}}', "codex"],
    ["Gemini CLI's header", '{"sessionId":"s","projectHash":"h","startTime":"t","kind":"main"}', "gemini"],
    ["Gemini CLI's messages", '{"id":"a","timestamp":"t","type":"user","content":[{"text":"x"}]}', "gemini"],
    ["a long first line", `{"timestamp":"t","type":"session_meta","payload":{"text":"${"x".repeat(99_999)}`, "codex"],
    [
      "another tool's",
      '{"sessionId":"s","workspace":"h"}\n{"type":"session.start","id":"a","timestamp":"t"}',
      undefined,
    ],
    ["nothing", "", undefined],
  ];
  for (const [name, beginning, owner] of rows) {
    await t.step(name, () => strictEqual(ownerOf(beginning, LOGGED_AGENTS)?.id, owner));
  }
});

Deno.test("findOwner() knows every real log", () => {
  const home = fileURLToPath(new URL("../../../tests/fixtures/home", import.meta.url));
  const { files } = discoverLogs(LOGGED_AGENTS, makeMachine({ home }), []);
  for (const { source, file } of files) strictEqual(findOwner(file.path, file.size, LOGGED_AGENTS), source, file.path);
});
