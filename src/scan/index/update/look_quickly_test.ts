/** What is found without a walk is what a walk finds. That it is, whatever changed: tables/known_directories_test.ts. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { piHeader, piLogPath, piTurn, writeLog } from "../../../../tests/support/logs.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { LOGGED_AGENTS } from "../../../agents/agents.ts";
import type { ExtraRoot } from "../../../core/extra_root.ts";
import { makeMachine } from "../../../host/environment.ts";
import { discoverLogs, type Discovery } from "../../logs/discover.ts";
import { listPlaces } from "../../logs/list_places.ts";
import { openIndex } from "../open_index.ts";
import { indexPath } from "../tables/index_file.ts";
import { KnownDirectories } from "../tables/known_directories.ts";
import { stampOf } from "../tables/stamp.ts";
import { IndexStore } from "../tables/store.ts";
import { packDiscovery } from "../tables/known_discovery.ts";
import { listChanges } from "./list_changes.ts";
import { lookQuickly } from "./look_quickly.ts";

const ID = "01a1fb64-0000-7000-8000-00000000000";
/** Of a time at which what a test writes is long past. */
const LATER = Date.now() + 3_600_000;

Deno.test("without a walk the same is found, and the same has changed", async (t) => {
  await withTemporaryDirectory(async (home) => {
    const machine = makeMachine({ home });
    const stateDirectory = join(home, ".opper/agent");
    const extraRoots: readonly ExtraRoot[] = [{ source: "pi", directory: join(home, "elsewhere") }];
    const logs = [piLogPath(home, `${ID}1`), piLogPath(home, `${ID}2`), join(home, "elsewhere/100 %/3.jsonl")];
    for (const [number, path] of logs.entries()) {
      const turn = piTurn({ id: `turn-${number}`, at: "2026-11-20T10:00:00.000Z" });
      await writeLog(path, [piHeader(`${ID}${number + 1}`), turn]);
    }
    // Of a few directories nothing is kept.
    for (let number = 0; number < 50; number++) await Deno.mkdir(join(home, `elsewhere/${number}`));
    for (let scan = 0; scan < 2; scan++) {
      (await openIndex({ machine, stateDirectory, extraRoots, now: () => LATER })).close();
    }
    const store = new IndexStore(indexPath(stateDirectory));
    const compare = (at: number) => {
      const places = listPlaces(LOGGED_AGENTS, machine, extraRoots);
      const quick = lookQuickly(
        store,
        places,
        new KnownDirectories(indexPath(stateDirectory), stateDirectory, at),
        at,
      )!;
      const walked = discoverLogs(LOGGED_AGENTS, machine, extraRoots, { at });
      const packed = packDiscovery(walked, places, 1);
      strictEqual(packed === walked, false);
      for (const discovery of [quick.discovery, packed]) {
        deepStrictEqual(listPlainly(discovery), listPlainly(walked));
        deepStrictEqual(stampOf(discovery), stampOf(walked));
        deepStrictEqual(discovery.find!(logs[2]!)!.file, walked.files.find(({ file }) => file.path === logs[2])!.file);
      }
      deepStrictEqual(quick.changes, listChanges(store, quick.discovery));
      return quick.changes.changed.map(({ file }) => file.path);
    };
    await t.step("nothing changed", () => deepStrictEqual(compare(LATER), []));
    await t.step("all was written so lately that more could go unseen", () => {
      strictEqual(compare(Date.now()).length, 3);
    });
    await t.step("a log grew", () => {
      Deno.writeTextFileSync(logs[2]!, "\n", { append: true });
      deepStrictEqual(compare(LATER), [logs[2]]);
    });
    await t.step("with other roots it has to be walked", () => {
      for (const others of [[], [...extraRoots, { source: "claude", directory: join(home, "elsewhere") }]]) {
        const known = new KnownDirectories(indexPath(stateDirectory), stateDirectory, LATER);
        strictEqual(lookQuickly(store, listPlaces(LOGGED_AGENTS, machine, others), known, LATER), undefined);
      }
    });
    await t.step("so it has where something is at a place that was missing", async () => {
      await writeLog(join(home, ".claude/projects/a/b.jsonl"), []);
      const known = new KnownDirectories(indexPath(stateDirectory), stateDirectory, LATER);
      strictEqual(lookQuickly(store, listPlaces(LOGGED_AGENTS, machine, extraRoots), known, LATER), undefined);
    });
    store.close();
  });
});

function listPlainly({ files, roots, problems, isPlain }: Discovery) {
  return { files: files.map(({ source: { id }, file }) => ({ id, file })), roots, problems, isPlain };
}
