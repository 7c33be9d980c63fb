import assert from "node:assert/strict";
import { readWorkspace, type Workspace } from "./workspace.ts";

Deno.test("workspace.yaml", async (t) => {
  const rows: [name: string, text: string | undefined, expected: Workspace][] = [
    ["no file", undefined, {}],
    ["an empty file", "", {}],
    ["named by the user", "id: a\ncwd: /srv/api\nname: killed\nuser_named: true\n", {
      id: "a",
      cwd: "/srv/api",
      title: "killed",
    }],
    // What the user typed first: 1.0.102.
    ["named by the conversation", "name: 'RUN2: ls ;; pwd'\nuser_named: false\n", {}],
    // 1.0.32 wrote a name where somebody gave one, beside a summary.
    ["before the flag", "name: mine\nsummary: mine\n", { title: "mine" }],
    ["a summary alone", "summary: what was typed\n", {}],
    ["no flag and no summary", "name: who knows\n", {}],
    ["a path of Windows", "cwd: C:\\Users\\ada\\src\r\nbranch: main\r\n", { cwd: "C:\\Users\\ada\\src" }],
    ["quotes", "cwd: '/srv/it''s'\nname: \"a \\\"b\\\" \\u00e9\"\nuser_named: true", {
      cwd: "/srv/it's",
      title: 'a "b" é',
    }],
    ["a comment", "cwd: /srv/a # mine\nid: a#b", { cwd: "/srv/a", id: "a#b" }],
    ["over lines", "name: >-\n  one\n  two\nuser_named: true\ncwd: /srv", { title: "one two", cwd: "/srv" }],
    ["a long plain one", "name: one\n  two\nuser_named: true", { title: "one two" }],
    ["nothing", "cwd:\nid: null\nname: ~\nuser_named: true", {}],
    ["broken quotes", "name: \"a\nuser_named: true\ncwd: '/srv", {}],
    ["lists and objects", "id: [a]\ncwd: {a: b}\n", {}],
    ["lists below", "id:\n- a\nname:\n  - b\nuser_named: true\ncwd: /srv", { cwd: "/srv" }],
    ["members of members", "x:\n  cwd: /inner\ncwd: /outer", { cwd: "/outer" }],
    ["the last of two", "cwd: /a\ncwd: /b", { cwd: "/b" }],
    ["what cannot be kept", 'name: "a\\u0000b"\nuser_named: true', { title: "a\ufffdb" }],
    ["no YAML", "{\n\u0000}", {}],
  ];
  for (const [name, text, expected] of rows) {
    await t.step(name, () => assert.deepEqual(readWorkspace(text), expected));
  }
});
