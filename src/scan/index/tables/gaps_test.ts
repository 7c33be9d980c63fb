import { deepStrictEqual, ok } from "node:assert/strict";
import { seededRandom } from "../../../../tests/support/random.ts";
import { learnLifetimes } from "../../../core/cache/survival.ts";
import { GapChanges, readLifetimes } from "./gaps.ts";
import { readUsedLifetimes } from "./learned_lifetimes.ts";
import { IndexStore } from "./store.ts";
import type { GapSample } from "../../../core/cache/strategy.ts";
import { encodePart } from "../bytes/part_codec.ts";

Deno.test("pools that samples were added to and taken from teach what the samples do that are left", () => {
  const random = seededRandom(8);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const store = new IndexStore(":memory:");
  let logs: GapSample[][] = [];
  let fitted = 0;
  for (let round = 0; round < 60; round++) {
    const changes = new GapChanges();
    const leaving = logs.filter(() => random() < 0.15);
    const coming = Array.from(
      { length: Math.floor(random() * 4) },
      () =>
        Array.from({ length: Math.floor(random() * 6) }, (): GapSample => ({
          // No state of a cache rests on what is learned of Anthropic: it is learned when it is asked for.
          model: {
            provider: pick(["openrouter", "xai", "anthropic"]),
            model: pick(["claude-opus-4-6", "claude-sonnet-4-5"]),
          },
          at: round,
          // Few values, so that equal ones are taken away one by one.
          gapMs: pick([60_000, 120_000, 300_000.5, 600_000]),
          survived: pick([false, true]),
        })),
    );
    for (const log of coming) changes.add(encodePart(log, []));
    for (const log of leaving) changes.remove(encodePart(log, []));
    logs = [...logs.filter((log) => !leaving.includes(log)), ...coming];
    changes.save(store);

    const expected = learnLifetimes(logs.flat());
    deepStrictEqual(readLifetimes(store), expected);
    deepStrictEqual(
      readUsedLifetimes(store).toSorted((a, b) => a.provider < b.provider ? -1 : a.provider > b.provider ? 1 : 0),
      expected.filter(({ provider }) => provider !== "anthropic"),
    );
    fitted += expected.filter(({ fit }) => fit !== undefined).length;
  }
  ok(fitted > 20, `${fitted} lifetimes`);
  store.close();
});

Deno.test("nothing observed writes nothing", () => {
  const store = new IndexStore(":memory:");
  const changes = new GapChanges();
  changes.add(encodePart([], []));
  changes.remove(encodePart([], []));
  changes.save(store);
  deepStrictEqual(readLifetimes(store), []);
  deepStrictEqual(store.readMeta("lifetimes"), undefined);
  store.close();
});
