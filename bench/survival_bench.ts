/** How long learning the cache lifetimes takes, over more pauses than years of work leave behind. */
import type { GapSample } from "../src/core/cache/strategy.ts";
import { learnLifetimes } from "../src/core/cache/survival.ts";
import { seededRandom } from "../tests/support/random.ts";

const random = seededRandom(1);
const SAMPLES: readonly GapSample[] = Array.from({ length: 100_000 }, (_, at) => {
  const gapMs = 60_000 + Math.floor(random() * 86_400_000);
  const model = { provider: `provider-${at % 4}`, model: `model-${at % 12}` };
  return { model, at, gapMs, survived: random() < 1 - gapMs / 90_000_000 };
});

Deno.bench("learn lifetimes from 100,000 pauses", () => {
  learnLifetimes(SAMPLES);
});
