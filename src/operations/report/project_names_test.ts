import { deepStrictEqual } from "node:assert/strict";
import type { Checkout } from "../../core/worktree.ts";
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
    ["worktrees by their place, before and behind their repository", [
      "/srv/app/.claude/worktrees/a",
      "/srv/app",
      "/srv/app/.worktrees/b/web",
      "c:/app/.worktrees/x",
      "C:\\app",
    ], ["/srv/app", "/srv/app", "/srv/app", "C:\\app", "C:\\app"]],
    ["folders within are projects of their own", ["/srv/app", "/srv/app/web"], ["/srv/app", "/srv/app/web"]],
  ];
  for (const [name, directories, names] of rows) {
    await t.step(name, () => deepStrictEqual(directories.map(nameProjects(directories, new Map())), names));
  }
});

Deno.test("nameProjects() by what git wrote", async (t) => {
  const rows: [name: string, directory: string, checkout: Checkout | undefined, project: string][] = [
    ["a worktree", "/w/1/shop", { root: "/w/1/shop", repository: "/srv/shop/" }, "/srv/shop"],
    ["a folder in one", "/w/1/shop/web", { root: "/w/1/shop", repository: "C:/src/shop" }, "C:\\src\\shop"],
    ["a repository", "/srv/shop", { root: "/srv/shop" }, "/srv/shop"],
    ["a folder in one", "/srv/shop/web", { root: "/srv/shop" }, "/srv/shop/web"],
    ["a worktree that is gone", "/srv/shop/.worktrees/x", { root: "/srv/shop" }, "/srv/shop"],
    ["in a repository around", "/srv/shop/.worktrees/x", { root: "/srv" }, "/srv/shop"],
    [
      "a clone where worktrees lie",
      "/srv/shop/.worktrees/x",
      { root: "/srv/shop/.worktrees/x" },
      "/srv/shop/.worktrees/x",
    ],
    ["nothing known", "/w/1/shop", undefined, "/w/1/shop"],
  ];
  for (const [name, directory, checkout, project] of rows) {
    await t.step(name, () => {
      const nameOf = nameProjects([directory], new Map(checkout === undefined ? [] : [[directory, checkout]]));
      deepStrictEqual(nameOf(directory), project);
    });
  }
});
