import { deepStrictEqual, ok } from "node:assert/strict";
import { seededRandom } from "../../../../tests/support/random.ts";
import { learnLifetimes } from "../../../core/cache/survival.ts";
import { GapChanges, readLifetimes, readUsedLifetimes } from "./gaps.ts";
import { IndexStore } from "./store.ts";
import type { StoredSample } from "../sums/digest_log.ts";

Deno.test("pools that samples were added to and taken from teach what the samples do that are left", () => {
  const random = seededRandom(8);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const store = new IndexStore(":memory:");
  let logs: StoredSample[][] = [];
  let fitted = 0;
  for (let round = 0; round < 60; round++) {
    const changes = new GapChanges();
    const leaving = logs.filter(() => random() < 0.15);
    const coming = Array.from(
      { length: Math.floor(random() * 4) },
      () =>
        Array.from({ length: Math.floor(random() * 6) }, (): StoredSample => [
          // No state of a cache rests on what is learned of Anthropic: it is learned when it is asked for.
          pick(["openrouter", "xai", "anthropic"]),
          pick(["claude-opus-4-6", "claude-sonnet-4-5"]),
          round,
          // Few values, so that equal ones are taken away one by one.
          pick([60_000, 120_000, 300_000.5, 600_000]),
          pick([0, 1]),
        ]),
    );
    for (const log of coming) changes.add(JSON.stringify(log));
    for (const log of leaving) changes.remove(JSON.stringify(log));
    logs = [...logs.filter((log) => !leaving.includes(log)), ...coming];
    changes.save(store);

    const expected = learnLifetimes(
      logs.flat().map(([provider, model, at, gapMs, survived]) => ({
        model: { provider, model },
        at,
        gapMs,
        survived: survived === 1,
      })),
    );
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
  changes.add("[]");
  changes.remove("[]");
  changes.save(store);
  deepStrictEqual(readLifetimes(store), []);
  deepStrictEqual(store.readMeta("lifetimes"), undefined);
  store.close();
});
