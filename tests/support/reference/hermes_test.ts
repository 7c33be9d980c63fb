/** What a plain reading of a format finds is what the server counted: the description of the format is right. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withTemporaryDirectory } from "../run_agent.ts";
import { readHermes } from "./hermes.ts";

const SESSIONS = new URL("../../fixtures/sources/hermes/", import.meta.url);
const COUNTS = ["input", "output", "cacheRead", "cacheWrite", "cacheWrite1h"] as const;

Deno.test("a plain reading of Hermes' databases agrees with what is known of them", async (t) => {
  for (const directory of ["", "handmade/"]) {
    const expected = JSON.parse(await Deno.readTextFile(new URL(`${directory}expected.json`, SESSIONS)));
    await withTemporaryDirectory(async (home) => {
      Deno.mkdirSync(join(home, ".hermes"));
      const database = fileURLToPath(new URL(`${directory}home/.hermes/state.db`, SESSIONS));
      Deno.copyFileSync(database, join(home, ".hermes", "state.db"));
      const { sessions, responses } = readHermes(home);
      deepStrictEqual(Object.keys(expected).filter((id) => !sessions.includes(id)), []);
      strictEqual(new Set(responses.map(({ key }) => key)).size, responses.length);
      for (const id of sessions) {
        await t.step(id, () => {
          const own = responses.filter(({ session }) => session === id).map(({ sums }) => sums);
          const found = COUNTS.map((kind) => own.reduce((sum, one) => sum + one[kind], 0));
          // Nobody counted a session that asked for nothing.
          deepStrictEqual(found, COUNTS.map((kind) => expected[id]?.usage[kind] ?? 0));
        });
      }
    });
  }
});
