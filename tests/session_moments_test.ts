/** When something happened to a session that is not a turn: its conversation was compacted, another was forked from it. */
import { deepStrictEqual } from "node:assert/strict";
import { FIXTURE_HOME, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

Deno.test("session: compactions and forks have their place in time", async (t) => {
  await withTemporaryDirectory(async (home) => {
    const ask = async (...args: string[]) =>
      JSON.parse(
        (await runAgent(["session", ...args, "--json", "--root", `pi=${FIXTURE_HOME}/.pi/agent/sessions`], { home }))
          .stdout,
      );
    await t.step("turns after a compaction say so", async () => {
      const { turns } = await ask("01a1fb65-f1", "--turns");
      const compacted = turns.map(({ afterCompaction }: { afterCompaction?: true }) => afterCompaction === true);
      // Five turns, a side request that summed them up, and so on: the sixth and the ninth follow one.
      deepStrictEqual(compacted, [false, false, false, false, false, true, false, false, true]);
    });
    await t.step("forks say when they began", async () => {
      const { forks } = await ask("01a1fb67-08b");
      deepStrictEqual(forks.map(({ startedAt }: { startedAt?: string }) => startedAt), ["2026-11-20T23:59:57.313Z"]);
    });
  });
});
