import assert from "node:assert/strict";
import { makeMachine } from "../../host/environment.ts";
import type { Machine } from "../../core/machine.ts";
import { storeOf } from "../log_store.ts";
import { logs } from "./places.ts";

const SESSION = "1795667082510_wxqbg";

function rootsOf(env: Record<string, string>, os: Machine["os"] = "linux"): readonly string[] {
  return logs.roots({ ...makeMachine({ home: "/home/ada", cwd: "/work", env }), os });
}

Deno.test("roots", async (t) => {
  const rows: [name: string, env: Record<string, string>, ...expected: string[]][] = [
    ["nothing", {}, "/home/ada/.cline/data/sessions", "/home/ada/.cline/data/tasks"],
    [
      "all empty",
      { CLINE_DIR: "", CLINE_DATA_DIR: " " },
      "/home/ada/.cline/data/sessions",
      "/home/ada/.cline/data/tasks",
    ],
    ["its directory", { CLINE_DIR: "/srv/c/" }, "/srv/c/data/sessions", "/srv/c/data/tasks"],
    ["its directory, relative", { CLINE_DIR: "c" }, "/work/c/data/sessions", "/work/c/data/tasks"],
    // Cline itself takes ~ for a name.
    [
      "its directory, with ~",
      { CLINE_DIR: " ~/c " },
      ...["/home/ada/c/data/sessions", "/work/~/c/data/sessions"],
      ...["/home/ada/c/data/tasks", "/work/~/c/data/tasks"],
    ],
    ["its data", { CLINE_DIR: "/c", CLINE_DATA_DIR: "/d" }, "/d/sessions", "/d/tasks"],
    ["its sessions", { CLINE_DATA_DIR: "/d", CLINE_SESSION_DATA_DIR: "/s" }, "/s", "/d/tasks"],
    [
      "kept apart",
      { CLINE_SANDBOX_DATA_DIR: "/apart" },
      ...["/home/ada/.cline/data/sessions", "/apart/sessions", "/home/ada/.cline/data/tasks"],
    ],
  ];
  for (const [name, env, ...expected] of rows) {
    await t.step(name, () => {
      assert.deepEqual(rootsOf(env).filter((path) => !path.includes("globalStorage")), expected);
    });
  }
});

Deno.test("roots of extensions", async (t) => {
  const rows: [os: Machine["os"], expected: string][] = [
    ["linux", "/home/ada/.config/Code"],
    ["darwin", "/home/ada/Library/Application Support/Code"],
    ["windows", "/home/ada/AppData/Roaming/Code"],
  ];
  for (const [os, expected] of rows) {
    await t.step(os, () => {
      assert.ok(rootsOf({}, os).includes(`${expected}/User/globalStorage/saoudrizwan.claude-dev/tasks`));
    });
  }
});

Deno.test("matches", async (t) => {
  const rows: [path: string, store: string | undefined, log?: string][] = [
    [`${SESSION}/${SESSION}.json`, "sessions", SESSION],
    [`${SESSION}/${SESSION}.messages.json`, "sessions", SESSION],
    [`${SESSION}/agent_1_x.messages.json`, "sessions", SESSION],
    [`data/sessions/${SESSION}/${SESSION}.json`, "sessions", `data/sessions/${SESSION}`],
    ["1712345678901/ui_messages.json", "tasks", "1712345678901"],
    ["1712345678901/task_metadata.json", "tasks", "1712345678901"],
    // It repeats messages.
    [`${SESSION}/${SESSION}.compaction.json`, undefined],
    [`${SESSION}/other.json`, undefined],
    [`${SESSION}.json`, undefined],
    ["1712345678901/api_conversation_history.json", undefined],
    ["1712345678901/settings.json", undefined],
  ];
  for (const [path, store, log] of rows) {
    await t.step(path, () => {
      const found = logs.stores.find((one) => one.matches(path));
      assert.equal(found?.id, store);
      if (found === undefined) return;
      const documents = storeOf(logs, path);
      assert.ok(documents === found && documents.form === "documents");
      assert.equal(documents.logOf?.(path), log);
    });
  }
});

Deno.test("documents of other kinds have no records", () => {
  for (
    const { form, records } of logs.stores as readonly {
      form: string;
      records: (...args: unknown[]) => Iterable<unknown>;
    }[]
  ) {
    assert.equal(form, "documents");
    for (const document of [null, 7, "x", true]) assert.deepEqual([...records(document, "a/b.json")], []);
  }
});
