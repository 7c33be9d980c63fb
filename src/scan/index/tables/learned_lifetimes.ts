/** How long providers' caches live, as the last scan learned it: what the state of a cache is told by. */
import type { LearnedLifetime } from "../../../core/cache/strategy.ts";
import type { IndexStore } from "./store.ts";

/** What was learned of lifetimes. */
export interface StoredLifetimes {
  readonly learned: readonly LearnedLifetime[];
  /** Providers that are not among them although there are samples. */
  readonly outdated: readonly string[];
}

/** All that is kept. */
export function readLearned(store: IndexStore): StoredLifetimes {
  const stored = store.readMeta("lifetimes");
  return stored === undefined ? { learned: [], outdated: [] } : JSON.parse(stored) as StoredLifetimes;
}

/** What is known of the lifetimes that the state of a cache may rest on. */
export function readUsedLifetimes(store: IndexStore): readonly LearnedLifetime[] {
  return readLearned(store).learned;
}
