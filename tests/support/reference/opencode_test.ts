import { deepStrictEqual, ok } from "node:assert/strict";
import { readKiloReference } from "./kilo.ts";
import { readOpencodeReference } from "./opencode.ts";

const FIXTURES = new URL("../../fixtures/sources/", import.meta.url);

Deno.test("a slow, obvious reader finds what the gateways have of sessions of OpenCode and Kilo", async (t) => {
  for (const [source, read] of [["opencode", readOpencodeReference], ["kilo", readKiloReference]] as const) {
    await t.step(source, () => {
      const directory = new URL(`${source}/`, FIXTURES);
      const expected = JSON.parse(Deno.readTextFileSync(new URL("expected.json", directory)))[source];
      const { sessions, responses } = read(decodeURIComponent(new URL("home", directory).pathname));
      const counted = new Set<string>();
      const sums = new Map(
        sessions.map((id) => [id, { turns: 0, input: 0, cacheRead: 0, cacheWrite: 0, output: 0, usd: 0 }]),
      );
      for (const { key, session, sums: found } of responses.toSorted((a, b) => Number(a.isCopy) - Number(b.isCopy))) {
        if (counted.size === counted.add(key).size) continue;
        const sum = sums.get(session)!;
        for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += found[name];
      }
      for (const [id, { turns, tokens, usd, parent }] of Object.entries<Record<string, never>>(expected)) {
        const sum = sums.get(parent ?? id)!;
        sum.turns -= turns!;
        for (const name of ["input", "cacheRead", "cacheWrite", "output"] as const) sum[name] -= tokens![name];
        // Not known where an engine wrote 0 for a part of it.
        sum.usd = usd === undefined ? 0 : sum.usd - usd;
      }
      ok(sums.size > 1);
      for (const [id, { usd, ...rest }] of sums) {
        deepStrictEqual([id, rest], [id, { turns: 0, input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }]);
        ok(Math.abs(usd) < 1e-9, `${id}: ${usd}`);
      }
    });
  }
});
