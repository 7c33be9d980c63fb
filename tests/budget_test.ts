/** A budget for the month, as one more limit: of the program itself. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome } from "./support/small_home.ts";

const AS_OF = "2026-11-21T00:00:00Z";

Deno.test("limits has a row for the budget", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const run = (...args: string[]) => runAgent(["limits", "--as-of", AS_OF, ...args], { home });
    const json = async (...args: string[]) => JSON.parse((await run("--json", ...args)).stdout);
    await t.step("none where none is set", async () => deepStrictEqual((await json()).limits, []));
    const { code } = await runAgent(["config", "set", "budget.usdPerMonth", "0.1"], { home });
    strictEqual(code, 0);
    const { total } = JSON.parse(
      (await runAgent(["cost", "--since", "2026-11-01", "--as-of", AS_OF, "--json"], { home })).stdout,
    );
    await t.step("with what cost says of the month", async () => {
      const [row, ...others] = (await json()).limits;
      deepStrictEqual(others, []);
      deepStrictEqual([row.source, row.window], ["budget", "month"]);
      // Added up in another order.
      strictEqual(row.budget.spentUsd.toFixed(12), total.cost.usd.toFixed(12));
      strictEqual(row.usedPercent.toFixed(9), (total.cost.usd * 1000).toFixed(9));
      match((await run()).stdout, /^budget +month +(at least )?\d+(\.\d)?% .* Dec 01 00:00 /m);
    });
    await t.step("--fail-above counts it", async () => {
      strictEqual((await run("--fail-above", "1")).code, 3);
      strictEqual((await run("--fail-above", "1000")).code, 0);
    });
    await t.step("which is of no agent alone", async () => {
      deepStrictEqual((await json("--source", "pi")).limits, []);
      strictEqual((await run("--source", "pi", "--fail-above", "1")).code, 0);
    });
    await t.step("in the month of the zone", async () => {
      const [row] = (await json("--timezone", "Pacific/Kiritimati")).limits;
      strictEqual(row.resetsAt, "2026-11-30T10:00:00.000Z");
    });
    await Deno.writeTextFile(join(home, ".opper/agent/config.json"), '{"budget":{"usdPerMonth":-5}}');
    await t.step("a wrong one is a mistake", async () => {
      const { code, stderr } = await run();
      strictEqual(code, 2);
      match(stderr, /"budget\.usdPerMonth" of .* holds -5: expected a number above 0/);
    });
  });
});
