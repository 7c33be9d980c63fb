/**
 * The idle times of all logs by model, in order, as the index keeps them: learning how long a provider's cache lives is
 * then one pass over numbers.
 */
import { mayRestOnHistory } from "../../../core/cache/strategies.ts";
import type { LearnedLifetime } from "../../../core/cache/strategy.ts";
import { learnFromPools } from "../../../core/cache/survival.ts";
import type { GapPool } from "../../../core/cache/survival_curve.ts";
import { isSameModel, type ModelRef } from "../../../core/model.ts";
import { eachSample } from "../bytes/part_codec.ts";
import { readLearned, type StoredLifetimes } from "./learned_lifetimes.ts";
import type { Bytes, IndexStore } from "./store.ts";

/** What a scan adds to the pools and takes out of them. */
export class GapChanges {
  /** Gaps by model; those that the cache survived, and those that it did not. */
  readonly #models = new Map<string, ModelChanges>();

  /** @param part Made by `encodePart` */
  add(part: Bytes): void {
    this.#note(part, "added");
  }

  remove(part: Bytes): void {
    this.#note(part, "removed");
  }

  #note(part: Bytes, change: "added" | "removed"): void {
    let last: ModelRef | undefined;
    let changes: ModelChanges | undefined;
    eachSample(part, (model, gapMs, survived, _at, upstream) => {
      // Most have the same object for it as the one before.
      if (changes === undefined || model !== last || upstream !== changes.upstream) {
        changes = this.#changesOf(last = model, upstream);
      }
      changes[change][survived ? "survivals" : "drops"].push(gapMs);
    });
  }

  #changesOf(model: ModelRef, upstream: string | undefined): ModelChanges {
    const name = `${model.provider}\0${model.model}\0${upstream ?? ""}`;
    let changes = this.#models.get(name);
    if (changes === undefined) {
      const none = () => ({ survivals: [], drops: [] });
      this.#models.set(name, changes = { model, upstream, added: none(), removed: none() });
    }
    return changes;
  }

  /** Writes the pools that changed, and what they teach. */
  save(store: IndexStore): void {
    if (this.#models.size === 0) return;
    for (const { model, upstream = "", added, removed } of this.#models.values()) {
      const names = [model.provider, model.model, upstream];
      const [pool] = readPools(store, `WHERE ${OF_POOL}`, ...names);
      const survivals = changeGaps(pool?.survivals, added.survivals, removed.survivals);
      const drops = changeGaps(pool?.drops, added.drops, removed.drops);
      const lists = [survivals, drops].map(({ buffer }) => new Uint8Array(buffer));
      store.remove("gaps", OF_POOL, ...names);
      store.insert("gaps", [...names, ...lists]);
    }
    relearn(store, [...this.#models.values()]);
  }
}

const OF_POOL = "provider = ? AND model = ? AND upstream = ?";

interface ModelChanges extends Pick<GapPool, "model" | "upstream"> {
  readonly added: Gaps;
  readonly removed: Gaps;
}

interface Gaps {
  readonly survivals: number[];
  readonly drops: number[];
}

function changeGaps(
  before: Float64Array = new Float64Array(),
  added: readonly number[],
  removed: readonly number[],
): Float64Array<ArrayBuffer> {
  const gaps = new Float64Array(before.length + added.length);
  gaps.set(before);
  gaps.set(added, before.length);
  gaps.sort();
  return removed.length === 0 ? gaps : withoutEach(gaps, removed);
}

/** Each of `removed` takes one that is equal away. */
function withoutEach(gaps: Float64Array<ArrayBuffer>, removed: readonly number[]): Float64Array<ArrayBuffer> {
  const left = new Map<number, number>();
  for (const gap of removed) left.set(gap, (left.get(gap) ?? 0) + 1);
  return gaps.filter((gap) => {
    const count = left.get(gap) ?? 0;
    if (count > 0) left.set(gap, count - 1);
    return count === 0;
  });
}

/** Of all models, or of those that a condition chooses. */
export function readPools(store: IndexStore, where = "", ...values: string[]): GapPool[] {
  return store.all<{ provider: string; model: string; upstream: string; survivals: Bytes; drops: Bytes }>(
    `SELECT provider, model, upstream, survivals, drops FROM gaps ${where}`,
    ...values,
  ).map(({ provider, model, upstream, survivals, drops }) => ({
    model: { provider, model },
    ...(upstream === "" ? {} : { upstream }),
    survivals: new Float64Array(survivals.slice().buffer),
    drops: new Float64Array(drops.slice().buffer),
  }));
}

/**
 * A lifetime is learned from the pools of one provider: the others are as they were. Where no state of a cache rests on
 * it, it is learned when somebody asks to see it (see {@linkcode readLifetimes}).
 */
function relearn(store: IndexStore, changed: readonly Pick<GapPool, "model" | "upstream">[]): void {
  const { learned, outdated } = readLearned(store);
  const providers = new Set(changed.map(({ model }) => model.provider));
  const used = new Map<string, boolean>();
  const isUsed = (provider: string) => {
    let isKnown = used.get(provider);
    if (isKnown === undefined) {
      const models = store.all<{ model: string }>("SELECT model FROM gaps WHERE provider = ?", provider);
      used.set(provider, isKnown = models.some(({ model }) => mayRestOnHistory({ provider, model })));
    }
    return isKnown;
  };
  // What a host of a model has is in what the model has, wherever it is.
  const hasChanged = (model: ModelRef, upstream: string | undefined) =>
    changed.some((other) => isSameModel(other.model, model) && (upstream === undefined || other.upstream === upstream));
  const known = (model: ModelRef, upstream: string | undefined) =>
    hasChanged(model, upstream)
      ? undefined
      : learned.find((lifetime) =>
        lifetime.model === model.model && lifetime.provider === model.provider && lifetime.upstream === upstream
      );
  const kept: StoredLifetimes = {
    learned: [
      ...learned.filter(({ provider }) => !providers.has(provider)),
      ...[...providers].filter(isUsed).flatMap((provider) =>
        learnFromPools(readPools(store, "WHERE provider = ?", provider), known)
      ),
    ],
    outdated: [...new Set([...outdated, ...providers])].filter((provider) => !isUsed(provider)),
  };
  store.writeMeta("lifetimes", JSON.stringify(kept));
}

/** What this user's history says about cache lifetimes: of all providers, also of those that no state rests on. */
export function readLifetimes(store: IndexStore): readonly LearnedLifetime[] {
  const { learned, outdated } = readLearned(store);
  const fresh = outdated.flatMap((provider) => learnFromPools(readPools(store, "WHERE provider = ?", provider)));
  return [...learned, ...fresh].sort((a, b) => a.provider < b.provider ? -1 : a.provider > b.provider ? 1 : 0);
}
