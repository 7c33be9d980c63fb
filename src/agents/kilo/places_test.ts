import assert from "node:assert/strict";
import { makeMachine } from "../../host/environment.ts";
import { matchesAny } from "../log_store.ts";
import { kilo } from "./agent.ts";
import { logs } from "./places.ts";

Deno.test("roots", async (t) => {
  const usual = "/home/ada/.local/share/kilo";
  const rows: [name: string, env: Record<string, string>, ...expected: string[]][] = [
    ["nothing is set", {}, usual],
    ["all empty", { XDG_DATA_HOME: "", KILO_DB: "", KILO_TEST_HOME: "" }, usual],
    ["data", { XDG_DATA_HOME: "/srv/data" }, "/srv/data/kilo"],
    ["data with ~", { XDG_DATA_HOME: "~/d" }, "/home/ada/d/kilo", "/work/~/d/kilo"],
    ["data relative", { XDG_DATA_HOME: "d" }, "/work/d/kilo"],
    ["a home", { KILO_TEST_HOME: "/t" }, "/t/.local/share/kilo", usual],
    ["a database", { KILO_DB: "/srv/any" }, "/srv/any", usual],
    ["a relative one", { KILO_DB: "mine.db" }, `${usual}/mine.db`, usual],
    ["in memory", { KILO_DB: ":memory:" }, usual],
    ["another program's", { OPENCODE_DB: "/srv/any" }, usual],
  ];
  for (const [name, env, ...expected] of rows) {
    await t.step(name, () => {
      assert.deepEqual(logs.roots(makeMachine({ home: "/home/ada", cwd: "/work", env })), expected);
    });
  }
});

Deno.test("matches", () => {
  for (const path of ["kilo.db", "kilo-dev.db", "opencode.db"]) assert.ok(matchesAny(logs, path), path);
  for (const path of ["kilo.db-wal", "other.db", "kilo.json"]) assert.ok(!matchesAny(logs, path), path);
});

Deno.test("how a session is gone on with", () => {
  assert.deepEqual(kilo.resumeCommand!({ sessionId: "ses_1" }), ["kilo", "--session", "ses_1"]);
});
