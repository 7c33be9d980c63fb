/** Where prices come from in a whole run: what the tool recorded, prices.json, the price data; and what says so. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { SessionJson } from "../src/operations/report/schemas.ts";
import { writeLog } from "./support/logs.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { CODEX, FORK, makeSmallHome, PI, SMALL_NOW } from "./support/small_home.ts";

function isNear(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) < 1e-9;
}

Deno.test("prices.json sets what is not known, and what is", async (t) => {
  const prices = {
    providers: {
      acme: { models: { "acme-1": { input: 3, output: 15 } } },
      openai: { models: { "gpt-5.2": { input: 10, output: 100, cacheRead: 1 } } },
      anthropic: { models: { "claude-sonnet-4-6": { input: 100, output: 100 } } },
    },
  };
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const answerTo = async (...args: string[]) => {
      const { code, stdout, stderr } = await runAgent([...args, "--as-of", SMALL_NOW], { home });
      deepStrictEqual([stderr, code], ["", 0]);
      return stdout;
    };
    const costs = async () => {
      const { sessions } = JSON.parse(await answerTo("sessions", "--json"));
      return new Map<string, SessionJson["cost"]>(
        sessions.map(({ sessionId, cost }: SessionJson) => [sessionId, cost]),
      );
    };
    strictEqual((await costs()).get(FORK)!.basis, "none");
    const path = join(home, ".opper/agent/prices.json");
    await writeLog(path, [prices]);
    await t.step("a price that was missing", async () => {
      // (500 * 3 + 20 * 15) / 1e6 = 1800 / 1e6
      const cost = (await costs()).get(FORK)!;
      ok(isNear(cost.usd, 0.0018), String(cost.usd));
      deepStrictEqual([cost.basis, cost.unpricedTurns], ["computed", 0]);
    });
    await t.step("goes before the price data", async () => {
      // (976 * 10 + 1024 * 1 + 100 * 100) / 1e6 = (9760 + 1024 + 10000) / 1e6
      const cost = (await costs()).get(CODEX)!;
      ok(isNear(cost.usd, 0.020784), String(cost.usd));
    });
    await t.step("not before what the tool recorded", async () => {
      const cost = (await costs()).get(PI)!;
      ok(isNear(cost.usd, 0.00714) && cost.basis === "reported", JSON.stringify(cost));
    });
    await t.step("gone again", async () => {
      await Deno.remove(path);
      strictEqual((await costs()).get(FORK)!.basis, "none");
    });
    await t.step("the date of the price data is said under computed costs", async () => {
      match(await answerTo("cost", CODEX), /\nComputed costs use prices of \d{4}-\d\d-\d\d\.\n$/);
      ok(!(await answerTo("cost", PI)).includes("Computed costs"));
      const { pricesAsOf } = JSON.parse(await answerTo("cost", PI, "--json"));
      match(pricesAsOf, /^\d{4}-\d\d-\d\d$/);
    });
  });
});
