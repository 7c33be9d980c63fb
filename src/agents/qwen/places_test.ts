import assert from "node:assert/strict";
import { makeMachine } from "../../host/environment.ts";
import { logs } from "./places.ts";

const SESSION = "8e49f654-7066-4af1-8429-a50d3371ad2e";

Deno.test("roots", async (t) => {
  const rows: [name: string, env: Record<string, string>, settings: string | undefined, ...expected: string[]][] = [
    ["neither", {}, undefined, "/home/ada/.qwen"],
    ["both empty", { QWEN_HOME: "", QWEN_RUNTIME_DIR: "" }, undefined, "/home/ada/.qwen"],
    // Qwen Code takes a blank for a name.
    ["a blank", { QWEN_RUNTIME_DIR: " " }, undefined, "/home/ada/.qwen", "/work/ "],
    ["home", { QWEN_HOME: "/srv/qwen/" }, undefined, "/srv/qwen"],
    ["home with ~", { QWEN_HOME: "~/q" }, undefined, "/home/ada/q"],
    ["home is ~", { QWEN_HOME: "~" }, undefined, "/home/ada"],
    ["home relative", { QWEN_HOME: "q" }, undefined, "/work/q"],
    // Qwen Code itself knows no quotes.
    ["home in quotes", { QWEN_HOME: "'/srv/q'" }, undefined, "/srv/q", "/work/'/srv/q'"],
    ["with a comma", { QWEN_HOME: "/a,/b" }, undefined, "/a,/b"],
    ["runtime before home", { QWEN_HOME: "/srv/q", QWEN_RUNTIME_DIR: "~/r" }, undefined, "/home/ada/r"],
    ["runtime before the setting", { QWEN_RUNTIME_DIR: "/r" }, '{"advanced":{"runtimeOutputDir":"/s"}}', "/r"],
    ["a setting", {}, '// mine\n{"advanced":{"runtimeOutputDir":"~/s",}}', "/home/ada/s", "/home/ada/.qwen"],
    ["a relative one", {}, '{"advanced":{"runtimeOutputDir":".qwen"}}', "/work/.qwen", "/home/ada/.qwen"],
    ["that of the home", {}, '{"advanced":{"runtimeOutputDir":"~/.qwen"}}', "/home/ada/.qwen"],
    ["a setting that is none", {}, '{"advanced":{"runtimeOutputDir":7}}', "/home/ada/.qwen"],
    ["broken settings", {}, "{", "/home/ada/.qwen"],
    ["settings that are none", {}, "null", "/home/ada/.qwen"],
  ];
  for (const [name, env, settings, ...expected] of rows) {
    await t.step(name, () => {
      const machine = {
        ...makeMachine({ home: "/home/ada", cwd: "/work", env }),
        readTextFile: (path: string) => path === "/home/ada/.qwen/settings.json" ? settings : undefined,
      };
      assert.deepEqual(logs.roots(machine), expected.flatMap((path) => [`${path}/projects`, `${path}/tmp`]));
    });
  }
});

Deno.test("the project's settings go before the user's", () => {
  const settings: Readonly<Record<string, string>> = {
    "/work/.qwen/settings.json": '{"advanced":{"runtimeOutputDir":"logs"}}',
    "/q/settings.json": '{"advanced":{"runtimeOutputDir":"/s"}}',
  };
  const machine = {
    ...makeMachine({ home: "/home/ada", cwd: "/work", env: { QWEN_HOME: "/q" } }),
    readTextFile: (path: string) => settings[path],
  };
  assert.deepEqual(logs.roots(machine).filter((path) => path.endsWith("/projects")), [
    ...["/work/logs/projects", "/s/projects"],
    "/q/projects",
  ]);
});

Deno.test("matches", async (t) => {
  const rows: [string, boolean][] = [
    [`-srv-dev/chats/${SESSION}.jsonl`, true],
    [`-srv-dev/chats/archive/${SESSION}.jsonl`, true],
    [`${SESSION}.jsonl`, true],
    [`-srv-dev/subagents/${SESSION}/agent-general-purpose-call_1.jsonl`, false],
    [`-srv-dev/chats/${SESSION}.ledger.jsonl`, false],
    [`-srv-dev/chats/${SESSION}.runtime.json`, false],
    ["-srv-dev/workflows/run-1/journal.jsonl", false],
  ];
  for (const [path, expected] of rows) await t.step(path, () => assert.equal(logs.stores[0].matches(path), expected));
});

Deno.test("lines of its own", async (t) => {
  const common = ["uuid", "parentUuid", "sessionId", "timestamp", "type", "cwd", "version"];
  const rows: [name: string, members: readonly string[], expected: boolean][] = [
    ["what somebody typed", [...common, "provenance", "message"], true],
    ["an event", [...common, "subtype", "systemPayload"], true],
    ["an answer of an older version", [...common, "message", "usageMetadata"], true],
    ["what somebody typed to an older version", [...common, "message"], true],
    ["Claude Code's", [...common, "isSidechain", "userType", "message"], false],
  ];
  for (const [name, members, expected] of rows) {
    await t.step(name, () => assert.equal(logs.wrote(new Map(members.map((key) => [key, ""]))), expected));
  }
});
