import assert from "node:assert/strict";
import { makeMachine } from "../../host/environment.ts";
import { matchesAny, storeOf } from "../log_store.ts";
import { logs } from "./places.ts";

Deno.test("roots", async (t) => {
  const usual = "/home/ada/.local/share/opencode";
  const rows: [name: string, env: Record<string, string>, ...expected: string[]][] = [
    ["nothing is set", {}, usual],
    ["all empty", { XDG_DATA_HOME: "", OPENCODE_DB: "", OPENCODE_TEST_HOME: "" }, usual],
    ["data", { XDG_DATA_HOME: "/srv/data" }, "/srv/data/opencode"],
    ["data with ~", { XDG_DATA_HOME: "~/d" }, "/home/ada/d/opencode", "/work/~/d/opencode"],
    ["data relative", { XDG_DATA_HOME: "d" }, "/work/d/opencode"],
    ["a home", { OPENCODE_TEST_HOME: "/t" }, "/t/.local/share/opencode", usual],
    ["a home with ~", { OPENCODE_TEST_HOME: "~/t" }, ...[
      "/home/ada/t/.local/share/opencode",
      "/work/~/t/.local/share/opencode",
      usual,
    ]],
    ["data before a home", { OPENCODE_TEST_HOME: "/t", XDG_DATA_HOME: "/d" }, "/d/opencode"],
    ["a database", { OPENCODE_DB: "/srv/any.sqlite" }, "/srv/any.sqlite", usual],
    ["a relative one", { OPENCODE_DB: "mine.db" }, `${usual}/mine.db`, usual],
    ["relative to data", { OPENCODE_DB: "x/mine.db", XDG_DATA_HOME: "/d" }, "/d/opencode/x/mine.db", "/d/opencode"],
    ["with ~", { OPENCODE_DB: "~/mine.db" }, "/home/ada/mine.db", `${usual}/~/mine.db`, usual],
    ["with a blank", { OPENCODE_DB: "/srv/my db" }, "/srv/my db", usual],
    ["in memory", { OPENCODE_DB: ":memory:" }, usual],
    ["blank", { OPENCODE_DB: " " }, usual],
    ["the usual one", { OPENCODE_DB: `${usual}/opencode.db` }, `${usual}/opencode.db`, usual],
  ];
  for (const [name, env, ...expected] of rows) {
    await t.step(name, () => {
      assert.deepEqual(logs.roots(makeMachine({ home: "/home/ada", cwd: "/work", env })), expected);
    });
  }
});

Deno.test("matches", async (t) => {
  const rows: [string, string | undefined][] = [
    ["opencode.db", "database"],
    ["opencode-next.db", "database"],
    ["backup/opencode-beta.db", "database"],
    ["opencode.db-wal", undefined],
    ["opencode.db-shm", undefined],
    ["other.db", undefined],
    ["auth.json", undefined],
    ["storage/message/ses_1/msg_1.json", "storage"],
    ["storage/session/p/ses_1.json", "storage"],
    ["old/storage/message/ses_1/msg_1.json", "storage"],
    ["storage/part/msg_1/prt_1.json", undefined],
    ["storage/session_diff/ses_1.json", undefined],
    ["storage/project/p.json", undefined],
    ["storage/migration", undefined],
  ];
  for (const [path, store] of rows) {
    await t.step(path, () => {
      assert.equal(matchesAny(logs, path) ? storeOf(logs, path).id : undefined, store);
    });
  }
});

Deno.test("a session's documents are one log, its own first", () => {
  const store = logs.stores[1]!;
  assert.ok(store.form === "documents");
  assert.equal(store.logOf!("storage/message/ses_1/msg_1.json"), "storage/message/ses_1");
  assert.equal(store.logOf!("a/storage/session/p/ses_1.json"), "a/storage/message/ses_1");
  assert.deepEqual(["session/p", "message"].map((path) => store.isFirst!(`storage/${path}/ses_1.json`)), [true, false]);
  const data = { id: "ses_1" };
  const kinds = ["storage/session/p/ses_1.json", "storage/message/ses_1/msg_1.json"].map((path) => [
    ...store.records(data, path),
  ]);
  assert.deepEqual(kinds, [[{ kind: "session", data }], [{ kind: "message", data }]]);
});

Deno.test("skips", () => {
  const skipped = [
    "snapshot",
    "repos",
    "worktree",
    "bin",
    "log",
    "tool-output",
    "storage/part",
    "storage/session_diff",
  ];
  for (const path of skipped) assert.ok(logs.skips!(path), path);
  const kept = [
    "storage",
    "storage/session",
    "storage/session/p",
    "storage/message",
    "storage/message/ses_1",
    "backup",
  ];
  for (const path of kept) assert.ok(!logs.skips!(path), path);
});
