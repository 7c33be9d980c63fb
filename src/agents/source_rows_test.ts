/** A source's rows come from the bytes of a line, or from a record that was parsed: what it finds must be the same. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { FIXTURE_HOME } from "../../tests/support/run_agent.ts";
import { discoverLogs } from "../scan/logs/discover.ts";
import { foldFile } from "../../tests/support/fold_file.ts";
import { loadSource, LOGGED_AGENTS } from "./agents.ts";
import { makeMachine } from "../host/environment.ts";

Deno.test("rows out of bytes give what rows of parsed records give, in every log", async (t) => {
  const machine = makeMachine({ home: FIXTURE_HOME });
  const { files } = discoverLogs(LOGGED_AGENTS, machine, []);
  for (const agent of LOGGED_AGENTS) {
    await t.step(agent.id, async () => {
      const source = await loadSource(agent.id);
      const logs = files.filter((found) => found.source === agent);
      let turns = 0;
      for (const { file } of logs) {
        const fold = foldFile(source, file, undefined);
        deepStrictEqual(fold, foldFile(source, file, undefined, { isParsed: true }), file.path);
        turns += fold.turns.length;
      }
      ok(logs.length > 1 && turns > 5, `${logs.length} logs, ${turns} turns`);
    });
  }
});
