/** What is taken away of launches that are over, and of no others. */
import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { removeLeftFiles } from "./left_files.ts";
import { appendRecord, ledgerPath } from "./ledger/ledger.ts";

const NOW = 1_000 * 3_600_000;
const HOUR = 3_600_000;

Deno.test("files of launches that are over go, and ledgers stay", async () => {
  const state = await Deno.makeTempDir();
  try {
    const rows: Record<string, { ageHours: number; pid: number; isEnded?: true }> = {
      ended: { ageHours: 0, pid: 1, isEnded: true },
      killed: { ageHours: 25, pid: 2 },
      running: { ageHours: 100, pid: 3 },
      elsewhere: { ageHours: 23, pid: 4 },
    };
    for (const [launchId, { ageHours, pid, isEnded }] of Object.entries(rows)) {
      const path = ledgerPath(state, launchId);
      const at = NOW - ageHours * HOUR;
      appendRecord(path, { type: "launch", launchId, launcher: "pi", at, cwd: "/", pid, host: "https://a", tags: {} });
      if (isEnded) appendRecord(path, { type: "exit", at: NOW, status: 0 });
      await Deno.writeTextFile(join(path, "../settings.json"), "{}");
    }
    await Deno.mkdir(join(state, "launches/empty"));
    await Deno.mkdir(join(state, "launches/begun"));
    await Deno.writeTextFile(join(state, "launches/begun/settings.json"), "{}");
    const here = [{ pid: 3, parent: 1, group: 3, startedAt: 0 }];
    removeLeftFiles(state, NOW, () => undefined);
    deepStrictEqual(left(state), ["begun", "elsewhere", "killed", "running"]);
    removeLeftFiles(state, NOW, () => here);
    deepStrictEqual(left(state), ["begun", "elsewhere", "running"]);
    deepStrictEqual(
      Object.keys(rows).filter((id) => Deno.statSync(ledgerPath(state, id)).isFile),
      Object.keys(rows),
    );
  } finally {
    await Deno.remove(state, { recursive: true });
  }
});

function left(state: string): readonly string[] {
  const names = [...Deno.readDirSync(join(state, "launches"))].map(({ name }) => name).sort();
  return names.filter((name) =>
    [...Deno.readDirSync(join(state, "launches", name))].some((entry) => entry.name === "settings.json")
  );
}
