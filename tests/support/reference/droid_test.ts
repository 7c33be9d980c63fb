/** What a plain reading of a format finds is what the server counted: the description of the format is right. */
import { deepStrictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readDroid } from "./droid.ts";

const SESSIONS = new URL("../../fixtures/sources/droid/", import.meta.url);

Deno.test("a plain reading of Droid's sessions agrees with what is known of them", async (t) => {
  const expected = JSON.parse(await Deno.readTextFile(new URL("expected.json", SESSIONS)));
  const sums = readDroid(fileURLToPath(new URL("home", SESSIONS)));
  deepStrictEqual(sums.map(({ session }) => session).sort(), Object.keys(expected).sort());
  for (const { session, model, api, ...found } of sums) {
    await t.step(session, () => {
      const { usage, models } = expected[session];
      // What was written for an hour is among what was written, as the server has it.
      deepStrictEqual(found, { ...usage, cacheWrite: usage.cacheWrite - usage.cacheWrite1h });
      if (found.input > 0) deepStrictEqual(Object.keys(models), [`${api}/${model}`]);
    });
  }
});
