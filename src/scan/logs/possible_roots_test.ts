import assert from "node:assert/strict";
import { listPossible } from "./possible_roots.ts";

const HOME = "/home/ada";

Deno.test("listPossible()", async (t) => {
  const asked = [".a/logs", ".b", ".config/x/y", ".config/y", ".config/z", "Library/é", "~b"];
  const rows: [name: string, lists: Record<string, string[]>, expected: string[]][] = [
    ["nothing can be listed", {}, asked],
    ["two of them", { "": [".a", ".b"] }, [".a/logs", ".b", "~b"]],
    ["what is listed, too", { "": [".config"], "/.config": ["y"] }, [".config/y", "~b"]],
    ["what cannot be listed", { "": [".config"] }, [".config/x/y", ".config/y", ".config/z", "~b"]],
    ["names in another case", { "": [".A", ".CONFIG"], "/.config": ["X"] }, [".a/logs", ".config/x/y", "~b"]],
    ["a directory of which few are asked", { "": ["Library"], "/Library": ["other"] }, ["Library/é", "~b"]],
    ["a letter that others write otherwise", { "": ["\u212A", ".\uFF42"] }, [".b", "~b"]],
  ];
  for (const [name, lists, expected] of rows) {
    await t.step(name, () => {
      const paths = [...asked.map((path) => `${HOME}/${path}`), "/srv/logs", `${HOME}2/.a`, HOME];
      const namesIn = (path: string) => lists[path.slice(HOME.length)] ?? [];
      const found = listPossible({ home: HOME, namesIn }, paths);
      const elsewhere = ["/srv/logs", `${HOME}2/.a`, HOME];
      assert.deepEqual([...found].sort(), [...expected.map((path) => `${HOME}/${path}`), ...elsewhere].sort());
    });
  }
});
