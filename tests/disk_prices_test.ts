/** Prices that tools keep on disk, in a whole run: for what no list has, and without scanning anew for nothing. */
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { SessionJson } from "../src/operations/report/schemas.ts";
import { indexPath } from "../src/scan/index/tables/index_file.ts";
import { IndexStore } from "../src/scan/index/tables/store.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { CODEX, FORK, makeSmallHome, SMALL_NOW } from "./support/small_home.ts";

Deno.test("what tools know of prices fills what the lists lack", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const costOf = async (id: string) => {
      const { code, stdout, stderr } = await runAgent(["sessions", "--json", "--as-of", SMALL_NOW], { home });
      deepStrictEqual([stderr, code], ["", 0]);
      const { sessions } = JSON.parse(stdout) as { sessions: SessionJson[] };
      const { usd, basis } = sessions.find(({ sessionId }) => sessionId === id)!.cost;
      return [Math.round(usd * 1e9) / 1e9, basis];
    };
    const readMeta = (key: string) => {
      const store = new IndexStore(indexPath(join(home, ".opper/agent")));
      try {
        return store.readMeta(key);
      } finally {
        store.close();
      }
    };
    const models = join(home, ".pi/agent/models.json");
    const store = join(home, ".pi/agent/models-store.json");
    const acme = (more: object) => [{ providers: { acme: { baseUrl: "https://acme.example/v1", ...more } } }];
    const codex = await costOf(CODEX);

    deepStrictEqual(await costOf(FORK), [0, "none"]);
    await t.step("a model of the user's own in Pi", async () => {
      await writeLog(models, acme({ models: [{ id: "acme-1", cost: { input: 3, output: 15 } }] }));
      // (500 * 3 + 20 * 15) / 1e6 = 1800 / 1e6
      deepStrictEqual(await costOf(FORK), [0.0018, "computed"]);
    });
    await t.step("the user's prices go first", async () => {
      const own = join(home, ".opper/agent/prices.json");
      await writeLog(own, [{ providers: { acme: { models: { "acme-1": { input: 1, output: 0 } } } } }]);
      // 500 * 1 / 1e6
      deepStrictEqual(await costOf(FORK), [0.0005, "computed"]);
      await Deno.remove(own);
    });
    await t.step("a server on this machine is free", async () => {
      await writeLog(models, acme({ baseUrl: "http://localhost:1234/v1", models: [{ id: "acme-1" }] }));
      deepStrictEqual(await costOf(FORK), [0, "computed"]);
    });
    await t.step("a catalogue that says nothing new changes no version", async () => {
      const before = [readMeta("prices"), readMeta("diskPrices")];
      // What a list has costs what the list says.
      await writeLog(store, [{ openai: { models: [{ id: "gpt-5.2", cost: { input: 100, output: 100 } }] } }]);
      deepStrictEqual(await costOf(CODEX), codex);
      deepStrictEqual(await costOf(FORK), [0, "computed"]);
      strictEqual(readMeta("prices"), before[0]);
      notStrictEqual(readMeta("diskPrices"), before[1]);
      ok(!readMeta("diskPrices")!.includes("gpt-5.2"));
    });
    await t.step("the gateway's own list, for what it billed", async () => {
      const id = "0199f6c5-0000-7000-8000-0000000000aa";
      const turn = { id: "1", at: "2026-11-20T11:59:00.000Z", provider: "opper", model: "acme/acme-2" };
      await writeLog(piLogPath(home, id), [
        piHeader(id),
        piTurn({ ...turn, input: 500, cacheRead: 1000, output: 20, usd: 0 }),
      ]);
      deepStrictEqual(await costOf(id), [0, "none"]);
      const models = [{ id: "acme/acme-2", price: { input: 3, output: 15, cacheRead: 0.3 } }];
      const hosts = { "https://api.opper.ai": { fetchedAt: 1, key: "", models } };
      await writeLog(join(home, ".opper/agent/catalogue.json"), [{ version: 1, hosts }]);
      // (500 * 3 + 1000 * 0.3 + 20 * 15) / 1e6 = 2100 / 1e6
      deepStrictEqual(await costOf(id), [0.0021, "computed"]);
    });
    await t.step("broken files have no prices", async () => {
      await Deno.writeTextFile(models, '{"providers": {"acme": ');
      await Deno.writeTextFile(store, "\0");
      await Deno.writeTextFile(join(home, ".claude.json"), '{"additionalModelCostsCache": [');
      deepStrictEqual(await costOf(FORK), [0, "none"]);
      deepStrictEqual(await costOf(CODEX), codex);
    });
  });
});
