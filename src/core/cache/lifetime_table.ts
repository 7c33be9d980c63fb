/** Which of the lifetimes that were learned answers for a model. Light, since every answer asks. */
import type { ModelRef } from "../model.ts";
import { type LearnedLifetime, type LifetimeTable, NEEDED_DROPS, NEEDED_SURVIVALS } from "./strategy.ts";

/**
 * Answers with the model's lifetime at the host that is meant, where it has samples enough, else with that of the model
 * wherever it was, else with its provider's, else with whatever counts
 * there are. A model whose many samples show no end is not given the end of others.
 */
export function lifetimeTable(learned: readonly LearnedLifetime[]): LifetimeTable {
  const byModel = new Map<string, LearnedLifetime>();
  const byProvider = new Map<string, LearnedLifetime>();
  for (const lifetime of learned) {
    if (lifetime.model === undefined) byProvider.set(lifetime.provider, lifetime);
    else byModel.set(nameOfPool({ provider: lifetime.provider, model: lifetime.model }, lifetime.upstream), lifetime);
  }
  return {
    lookUp({ provider, model }: ModelRef, upstream) {
      const there = upstream === undefined ? undefined : byModel.get(nameOfPool({ provider, model }, upstream));
      if (there !== undefined && hasEnough(there)) return there;
      const own = byModel.get(`${provider}\0${model}`);
      const pooled = byProvider.get(provider);
      // Whoever is behind a host without a name may be another one each time.
      if (provider === "unknown") return own;
      // Without any fit the larger pool says best how many samples there are.
      return [own, pooled].find((lifetime) => lifetime !== undefined && hasEnough(lifetime)) ?? pooled ?? own;
    },
  };
}

/** The name of the samples that are one model's at one host, or wherever it was. */
export function nameOfPool({ provider, model }: ModelRef, upstream: string | undefined): string {
  return upstream === undefined ? `${provider}\0${model}` : `${provider}\0${model}\0${upstream}`;
}

/** Whether samples are enough to fit a lifetime to them. */
export function hasEnough({ survivals, drops }: Pick<LearnedLifetime, "survivals" | "drops">): boolean {
  return survivals >= NEEDED_SURVIVALS && drops >= NEEDED_DROPS;
}
