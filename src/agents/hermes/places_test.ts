import assert from "node:assert/strict";
import { makeMachine } from "../../host/environment.ts";
import { logs } from "./places.ts";

Deno.test("roots", async (t) => {
  const rows: [name: string, home: string | undefined, ...expected: string[]][] = [
    ["not set", undefined, "/home/ada/.hermes"],
    ["empty", "", "/home/ada/.hermes"],
    ["a blank", " ", "/home/ada/.hermes"],
    ["another directory", "/srv/hermes/", "/srv/hermes", "/home/ada/.hermes"],
    ["the usual one", "~/.hermes", "/home/ada/.hermes", "/work/~/.hermes"],
    // Hermes itself takes ~ for a name.
    ["with ~", "~/h", "/home/ada/h", "/work/~/h", "/home/ada/.hermes"],
    ["relative", "h", "/work/h", "/home/ada/.hermes"],
    ["with blanks around it", " /srv/h\n", "/srv/h", "/home/ada/.hermes"],
    ["a profile", "/home/ada/.hermes/profiles/work", "/home/ada/.hermes/profiles/work", "/home/ada/.hermes"],
    ["a profile elsewhere", "/srv/h/profiles/work/", "/srv/h/profiles/work", "/srv/h", "/home/ada/.hermes"],
  ];
  for (const [name, value, ...expected] of rows) {
    await t.step(name, () => {
      const env = value === undefined ? {} : { HERMES_HOME: value };
      const machine = { ...makeMachine({ home: "/home/ada", cwd: "/work", env }), os: "linux" as const };
      assert.deepEqual(logs.roots(machine), expected);
    });
  }
  await t.step("Windows has another place, too", () => {
    const machine = { ...makeMachine({ home: "/home/ada", cwd: "/work" }), os: "windows" as const };
    assert.deepEqual(logs.roots(machine), ["/home/ada/.hermes", "/home/ada/AppData/Local/hermes"]);
  });
});

Deno.test("which files are databases, and which directories are looked into", async (t) => {
  const files: [path: string, isOne: boolean][] = [
    ["state.db", true],
    ["profiles/work/state.db", true],
    ["state.db-wal", false],
    ["state.db.bak", false],
    ["backups/state.db", false],
    ["profiles/state.db", false],
    ["profiles/work/sessions/state.db", false],
  ];
  for (const [path, isOne] of files) await t.step(path, () => assert.equal(logs.stores[0].matches(path), isOne));
  const directories: [path: string, isLookedInto: boolean][] = [
    ["profiles", true],
    ["profiles/work", true],
    ["profiles/work/logs", false],
    ["hermes-agent", false],
    ["hermes-agent/profiles", false],
  ];
  for (const [path, isLookedInto] of directories) {
    await t.step(path, () => assert.equal(logs.skips!(path), !isLookedInto));
  }
});
