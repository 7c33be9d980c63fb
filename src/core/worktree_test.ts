import { strictEqual } from "node:assert/strict";
import { gitDirectoryOf, repositoriesByPlace, repositoryOfWorktree } from "./worktree.ts";

Deno.test("repositoriesByPlace()", async (t) => {
  const repositoryByPlace = repositoriesByPlace([".claude/worktrees"]);
  const rows: [directory: string, repository: string | undefined][] = [
    ["/srv/shop/.claude/worktrees/fix-login", "/srv/shop"],
    ["/srv/shop/.claude/worktrees/fix-login/web/src", "/srv/shop"],
    ["/srv/shop/.claude/worktrees/a/.claude/worktrees/b", "/srv/shop"],
    ["/srv/shop/.worktrees/fix", "/srv/shop"],
    ["/srv/shop/.worktrees/fix/web", "/srv/shop"],
    ["/srv/shop/.git/worktrees/fix", "/srv/shop"],
    ["C:\\src\\shop\\.claude\\worktrees\\fix", "C:\\src\\shop"],
    ["c:/src/shop/.worktrees/fix/web", "c:/src/shop"],
    ["/srv/shop/.claude/worktrees", undefined],
    ["/srv/shop/.claude/worktrees/", undefined],
    ["/srv/shop/.worktrees", undefined],
    ["/srv/shop/.claude", undefined],
    ["/srv/shop/worktrees/fix", undefined],
    ["/srv/shop/my.worktrees/fix", undefined],
    ["/srv/shop", undefined],
    ["/.worktrees/fix", undefined],
    ["/home/kim/.worktrees/shop", undefined],
    ["/Users/kim/.claude/worktrees/fix", undefined],
    ["C:\\Users\\kim\\.worktrees\\shop", undefined],
    ["/home/kim/shop/.worktrees/fix", "/home/kim/shop"],
    ["/home/kim/.codex/worktrees/1a2b/shop", undefined],
    ["/home/kim/.cursor/worktrees/shop/1a2b", undefined],
  ];
  for (const [directory, repository] of rows) {
    await t.step(directory, () => strictEqual(repositoryByPlace(directory), repository));
  }
});

Deno.test("gitDirectoryOf()", async (t) => {
  const rows: [text: string, directory: string, found: string | undefined][] = [
    ["gitdir: /srv/shop/.git/worktrees/fix\n", "/w/fix", "/srv/shop/.git/worktrees/fix"],
    ["gitdir: ../../shop/.git/worktrees/fix", "/srv/w/fix", "/srv/shop/.git/worktrees/fix"],
    ["gitdir: ./.bare\r\n", "/srv/shop", "/srv/shop/.bare"],
    ["gitdir: C:/src/shop/.git/worktrees/fix\r\n", "C:\\w\\fix", "C:/src/shop/.git/worktrees/fix"],
    ["gitdir: ..\\shop\\.git\\worktrees\\fix", "C:\\src\\fix", "C:/src/shop/.git/worktrees/fix"],
    ["gitdir: /srv/my shop/.git/worktrees/fix", "/w", "/srv/my shop/.git/worktrees/fix"],
    ["gitdir:/srv/shop/.git", "/w", "/srv/shop/.git"],
    ["gitdir: \n", "/w", undefined],
    ["ref: refs/heads/main\n", "/w", undefined],
    ["", "/w", undefined],
  ];
  for (const [text, directory, found] of rows) {
    await t.step(JSON.stringify(text), () => strictEqual(gitDirectoryOf(text, directory), found));
  }
});

Deno.test("repositoryOfWorktree()", async (t) => {
  const rows: [gitDirectory: string, commondir: string | undefined, repository: string | undefined][] = [
    ["/srv/shop/.git/worktrees/fix", "../..\n", "/srv/shop"],
    ["/srv/shop/.git/worktrees/fix", undefined, "/srv/shop"],
    ["/srv/shop/.git/worktrees/fix", "", "/srv/shop"],
    ["/srv/shop/.git/worktrees/fix", "/elsewhere/shop/.git\n", "/elsewhere/shop"],
    ["C:/src/shop/.git/worktrees/fix", "../..", "C:/src/shop"],
    ["/srv/shop/.bare/worktrees/fix", "../..", "/srv/shop"],
    ["/srv/shop.git/worktrees/fix", "../..", "/srv/shop.git"],
    ["/srv/shop.git/worktrees/fix", undefined, undefined],
    ["/srv/shop/.git/modules/lib", undefined, undefined],
    ["/srv/shop/.git/modules/worktrees/lib", undefined, undefined],
    ["/srv/shop/.git/modules/lib/worktrees/fix", "../..", undefined],
    ["/srv/shop/.git", undefined, undefined],
    ["/.git/worktrees/fix", "../..", undefined],
    ["/srv/shop/.git/worktrees", "..", undefined],
  ];
  for (const [gitDirectory, commondir, repository] of rows) {
    await t.step(`${gitDirectory} ${JSON.stringify(commondir)}`, () => {
      strictEqual(repositoryOfWorktree(gitDirectory, commondir), repository);
    });
  }
});
