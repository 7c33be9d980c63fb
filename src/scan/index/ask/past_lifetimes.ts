/** What this user's history said about cache lifetimes at a time in the past. */
import type { GapSample, LearnedLifetime } from "../../../core/cache/strategy.ts";
import { learnLifetimes, poolSamples } from "../../../core/cache/survival.ts";
import type { GapPool } from "../../../core/cache/survival_curve.ts";
import type { EpochMs } from "../../../core/model.ts";
import { eachSample } from "../bytes/part_codec.ts";
import type { Bytes, IndexStore } from "../tables/store.ts";

const ALL_PARTS = "SELECT part FROM files WHERE part <> x'' UNION ALL SELECT part FROM log_parts";

/** Of all providers, whatever was observed later. */
export function readPastLifetimes(store: IndexStore, until: EpochMs): readonly LearnedLifetime[] {
  return learnLifetimes(readPastSamples(store, until));
}

/** The pauses of all models that had been observed by then. */
export function readPastPools(store: IndexStore, until: EpochMs): readonly GapPool[] {
  return poolSamples(readPastSamples(store, until));
}

function readPastSamples(store: IndexStore, until: EpochMs): readonly GapSample[] {
  const samples: GapSample[] = [];
  for (const { part } of store.all<{ part: Bytes }>(ALL_PARTS)) {
    eachSample(part, (model, gapMs, survived, at, upstream) => {
      if (at > until) return;
      const sample = { model, at, gapMs, survived };
      samples.push(upstream === undefined ? sample : { ...sample, upstream });
    });
  }
  return samples;
}
