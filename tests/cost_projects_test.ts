/** `cost --by project` has one row a project, however its sessions spelled where they were. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
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
