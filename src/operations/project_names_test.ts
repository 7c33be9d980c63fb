import { deepStrictEqual } from "node:assert/strict";
import { nameProjects } from "./project_names.ts";

Deno.test("nameProjects()", async (t) => {
  const rows: [name: string, directories: (string | undefined)[], names: (string | undefined)[]][] = [
    ["none", [], []],
    ["unknown", [undefined, "/a"], [undefined, "/a"]],
    ["other drive letters and slashes", ["c:\\Users\\kim", "C:/Users/kim/", "D:\\Users\\kim"], [
      "C:\\Users\\kim",
      "C:\\Users\\kim",
      "D:\\Users\\kim",
    ]],
    ["letters as they are met first", ["c:\\Src", "C:\\SRC", "C:\\src\\"], ["C:\\Src", "C:\\Src", "C:\\Src"]],
    ["a path that a Rust program wrote", ["\\\\?\\C:\\src", "C:\\src"], ["C:\\src", "C:\\src"]],
    ["letters of other systems differ", ["/srv/App", "/srv/app", "/srv/app/"], ["/srv/App", "/srv/app", "/srv/app"]],
    ["folders within are projects of their own", ["/srv/app", "/srv/app/web"], ["/srv/app", "/srv/app/web"]],
  ];
  for (const [name, directories, names] of rows) {
    await t.step(name, () => deepStrictEqual(directories.map(nameProjects(directories)), names));
  }
});
