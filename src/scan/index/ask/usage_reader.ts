/** Answers questions about usage in a range of time: of what an earlier answer left ready, or of the parts of logs. */
import type { LogTurns } from "../log_turns.ts";
import type { BucketRange, UsageBucket } from "../sums/usage_buckets.ts";
import type { UsageIndexParts } from "../usage_index_parts.ts";
import type { UsageQuestion } from "./fold_usage.ts";
import type { FoundUsage } from "./found_usage.ts";
import type { LogPartReader } from "./log_part_reader.ts";
import { markUsage, ReadyUsage } from "./ready_usage.ts";
import type { SessionMiss } from "./usage_in_range.ts";

type Parts = Pick<UsageIndexParts, "index" | "store" | "indexPath" | "unsaved">;

/** Of more nothing is gathered, which takes memory: it would be more than is kept. */
const MANY_LOGS = 16_384;

/** Of one scan. */
export class UsageReader {
  readonly #parts: Parts;
  readonly #openTurns: () => Promise<LogTurns>;
  #partReader: LogPartReader | undefined;
  /** Null where none is there. */
  #ready: ReadyUsage | null | undefined;
  #found: FoundUsage | undefined;

  constructor(parts: Parts, openTurns: () => Promise<LogTurns>) {
    this.#parts = parts;
    this.#openTurns = openTurns;
  }

  /** See {@linkcode foldUsage}. */
  async fold<Sums>(
    range: BucketRange,
    begin: () => Sums,
    add: (sums: Sums, bucket: UsageBucket) => void,
  ): Promise<Sums> {
    const ready = this.#openReady(range);
    const { store, unsaved } = this.#parts;
    // What is unsaved is in no tally yet.
    if (ready !== undefined && unsaved === undefined) {
      const { foldReady } = await import("./fold_ready.ts");
      const sums = store.read(() =>
        ready.isWhole(markUsage(store)) ? foldReady(ready, { store, range }, begin, add) : undefined
      );
      if (sums !== undefined) return sums;
    }
    return await (await import("./fold_usage.ts")).foldUsage(await this.#askForNext(range, ready), begin, add);
  }

  /** One by one. */
  async buckets(range: BucketRange): Promise<readonly UsageBucket[]> {
    return await (await import("./usage_in_range.ts")).readUsageBuckets(await this.#ask(range));
  }

  /** Lost caches, one by one. */
  async misses(range: BucketRange): Promise<readonly SessionMiss[]> {
    const { readSessionMisses } = await import("./usage_in_range.ts");
    return readSessionMisses(this.#parts.store, await this.#openParts(), range);
  }

  /** Keeps what was found for the next answer, or has that find all anew. */
  save(): void {
    this.#found?.save();
    this.#found = undefined;
    if (this.#ready?.isOld) ReadyUsage.clear(this.#parts.indexPath);
  }

  #openReady({ since }: BucketRange): ReadyUsage | undefined {
    const { index, indexPath } = this.#parts;
    if (index.isInMemory) return undefined;
    this.#ready ??= ReadyUsage.open(indexPath) ?? null;
    return this.#ready?.covers(since) ? this.#ready : undefined;
  }

  async #ask(range: BucketRange): Promise<UsageQuestion> {
    const readTurns: UsageQuestion["readTurns"] = async (log) => (await this.#openTurns()).read(log);
    return { store: this.#parts.store, parts: await this.#openParts(), readTurns, range };
  }

  async #askForNext(range: BucketRange, ready: ReadyUsage | undefined): Promise<UsageQuestion> {
    const { index, store, indexPath, unsaved } = this.#parts;
    const question = { ...await this.#ask(range), ready };
    // Gathering all costs as much as reading some: nobody does where most is ready.
    if (ready !== undefined) return question;
    // A run for which something changed has enough to do, and what is asked up to a time is no more than a part.
    const { since, until, asOf } = range;
    if (index.isInMemory || unsaved !== undefined || until !== undefined || asOf !== undefined) return question;
    if (this.#found?.covers(since) || store.readTally("files").rows > MANY_LOGS) return question;
    const { FoundUsage } = await import("./found_usage.ts");
    return { ...question, find: () => this.#found = new FoundUsage(indexPath, since, markUsage(store)) };
  }

  async #openParts(): Promise<LogPartReader> {
    return this.#partReader ??= new (await import("./log_part_reader.ts")).LogPartReader();
  }
}
