import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { OperationContext } from "../../operations/contract/context.ts";
import { idsWith } from "../../agents/agents.ts";
import { expandRoots, withRoots } from "./extra_roots.ts";
import { makeMachine } from "../../host/environment.ts";

Deno.test("expandRoots()", async (t) => {
  const rows: [directory: string, home: string | undefined, expanded: string][] = [
    ["~", "/h", "/h"],
    ["~/logs", "/h", "/h/logs"],
    ["~\\logs", "C:\\h", "C:\\h\\logs"],
    ["~/logs", "/with $& in it", "/with $& in it/logs"],
    ["~other/logs", "/h", "~other/logs"],
    ["logs/~", "/h", "logs/~"],
    ["/logs", "/h", "/logs"],
    ["~/logs", undefined, "~/logs"],
  ];
  for (const [directory, home, expanded] of rows) {
    await t.step(`${directory} in ${home}`, () => {
      deepStrictEqual(expandRoots([{ source: "pi", directory }], home), [{ source: "pi", directory: expanded }]);
    });
  }
});

type Scan = Awaited<ReturnType<OperationContext["openIndex"]>>;

/** A context whose scan looked at `/logs`, and at `/gone` in vain. */
function contextOf(): OperationContext {
  const scan: Pick<Scan, "roots"> = {
    roots: [
      { source: "pi", path: "/logs", exists: true, files: 0, bytes: 0 },
      { source: "pi", path: "/gone", exists: false, files: 0, bytes: 0 },
    ],
  };
  return {
    now: 0,
    timezone: "UTC",
    home: "/h",
    cwd: "/",
    stateDirectory: "/h/.opper/agent",
    account: {
      machine: makeMachine({ home: "/h" }),
      opperHome: "/h/.opper",
      readSecret: () => Promise.reject(new Error("not asked for")),
      fetch: () => Promise.reject(new Error("not asked for")),
    },
    resolvePath: (path) => path === "link" ? ["/link", "/logs"] : [`/${path}`],
    openIndex: () => Promise.resolve(scan as Scan),
  };
}

Deno.test("withRoots()", async (t) => {
  await t.step("changes nothing where there are none", () => {
    const context = contextOf();
    strictEqual(withRoots(context, []), context);
  });
  const rows: [name: string, source: string, directory: string, failure: string | undefined][] = [
    ["a directory that was looked at", "pi", "logs", undefined],
    ["through a link", "pi", "link", undefined],
    ["one that does not exist", "pi", "gone", 'Expected a directory for --root, but "gone" is not a directory.'],
    ["one that was not looked at", "pi", "other", 'Expected a directory for --root, but "other" is not a directory.'],
    [
      "a source that does not exist",
      "foo",
      "logs",
      `Unknown source "foo" in --root: expected ${idsWith("source").join(", ")}.`,
    ],
  ];
  for (const [name, source, directory, message] of rows) {
    await t.step(name, async () => {
      const context = withRoots(contextOf(), [{ source, directory }]);
      if (message === undefined) strictEqual((await context.openIndex()).roots.length, 2);
      else await rejects(context.openIndex(), { message });
    });
  }
});
