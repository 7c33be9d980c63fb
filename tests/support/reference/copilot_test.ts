/** What a plain reading of a format finds is what the server counted: the description of the format is right. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readCopilot } from "./copilot.ts";

const SESSIONS = new URL("../../fixtures/sources/copilot/", import.meta.url);

Deno.test("a plain reading of Copilot CLI's logs agrees with what is known of them", async (t) => {
  for (const directory of ["", "handmade/"]) {
    const expected = JSON.parse(await Deno.readTextFile(new URL(`${directory}expected.json`, SESSIONS)));
    const { sessions, responses } = readCopilot(fileURLToPath(new URL(`${directory}home`, SESSIONS)));
    deepStrictEqual([...sessions].sort(), Object.keys(expected).sort());
    for (const id of sessions) {
      await t.step(id, () => {
        const found = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 };
        let usd = 0;
        for (const { session, sums } of responses) {
          if (session !== id) continue;
          for (const kind of Object.keys(found) as (keyof typeof found)[]) found[kind] += sums[kind];
          usd += sums.usd;
        }
        deepStrictEqual(found, expected[id].usage);
        ok(Math.abs(usd - (expected[id].usdAtOneCent ?? 0)) < 1e-9, `$${usd}`);
      });
    }
  }
});
