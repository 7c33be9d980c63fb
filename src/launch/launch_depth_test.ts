/** How deep within launches a process is, by its environment and by the processes above it. */
import { strictEqual } from "node:assert/strict";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { appendRecord, ledgerPath } from "./ledger/ledger.ts";
import { launchDepth } from "./launch_depth.ts";

Deno.test("the depth within launches", async (t) => {
  const at = 1_700_000_000_000;
  await withTemporaryDirectory(async (directory) => {
    const launch = (launchId: string, pid: number) =>
      appendRecord(ledgerPath(directory, launchId), {
        type: "launch",
        launchId,
        launcher: "pi",
        at,
        cwd: "/",
        pid,
        host: "http://127.0.0.1:1",
        tags: {},
      });
    launch("outer", 100);
    launch("inner", 200);
    launch("ended", 300);
    appendRecord(ledgerPath(directory, "ended"), { type: "exit", at: at + 1, status: 0 });
    launch("killed", 400);

    const rows: [
      name: string,
      env: Record<string, string>,
      above: [pid: number, startedAt: number][],
      depth: number,
    ][] = [
      ["none", {}, [[50, 0]], 0],
      ["the environment alone", { OPPER_AGENT_DEPTH: "2" }, [], 2],
      ["what is no number", { OPPER_AGENT_DEPTH: "deep" }, [[100, at - 500]], 1],
      ["one above", {}, [[50, 0], [100, at - 500]], 1],
      ["two above, through a server", {}, [[50, 0], [200, at - 500], [60, 0], [100, at - 500]], 2],
      ["both say the same", { OPPER_AGENT_DEPTH: "2" }, [[200, at - 500], [100, at - 500]], 2],
      ["one that ended is not running", {}, [[300, at - 500]], 0],
      ["the clock of the system is a second off", {}, [[100, at + 1000]], 1],
      ["the id of one that was killed, taken by another since", {}, [[400, at + 60_000]], 0],
    ];
    for (const [name, env, above, depth] of rows) {
      await t.step(name, () => {
        const entries = above.map(([pid, startedAt]) => ({ pid, parent: 1, group: pid, startedAt }));
        strictEqual(launchDepth(directory, env, entries), depth);
      });
    }
  });
});
