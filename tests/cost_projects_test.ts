/** `cost --by project` has one row a project, however its sessions spelled where they were. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

/** A log for each directory, with as many turns as its place in the list. */
async function writeSessions(home: string, directories: readonly string[]): Promise<void> {
  for (const [index, cwd] of directories.entries()) {
    const id = `01a1fb64-0000-7000-8000-${String(index).padStart(12, "0")}`;
    const turns = Array.from(
      { length: index + 1 },
      (_, n) => piTurn({ id: `${index}-${n}`, at: `2026-11-20T10:${10 + n}:00.000Z` }),
    );
    await writeLog(piLogPath(home, id), [piHeader(id, cwd), ...turns]);
  }
}

/** Turns by project. */
async function readRows(home: string, ...flags: string[]): Promise<Record<string, number>> {
  const run = await runAgent(["cost", "--by", "project", "--json", ...flags], { home });
  strictEqual(run.code, 0, run.stderr);
  const { rows } = JSON.parse(run.stdout) as { rows: { key: string; turns: number }[] };
  return Object.fromEntries(rows.map(({ key, turns }) => [key, turns]));
}

Deno.test("a folder on Windows is one project", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await writeSessions(home, [
      "C:\\Users\\kim\\shop",
      "c:\\Users\\kim\\shop",
      "c:/Users/kim/shop/",
      "C:\\Users\\kim\\shop\\web",
      "D:\\Users\\kim\\shop",
    ]);
    const shop = "C:\\Users\\kim\\shop";
    const rows: [flags: string[], rows: Record<string, number>][] = [
      [[], { [shop]: 1 + 2 + 3, [`${shop}\\web`]: 4, "D:\\Users\\kim\\shop": 5 }],
      [["--project", "c:\\users\\kim\\shop"], { [shop]: 6, [`${shop}\\web`]: 4 }],
      [["--project", "C:/Users/kim/shop/"], { [shop]: 6, [`${shop}\\web`]: 4 }],
      [["--project", "shop/web"], { [`${shop}\\web`]: 4 }],
      [["--hide-project", "c:/users/kim/shop"], { "(hidden)": 10, "D:\\Users\\kim\\shop": 5 }],
    ];
    for (const [flags, expected] of rows) {
      await t.step(flags.join(" "), async () => deepStrictEqual(await readRows(home, ...flags), expected));
    }
    await t.step("sessions --project", async () => {
      const run = await runAgent(["sessions", "--json", "--project", "c:/Users/kim/shop"], { home });
      strictEqual(JSON.parse(run.stdout).total, 4);
    });
  });
});

Deno.test("a worktree of git counts as its repository", async (t) => {
  await withTemporaryDirectory(async (directory) => {
    const home = await Deno.realPath(directory);
    const place = (path: string) => join(home, path);
    const write = async (path: string, text: string) => {
      await Deno.mkdir(dirname(place(path)), { recursive: true });
      await Deno.writeTextFile(place(path), text);
    };
    await write("src/shop/.git/HEAD", "ref: refs/heads/main\n");
    await write("src/shop/.git/worktrees/fix/commondir", "../..\n");
    await write(".codex/worktrees/1a2b/shop/.git", `gitdir: ${place("src/shop")}/.git/worktrees/fix\n`);
    await write("src/shop/lib/.git", "gitdir: ../.git/modules/lib\n");
    await writeSessions(home, [
      place("src/shop"),
      place("src/shop/.claude/worktrees/gone"),
      place("src/shop/.worktrees/b/web"),
      place(".codex/worktrees/1a2b/shop"),
      place("src/shop/web"),
      place("src/shop/lib"),
      place(".codex/worktrees/3c4d/shop"),
      "/elsewhere/app/.claude/worktrees/x",
    ]);
    const others = { [place("src/shop/web")]: 5, [place("src/shop/lib")]: 6, [place(".codex/worktrees/3c4d/shop")]: 7 };
    const app = { "/elsewhere/app": 8 };
    await t.step("one row", async () => {
      deepStrictEqual(await readRows(home), { [place("src/shop")]: 1 + 2 + 3 + 4, ...others, ...app });
    });
    await t.step("below the repository", async () => {
      const { [place(".codex/worktrees/3c4d/shop")]: _, ...below } = others;
      deepStrictEqual(await readRows(home, "--project", place("src/shop")), { [place("src/shop")]: 6, ...below });
    });
    await t.step("a hidden repository is not named by its worktrees", async () => {
      deepStrictEqual(await readRows(home, "--hide-project", place("src/shop")), {
        "(hidden)": 10 + 5 + 6,
        [place(".codex/worktrees/3c4d/shop")]: 7,
        ...app,
      });
    });
    await t.step("in a table", async () => {
      const run = await runAgent(["cost", "--by", "project"], { home });
      match(run.stdout, /~\/src\/shop +10 /);
    });
  });
});
