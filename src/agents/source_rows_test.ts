/** A source's rows come from the bytes of a line, or from a record that was parsed: what it finds must be the same. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { foldFile } from "../../tests/support/fold_file.ts";
import { readWholeLogs } from "../../tests/support/real_logs.ts";
import { loadSource } from "./agents.ts";

Deno.test("rows out of bytes give what rows of parsed records give, in every log of lines", async (t) => {
  const all = (await readWholeLogs()).filter(({ form }) => form === "lines");
  for (const [id, logs] of Map.groupBy(all, ({ source }) => source)) {
    await t.step(id, async () => {
      const source = await loadSource(id);
      let turns = 0;
      for (const { log } of logs) {
        const fold = foldFile(source, log, undefined);
        deepStrictEqual(fold, foldFile(source, log, undefined, { isParsed: true }), log.path);
        turns += fold.turns.length;
      }
      ok(logs.length > 1 && turns > 5, `${logs.length} logs, ${turns} turns`);
    });
  }
});
