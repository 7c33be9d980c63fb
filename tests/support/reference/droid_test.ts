/** What a plain reading of a format finds is what the server counted: the description of the format is right. */
import { deepStrictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readDroid } from "./droid.ts";

const SESSIONS = new URL("../../fixtures/sources/droid/", import.meta.url);

Deno.test("a plain reading of Droid's sessions agrees with what is known of them", async (t) => {
  const expected = JSON.parse(await Deno.readTextFile(new URL("expected.json", SESSIONS)));
  const { sessions, responses } = readDroid(fileURLToPath(new URL("home", SESSIONS)));
  deepStrictEqual([...sessions].sort(), Object.keys(expected).sort());
  for (const { session, sums: { turns: _turns, usd: _usd, ...found } } of responses) {
    await t.step(session, () => {
      const { usage } = expected[session];
      // What was written for an hour is among what was written, as the server has it.
      deepStrictEqual(found, { ...usage, cacheWrite: usage.cacheWrite - usage.cacheWrite1h });
    });
  }
});
