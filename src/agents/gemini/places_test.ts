import assert from "node:assert/strict";
import { makeMachine } from "../../host/environment.ts";
import { storeOf } from "../log_store.ts";
import { gemini } from "./agent.ts";
import { logs } from "./places.ts";

Deno.test("roots", async (t) => {
  const rows: [name: string, home: string | undefined, ...expected: string[]][] = [
    ["not set", undefined, "/home/ada"],
    ["empty", "", "/home/ada"],
    ["set: the user's home is not looked at then", "/srv/home/", "/srv/home"],
    ["relative", "h", "/work/h"],
    // Gemini CLI knows no `~`: only where a shell has read it is it a home.
    ["with ~", "~/h", "/home/ada/h", "/work/~/h"],
    ["with a blank", "/srv/my home", "/srv/my home"],
    ["in quotes", "'/srv/h'", "/srv/h", "/work/'/srv/h'"],
  ];
  for (const [name, home, ...expected] of rows) {
    await t.step(name, () => {
      const env = home === undefined ? {} : { GEMINI_CLI_HOME: home };
      const machine = { ...makeMachine({ home: "/home/ada", cwd: "/work", env }), os: "linux" as const };
      assert.deepEqual(logs.roots(machine), expected.map((path) => `${path}/.gemini/tmp`));
      assert.deepEqual(logs.roots({ ...machine, os: "darwin" }), [
        ...expected.map((path) => `${path}/.gemini/tmp`),
        ...expected.map((path) => `${path}/.cache/.gemini/tmp`),
      ]);
    });
  }
});

Deno.test("which files are logs, and of which store", async (t) => {
  const hash = "3cec6061b3c1660001dad632f19fc073a128047cde31dce98b6bd29fba555d25";
  const rows: [relativePath: string, store: string | undefined][] = [
    ["api/chats/session-2026-11-26T04-03-44403845.jsonl", "sessions"],
    ["api/chats/session-2026-11-26T04-03-44403845.jsonl.zst", "sessions"],
    ["api/chats/session-2026-11-26T04-03-44403845.jsonl.unreadable-1795665600000", "sessions"],
    // A file that was taken over with `--session-file`.
    ["api/chats/session-1795665600000-44403845.jsonl", "sessions"],
    ["session-2026-11-26T04-03-44403845.jsonl", "sessions"],
    ["api/chats/e9e62ee7-d041-449e-9d97-1b5df6814ba2/4da5c4bf-44b8-414a-b558-ca267f155ecd.jsonl", "subagents"],
    ["e9e62ee7-d041-449e-9d97-1b5df6814ba2/4da5c4bf-44b8-414a-b558-ca267f155ecd.jsonl", "subagents"],
    ["api/chats/4da5c4bf-44b8-414a-b558-ca267f155ecd.jsonl", "sessions"],
    ["api/chats/session-2026-11-26T04-15-c2ecf218.json", "documents"],
    ["api/chats/e9e62ee7-d041-449e-9d97-1b5df6814ba2/generalist-4f2k.json", "subagent_documents"],
    [`${hash}/chats/session-2025-11-26T04-15-c2ecf218.json`, "documents"],
    ["api/chats/session-2026-11-26T04-03-44403845.jsonl.tmp-4711", undefined],
    [`${hash}/logs.json`, undefined],
    [`${hash}/checkpoint-before.json`, undefined],
    [`${hash}/checkpoints/2025-11-26T04-15-00_000Z-a.ts-write_file.json`, undefined],
    ["api/logs/session-44403845-adcf-44cf-b9c0-49f031828301.jsonl", undefined],
    ["api/tool-outputs/session-44403845-adcf-44cf-b9c0-49f031828301/run_shell_command_1.txt", undefined],
    ["api/.project_root", undefined],
  ];
  for (const [path, expected] of rows) {
    await t.step(path, () => {
      const isLog = logs.stores.some((store) => store.matches(path));
      assert.equal(isLog ? storeOf(logs, path).id : undefined, expected);
    });
  }
});

Deno.test("lines of its own", async (t) => {
  const rows: [name: string, members: readonly (readonly [string, string])[], expected: boolean][] = [
    ["a header", [["sessionId", "s"], ["projectHash", "h"], ["startTime", "t"], ["kind", "main"]], true],
    ["a change", [["$set", ""]], true],
    ["a rewind", [["$rewindTo", "a"]], true],
    ["an answer", [["id", "a"], ["timestamp", "t"], ["type", "gemini"], ["content", ""], ["tokens", ""]], true],
    ["Qwen Code's", [["uuid", "a"], ["sessionId", "s"], ["timestamp", "t"], ["type", "user"], ["message", ""]], false],
    [
      "Pi's message of an extension",
      [["id", "a"], ["timestamp", "t"], ["type", "custom_message"], ["content", ""]],
      false,
    ],
  ];
  for (const [name, members, expected] of rows) {
    await t.step(name, () => assert.equal(logs.wrote(new Map(members)), expected));
  }
});

Deno.test("how a session is gone on with", async (t) => {
  const rows: [name: string, sessionId: string, cwd: string | undefined, expected: readonly string[] | undefined][] = [
    ["by its id", "44403845-adcf-44cf-b9c0-49f031828301", "/srv", [
      "gemini",
      "--resume",
      "44403845-adcf-44cf-b9c0-49f031828301",
    ]],
    ["it is only found in its own project", "44403845-adcf-44cf-b9c0-49f031828301", undefined, undefined],
    ["an id of the user's own that would be a flag", "-x", "/srv", undefined],
  ];
  for (const [name, sessionId, cwd, expected] of rows) {
    await t.step(name, () => assert.deepEqual(gemini.resumeCommand?.({ sessionId, cwd }), expected));
  }
});
