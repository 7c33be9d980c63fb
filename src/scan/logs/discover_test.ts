import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { FoundFile } from "../../host/walk_files.ts";
import { withTemporaryDirectory } from "../../../tests/support/run_agent.ts";
import { discoverLogs, makeFindSame } from "./discover.ts";
import type { LoggedAgent } from "../../agents/agent.ts";
import { makeMachine } from "../../host/environment.ts";

Deno.test("makeFindSame()", async (t) => {
  const file = (changes: Partial<FoundFile>): FoundFile => ({
    path: "/logs/a.jsonl",
    relativePath: "a.jsonl",
    size: 10,
    mtimeMs: 1_000,
    ctimeMs: 1_000,
    inode: 7,
    compressed: false,
    ...changes,
  });
  const elsewhere = { path: "/other/a.jsonl" };
  const rows: [name: string, files: readonly Partial<FoundFile>[], expected: readonly boolean[]][] = [
    ["another inode", [{}, { path: "/logs/b.jsonl", inode: 8 }], [true, true]],
    ["the same file under another name", [{}, { path: "/link/a.jsonl", relativePath: "a.jsonl" }], [true, false]],
    ["its inode on another disk, by size", [{}, { ...elsewhere, size: 11 }, { ...elsewhere, size: 11 }, {}], [
      true,
      true,
      false,
      false,
    ]],
    [
      "its inode on another disk, by time",
      [{}, { ...elsewhere, mtimeMs: 1_000.5 }, { ...elsewhere, mtimeMs: 1_000.5 }],
      [true, true, false],
    ],
    ["no inodes: the path tells", [{ inode: 0 }, { inode: 0, size: 11 }], [true, false]],
    ["no inodes: other paths", [{ inode: 0 }, { inode: 0, path: "/logs/b.jsonl" }], [true, true]],
    ["one that grew meanwhile", [{}, { size: 11, mtimeMs: 1_001 }], [true, false]],
    ["one that was replaced meanwhile", [{}, { inode: 8, size: 11 }], [true, false]],
  ];
  for (const [name, files, expected] of rows) {
    await t.step(name, () => {
      const findSame = makeFindSame<true>(true);
      deepStrictEqual(files.map((changes) => findSame(file(changes), true) === undefined), expected);
    });
  }
});

Deno.test("discoverLogs()", async (t) => {
  const source = (id: string, ...roots: readonly string[]) =>
    ({
      id,
      logs: {
        roots: () => roots,
        stores: [{ form: "lines", id: "logs", matches: (path: string) => /\.jsonl(\.zst)?$/.test(path) }],
        isOwnName: (name: string) => name.startsWith(`${id}-`),
        wrote: (members: ReadonlyMap<string, string>) => members.get("by") === id,
      },
    }) as unknown as LoggedAgent;
  const discover = async (
    paths: readonly string[],
    sources: (home: string) => readonly LoggedAgent[],
    prepare?: (home: string) => Promise<void>,
  ) => {
    let found: readonly unknown[] = [];
    await withTemporaryDirectory(async (home) => {
      for (const path of paths) {
        await Deno.mkdir(join(home, path, ".."), { recursive: true });
        await Deno.writeTextFile(join(home, path), path);
      }
      await prepare?.(home);
      const machine = makeMachine({ home });
      const { files, roots, problems } = discoverLogs(sources(home), machine, [{ source: "b", directory: "extra" }]);
      deepStrictEqual(problems, []);
      found = [
        files.map(({ source, file }) => `${source.id} ${file.path.slice(home.length + 1)}`).sort(),
        roots.map(({ source, files, bytes }) => `${source} ${files} ${bytes}`),
      ];
    });
    return found;
  };

  await t.step("extra roots belong to their source, below the working directory", async () => {
    deepStrictEqual(
      await discover(["one/a.jsonl", "extra/b.jsonl"], (home) => [source("a", `${home}/one`), source("b")]),
      [["a one/a.jsonl", "b extra/b.jsonl"], ["a 1 11", "b 1 13"]],
    );
  });
  await t.step("roots within each other: the first keeps the file", async () => {
    deepStrictEqual(
      await discover(
        ["one/a.jsonl", "one/in/b.jsonl"],
        (home) => [source("a", `${home}/one/in`), source("b", `${home}/one`)],
      ),
      [["a one/in/b.jsonl", "b one/a.jsonl"], ["a 1 14", "b 1 11", "b 0 0"]],
    );
  });
  await t.step("a root that is a link to another", async () => {
    deepStrictEqual(
      await discover(
        ["one/a.jsonl"],
        (home) => [source("a", `${home}/one`, `${home}/two`)],
        (home) => Deno.symlink(`${home}/one`, `${home}/two`),
      ),
      [["a one/a.jsonl"], ["a 1 11", "a 0 0"]],
    );
  });
  await t.step("a compressed copy waits until the plain log is gone", async () => {
    deepStrictEqual(
      await discover(
        ["one/a.jsonl", "one/a.jsonl.zst", "one/b.jsonl.zst"],
        (home) => [source("a", `${home}/one`)],
      ),
      [["a one/a.jsonl", "a one/b.jsonl.zst"], ["a 2 26"]],
    );
  });
});
