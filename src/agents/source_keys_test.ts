/** Members whose keys a source does not name are never parsed: what it finds must be the same with them. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { FIXTURE_HOME } from "../../tests/support/run_agent.ts";
import { discoverLogs } from "../scan/logs/discover.ts";
import { foldFile } from "../../tests/support/fold_file.ts";
import { loadSource, LOGGED_AGENTS } from "./agents.ts";
import { makeMachine } from "../host/environment.ts";

Deno.test("what a source's keys leave out changes nothing but time", async (t) => {
  const machine = makeMachine({ home: FIXTURE_HOME });
  const { files } = discoverLogs(LOGGED_AGENTS, machine, []);
  for (const agent of LOGGED_AGENTS) {
    await t.step(agent.id, async () => {
      const source = await loadSource(agent.id);
      if ("fields" in source) return;
      ok((source.keys?.length ?? 0) > 0);
      const whole = { ...source, keys: undefined };
      const logs = files.filter((found) => found.source === agent);
      let turns = 0;
      for (const { file } of logs) {
        const fold = foldFile(source, file, undefined);
        deepStrictEqual(fold, foldFile(whole, file, undefined), file.path);
        turns += fold.turns.length;
      }
      ok(logs.length > 1 && turns > 5, `${logs.length} logs, ${turns} turns`);
    });
  }
});
