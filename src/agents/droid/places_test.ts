import assert from "node:assert/strict";
import { makeMachine } from "../../host/environment.ts";
import type { DocumentStore } from "../log_store.ts";
import { logs } from "./places.ts";

const SESSION = "dedb92a5-0d48-4e14-82fe-f787cbadb493";

Deno.test("roots", async (t) => {
  const rows: [name: string, home: string | undefined, ...expected: string[]][] = [
    ["not set", undefined, "/home/ada/.factory/sessions"],
    ["empty", "", "/home/ada/.factory/sessions"],
    ["in the place of the home", "/srv/ada/", "/srv/ada/.factory/sessions", "/srv/ada/sessions"],
    ["with ~", "~/f", "/home/ada/f/.factory/sessions", "/home/ada/f/sessions", "/work/~/f/.factory/sessions"],
    ["relative", "f", "/work/f/.factory/sessions", "/work/f/sessions"],
  ];
  for (const [name, value, ...expected] of rows) {
    await t.step(name, () => {
      const env = value === undefined ? {} : { FACTORY_HOME_OVERRIDE: value };
      const roots = logs.roots(makeMachine({ home: "/home/ada", cwd: "/work", env }));
      assert.deepEqual(roots.slice(0, expected.length), expected);
    });
  }
});

Deno.test("files of a session", async (t) => {
  const { matches, logOf, isLines } = logs.stores[0] as DocumentStore;
  const rows: [path: string, isOne: boolean][] = [
    [`-srv-api/${SESSION}.jsonl`, true],
    [`-srv-api/${SESSION}.settings.json`, true],
    [`${SESSION}.jsonl`, true],
    [`-srv-api/${SESSION}.settings.json.bak`, false],
    [`-srv-api/${SESSION}.jsonl.bak`, false],
    ["-srv-api/settings.json", false],
    [`-srv-api/sub/${SESSION}.jsonl`, false],
    ["sessions-index.json", false],
  ];
  for (const [path, isOne] of rows) await t.step(path, () => assert.equal(matches(path), isOne));
  await t.step("make one log", () => {
    const [lines, settings] = [`-srv-api/${SESSION}.jsonl`, `-srv-api/${SESSION}.settings.json`] as const;
    assert.deepEqual([lines, settings].map((path) => logOf!(path)), [lines, lines]);
    assert.deepEqual([lines, settings].map((path) => isLines!(path)), [true, false]);
    assert.ok(lines < settings, "the lines say when it was before the sums are read");
  });
});

Deno.test("lines of its own", () => {
  const line = (type: string, ...members: readonly string[]) =>
    logs.wrote(new Map([["type", type], ...members.map((name): [string, string] => [name, ""])]));
  assert.equal(line("session_start", "id", "title", "owner", "version", "cwd", "hostId"), true);
  assert.equal(line("message", "id", "timestamp", "message"), false);
  assert.equal(line("session", "id", "cwd"), false);
});
