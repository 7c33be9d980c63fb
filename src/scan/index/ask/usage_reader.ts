/** Answers questions about the usage of one scan, and keeps between them what the next one wants again. */
import type { LogTurns } from "../log_turns.ts";
import type { BucketRange, UsageBucket } from "../sums/usage_buckets.ts";
import type { IndexStore } from "../tables/store.ts";
import { foldUsage } from "./fold_usage.ts";
import { LogPartReader } from "./log_part_reader.ts";
import { readSessionMisses, readUsageBuckets, type SessionMiss } from "./usage_in_range.ts";

export class UsageReader {
  readonly #store: IndexStore;
  readonly #readTurns: LogTurns["read"];
  readonly #parts = new LogPartReader();

  constructor(store: IndexStore, readTurns: LogTurns["read"]) {
    this.#store = store;
    this.#readTurns = readTurns;
  }

  #ask(range: BucketRange) {
    return { store: this.#store, parts: this.#parts, readTurns: this.#readTurns, range };
  }

  async buckets(range: BucketRange): Promise<readonly UsageBucket[]> {
    return await readUsageBuckets(this.#ask(range));
  }

  /** See {@linkcode foldUsage}. */
  async fold<Sums>(
    range: BucketRange,
    begin: () => Sums,
    add: (sums: Sums, bucket: UsageBucket) => void,
  ): Promise<Sums> {
    return await foldUsage(this.#ask(range), begin, add);
  }

  misses(range: BucketRange): readonly SessionMiss[] {
    return readSessionMisses(this.#store, this.#parts, range);
  }
}
