import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { folderName } from "../core/folder.ts";
import { findCheckouts } from "./find_checkouts.ts";

const HOME = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "checkouts-" }));
globalThis.addEventListener("unload", () => Deno.removeSync(HOME, { recursive: true }));

function write(path: string, text: string): void {
  Deno.mkdirSync(dirname(join(HOME, path)), { recursive: true });
  Deno.writeTextFileSync(join(HOME, path), text);
}

/** As `git worktree add` leaves it. */
function addWorktree(repository: string, name: string, path: string, gitdir = join(HOME, repository, ".git")): void {
  write(`${repository}/.git/worktrees/${name}/commondir`, "../..\n");
  write(`${path}/.git`, `gitdir: ${gitdir}/worktrees/${name}\n`);
}

Deno.test("findCheckouts()", async (t) => {
  write("src/shop/.git/HEAD", "ref: refs/heads/main\n");
  write("src/shop/web/index.html", "");
  addWorktree("src/shop", "fix", "src/shop-fix");
  addWorktree("src/shop", "one", ".codex/worktrees/1a2b/shop");
  write(".codex/worktrees/1a2b/shop/web/index.html", "");
  addWorktree("src/shop", "two", "src/relative", "../shop/.git");
  write("src/stale/.git", `gitdir: ${HOME}/gone/.git/worktrees/stale\n`);
  write("src/shop/lib/.git", "gitdir: ../.git/modules/lib\n");
  write("src/shop/.git/modules/lib/HEAD", "");
  write("bare/.bare/worktrees/main/commondir", "../..\n");
  write("bare/main/.git", `gitdir: ${HOME}/bare/.bare/worktrees/main`);
  write("bare/.git", "gitdir: ./.bare\n");
  write("odd/.git", "nothing of git's");
  write("huge/.git", `gitdir: /srv/x/.git/worktrees/y${" ".repeat(10_000)}`);
  write("file", "");
  const rows: [directory: string, root: string | undefined, repository?: string][] = [
    ["src/shop", "src/shop"],
    ["src/shop/web", "src/shop"],
    ["src/shop-fix", "src/shop-fix", "src/shop"],
    [".codex/worktrees/1a2b/shop", ".codex/worktrees/1a2b/shop", "src/shop"],
    [".codex/worktrees/1a2b/shop/web", ".codex/worktrees/1a2b/shop", "src/shop"],
    ["src/relative", "src/relative", "src/shop"],
    ["src/stale", "src/stale", "gone"],
    ["src/shop/lib", "src/shop/lib"],
    ["src/shop/.claude/worktrees/gone", "src/shop"],
    ["bare/main", "bare/main", "bare"],
    ["odd", "odd"],
    ["huge", "huge"],
    ["file", undefined],
    ["file/below", undefined],
    [".codex/worktrees/gone/shop", undefined],
  ];
  const found = findCheckouts(rows.map(([directory]) => join(HOME, directory)));
  for (const [directory, root, repository] of rows) {
    await t.step(directory, () => {
      const checkout = found.get(join(HOME, directory));
      // What lies above the temporary directory is the machine's.
      if (root === undefined) return strictEqual(checkout?.root.startsWith(HOME) ?? false, false);
      strictEqual(checkout?.root, join(HOME, root));
      strictEqual(checkout.repository && folderName(checkout.repository), repository && join(HOME, repository));
    });
  }
  await t.step("what is no path here", () => {
    const paths = [
      "C:\\src",
      "//server/share",
      "\\\\server\\share",
      "relative",
      "",
      `${HOME}/a\0b`,
      `/${"x".repeat(5000)}`,
    ];
    const checkouts = [...findCheckouts(paths).values()].filter(({ root }) =>
      root.startsWith(HOME) || root.length > 200
    );
    deepStrictEqual(checkouts, []);
  });
  await t.step({
    name: "a pipe is not opened",
    ignore: Deno.build.os === "windows",
    fn: async () => {
      Deno.mkdirSync(join(HOME, "pipe"));
      strictEqual((await new Deno.Command("mkfifo", { args: [join(HOME, "pipe/.git")] }).output()).code, 0);
      deepStrictEqual(findCheckouts([join(HOME, "pipe")]).get(join(HOME, "pipe")), { root: join(HOME, "pipe") });
    },
  });
});
