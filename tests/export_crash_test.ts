/**
 * Exports that are killed right before each change on disk, and at any time: what runs next makes the bytes of an undisturbed
 * run. The processes are real and so is SIGKILL.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { ExportOrder } from "./support/export_victim.ts";
import { readRows, readTree, runExport, writePiSession } from "./support/export_stage.ts";
import { agentCommand, agentEnvironment, withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome } from "./support/small_home.ts";
import { runVictim as run } from "./support/run_victim.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const SESSION = "01a1fb64-0000-7000-8000-0000000000aa";

const runVictim = (order: ExportOrder) => run("export_victim.ts", order);

/** A home with two months of turns, exported once, and then two turns later. */
async function withGrownHome<T>(body: (home: string, team: string) => Promise<T>): Promise<T> {
  return await withTemporaryDirectory(async (home) => {
    const team = join(home, "team");
    await makeSmallHome(home);
    await writePiSession(home, SESSION, ["2026-10", "2026-11"]);
    strictEqual(typeof await runVictim({ home, directory: team, now: NOW }), "number");
    await writePiSession(home, SESSION, ["2026-10", "2026-11"], 0.02);
    return await body(home, team);
  });
}

Deno.test("an export that is killed before any of its changes is repeated to the byte", async (t) => {
  const [steps, undisturbed] = await withGrownHome(async (home, team) => {
    const made = await runVictim({ home, directory: team, now: NOW + 1000 });
    return [made!, readTree(team)];
  });
  // Two months and the cursor, each made, written, waited for, moved, and its folder waited for.
  strictEqual(steps, 15);
  strictEqual(undisturbed.size, 2);
  for (let dieAt = 1; dieAt <= steps; dieAt++) {
    await t.step(`before change ${dieAt}`, async () => {
      await withGrownHome(async (home, team) => {
        const order = { home, directory: team, now: NOW + 1000 };
        strictEqual(await runVictim({ ...order, dieAt }), undefined);
        // Readers meet whole files alone.
        strictEqual((await readRows(team)).length, 9);
        strictEqual(typeof await runVictim(order), "number");
        deepStrictEqual(readTree(team), undisturbed);
        strictEqual(await runVictim(order), 0);
      });
    });
  }
});

Deno.test("exports that are killed at any time lose nothing and have nothing twice", async () => {
  await withTemporaryDirectory(async (home) => {
    const team = join(home, "team");
    const months = Array.from({ length: 12 }, (_, month) => `2026-${String(month + 1).padStart(2, "0")}`);
    for (let session = 10; session < 22; session++) {
      await writePiSession(home, `01a1fb64-0000-7000-8000-0000000000${session}`, months);
    }
    const [program, ...args] = agentCommand();
    let killed = 0;
    for (let trial = 0; trial < 24; trial++) {
      const child = new Deno.Command(program, {
        args: [...args, "export", team],
        cwd: home,
        clearEnv: true,
        env: agentEnvironment({ home, env: { USER: "anna" } }),
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const timer = setTimeout(() => child.kill("SIGKILL"), 60 + trial * 25);
      const { signal } = await child.status;
      clearTimeout(timer);
      if (signal === "SIGKILL") killed++;
    }
    ok(killed > 0);
    strictEqual((await runExport(home, [team])).code, 0);
    const rows = await readRows(team);
    // 12 sessions with a turn in each of 12 months.
    deepStrictEqual([rows.length, new Set(rows.map(({ turn_id }) => turn_id)).size], [144, 144]);
    const names = [...readTree(team).keys()];
    strictEqual(names.filter((name) => name.endsWith(".parquet")).length, 12);
    const before = readTree(team);
    strictEqual((await runExport(home, [team])).code, 0);
    deepStrictEqual(readTree(team), before);
  });
});
