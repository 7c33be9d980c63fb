import { deepStrictEqual } from "node:assert/strict";
import { LOGGED_AGENTS } from "../../agents/agents.ts";
import type { Discovery } from "./discover.ts";
import { gatherUnread } from "./gather_unread.ts";
import { describeUnread, type FoundLog } from "./log_reader.ts";

const source = LOGGED_AGENTS[0]!;
const file = (path: string): FoundLog => ({
  ...{ path, relativePath: path, size: 1, mtimeMs: 0, ctimeMs: 0, inode: 0, compressed: false },
});
const log = (database: string, part: string) => ({
  source,
  file: { ...file(`${database}#${part}`), table: { database, part, layout: 0, inPlace: true } },
});
const [ONE, OTHER] = ["/x/one#1.db", "/x/other.db"];
const DISCOVERY = {
  files: [log(ONE, "a"), log(ONE, "b"), log(OTHER, "a"), { source, file: file("/x/c.jsonl#b") }],
  databases: [ONE, OTHER].map((path) => ({ source, store: {}, file: file(path) })),
} as unknown as Discovery;

const LOCKED = describeUnread("it is locked (SQLite's error 5)", true);
const DAMAGED = describeUnread("it is damaged", true);
const LISTED = describeUnread("it is locked (SQLite's error 5)", false) + ".";

Deno.test("what is so of a database is said once", async (t) => {
  type Said = readonly (readonly [path: string, message: string])[];
  const rows: [name: string, problems: Said, expected: Said][] = [
    ["nothing", [], []],
    ["of its sessions", [[`${ONE}#a`, LOCKED], ["/x/c.jsonl#b", LOCKED], [`${ONE}#b`, LOCKED]], [
      [ONE, "Cannot be read: it is locked (SQLite's error 5). What was read of it before still counts (2 sessions)."],
      ["/x/c.jsonl#b", LOCKED],
    ]],
    ["of the database, too", [[ONE, LISTED], [`${ONE}#a`, LOCKED], [OTHER, LISTED]], [
      [ONE, "Cannot be read: it is locked (SQLite's error 5). What was read of it before still counts (1 session)."],
      [OTHER, LISTED],
    ]],
    ["of one session alone", [[`${ONE}#a`, LOCKED], [`${OTHER}#a`, LOCKED]], [
      [`${ONE}#a`, LOCKED],
      [`${OTHER}#a`, LOCKED],
    ]],
    ["for several reasons", [[`${ONE}#a`, LOCKED], [`${ONE}#b`, DAMAGED]], [
      [`${ONE}#a`, LOCKED],
      [`${ONE}#b`, DAMAGED],
    ]],
    ["the same twice", [[ONE, LISTED], [ONE, LISTED]], [[ONE, LISTED]]],
    ["other problems", [[`${ONE}#a`, "Row 1: x"], [`${ONE}#b`, "Row 1: x"]], [
      [`${ONE}#a`, "Row 1: x"],
      [`${ONE}#b`, "Row 1: x"],
    ]],
  ];
  for (const [name, problems, expected] of rows) {
    await t.step(name, () => {
      const found = gatherUnread(problems.map(([path, message]) => ({ path, message })), DISCOVERY);
      deepStrictEqual(found.map(({ path, message }) => [path, message]), expected);
    });
  }
});
