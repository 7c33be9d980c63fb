/**
 * Lost caches are told four times: one by one by the index, which keeps them of each log, and as sums of quarters of an hour;
 * of one session by its turns, which are read from its logs; and as the sums of a session. All say the same.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { generateCorpus } from "../bench/corpus_generator/generate_corpus.ts";
import { causeOf } from "../src/core/cache/misses.ts";
import { lifetimeTable } from "../src/core/cache/lifetime_table.ts";
import { addAmounts } from "../src/core/cost/add_amounts.ts";
import { addLossesTo, knownLoss, noLosses } from "../src/core/cost/miss_cost.ts";
import { makeMachine } from "../src/host/environment.ts";
import { openIndex } from "../src/scan/index/open_index.ts";
import type { AsOf } from "../src/scan/index/as_of.ts";
import { FIXTURE_HOME, FIXTURE_NOW, withTemporaryDirectory } from "./support/run_agent.ts";

/** @returns how many there are */
async function compareMisses(home: string, state: string, asOf: AsOf): Promise<number> {
  const scan = await openIndex({ machine: makeMachine({ home }), stateDirectory: join(state, "agent") });
  try {
    const lifetimes = lifetimeTable(await scan.lifetimes(asOf));
    const range = asOf.isPast ? { asOf: asOf.now } : {};
    const misses = await scan.misses(range);
    const bucketsOf = Map.groupBy(await scan.usageBuckets(range), ({ session }) => session);
    const bySession = Map.groupBy(misses, ({ session }) => session);
    for (const session of await scan.sessions(asOf)) {
      const kept = (bySession.get(session.id) ?? []).map((miss) => ({
        ...{ at: miss.at, gapMs: miss.gapMs, model: miss.model, cause: causeOf(miss, lifetimes) },
        ...{ missedTokens: miss.missedTokens, missedUsd: miss.usd },
      }));
      const turns = (await scan.explainedTurns(session.id, asOf))!.filter(({ outcome }) => outcome === "miss");
      const read = turns.map(({ at, gapMs, model, cause, missedTokens, missedUsd }) => ({
        ...{ at, gapMs, model, cause, missedTokens, missedUsd },
      }));
      const byTime = (a: { readonly at: number }, b: { readonly at: number }) => a.at - b.at;
      deepStrictEqual(kept.toSorted(byTime), read.toSorted(byTime), session.file);
      const lost = noLosses();
      for (const bucket of bucketsOf.get(session.id) ?? []) {
        if (bucket.lost !== undefined) addLossesTo(lost, bucket.lost);
      }
      deepStrictEqual([lost.misses, lost.tokens], [
        kept.length,
        kept.reduce((sum, miss) => sum + miss.missedTokens, 0),
      ]);
      if (session.misses === undefined) continue;
      strictEqual(session.misses, kept.length, session.file);
      const known = kept.map(({ missedUsd }) => missedUsd).filter((usd) => usd !== undefined);
      const sum = kept.length > 0 && known.length === 0 ? undefined : known.reduce(addAmounts, 0);
      strictEqual(session.missUsd?.toFixed(9), sum?.toFixed(9), session.file);
      strictEqual(knownLoss(lost)?.toFixed(9), sum?.toFixed(9), session.file);
    }
    return misses.length;
  } finally {
    scan.close();
  }
}

Deno.test("the index knows the lost caches that the turns of each session show", async (t) => {
  await withTemporaryDirectory(async (directory) => {
    const [corpus, state] = [join(directory, "home"), join(directory, "state")];
    generateCorpus({ directory: corpus, size: { bytes: 6_000_000 } });
    const homes: [name: string, home: string, past: string][] = [
      ["fixtures", FIXTURE_HOME, "2026-11-21T00:05:00Z"],
      ["a generated corpus", corpus, "2026-10-31T12:00:00Z"],
    ];
    for (const [name, home, past] of homes) {
      const kept = join(state, name.replaceAll(" ", "_"));
      const now = Date.parse(FIXTURE_NOW);
      let all = 0;
      await t.step(name, async () => {
        all = await compareMisses(home, kept, { now, isPast: false });
        ok(all > 0);
      });
      await t.step(`${name}, as of before`, async () => {
        const before = await compareMisses(home, kept, { now: Date.parse(past), isPast: true });
        ok(before > 0 && before < all, `${before} of ${all}`);
      });
    }
  });
});
