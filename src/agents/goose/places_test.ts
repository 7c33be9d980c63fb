import assert from "node:assert/strict";
import type { Machine } from "../../core/machine.ts";
import { makeMachine } from "../../host/environment.ts";
import { logs } from "./places.ts";

Deno.test("roots", async (t) => {
  const usual = ["/home/ada/.local/share/goose", "/home/ada/.local/share/Block/goose"];
  const rows: [name: string, env: Record<string, string>, os: Machine["os"], ...expected: string[]][] = [
    ["nothing", {}, "linux", ...usual],
    ["all empty", { GOOSE_PATH_ROOT: "", XDG_DATA_HOME: "" }, "linux", ...usual],
    ["data elsewhere", { XDG_DATA_HOME: "~/d" }, "linux", "/home/ada/d/goose", "/home/ada/d/Block/goose"],
    ["all elsewhere", { GOOSE_PATH_ROOT: "/g/", XDG_DATA_HOME: "/d" }, "linux", "/g/data"],
    // Goose passes over one that is not absolute.
    ["a relative one", { GOOSE_PATH_ROOT: "g" }, "linux", "/work/g/data", ...usual],
    ["one with ~", { GOOSE_PATH_ROOT: "~/g" }, "linux", "/home/ada/g/data", "/work/~/g/data", ...usual],
    ["a blank in it", { GOOSE_PATH_ROOT: "/my goose" }, "linux", "/my goose/data"],
    [
      "macOS",
      {},
      "darwin",
      ...usual,
      "/home/ada/Library/Application Support/Block/goose",
      "/home/ada/Library/Application Support/goose",
    ],
    ["Windows", {}, "windows", "/home/ada/AppData/Roaming/Block/goose/data"],
  ];
  for (const [name, env, os, ...expected] of rows) {
    await t.step(name, () => {
      const machine = { ...makeMachine({ home: "/home/ada", cwd: "/work", env }), os };
      assert.deepEqual(logs.roots(machine), expected.map((path) => `${path}/sessions`));
    });
  }
});

Deno.test("matches", () => {
  const [store] = logs.stores;
  for (const path of ["sessions.db", "backup/sessions.db"]) assert.ok(store.matches(path), path);
  for (const path of ["sessions.db-wal", "other.db", "20250621_013617.jsonl"]) assert.ok(!store.matches(path), path);
});
