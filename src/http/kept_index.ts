/**
 * One scan for all requests, kept while somebody looks: no request looks at all logs again. A page that is connected has
 * it renewed by the live loop; without one, a request renews it when that is due, and it is closed when nobody asks.
 */
import type { DurationMs } from "../core/model.ts";
import type { OperationContext } from "../operations/contract/context.ts";
import type { FoundSessions } from "../operations/live/live_changes.ts";
import type { LiveFeed } from "../operations/live/live_feed.ts";

export type Scan = Awaited<ReturnType<OperationContext["openIndex"]>>;

/** A scan that is lent. */
export interface LentScan {
  readonly scan: Scan;
  /** Goes up with each scan that found something else; begins at 1. */
  readonly number: number;
  /** To be called once. */
  release(): void;
}

interface Kept {
  readonly scan: Scan;
  readonly number: number;
  users: number;
  isRetired: boolean;
}

/** What it is made of. */
export interface KeptIndexOptions {
  readonly feed: LiveFeed;
  open(): Promise<Scan>;
  /** Looks at what a scan found: what differs from the last one shows by another mark. */
  describe(scan: Scan, now: number, last: FoundSessions | undefined): Promise<FoundSessions>;
  /** Whether a live loop keeps it up to date. */
  isWatched(): boolean;
}

/** An open scan keeps the index from being tidied up by others: not for long without a reason. */
const IDLE_MS: DurationMs = 30_000;

export class KeptIndex {
  readonly #options: KeptIndexOptions;
  #kept: Kept | undefined;
  #opening: Promise<void> | undefined;
  #found: FoundSessions | undefined;
  #number = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(options: KeptIndexOptions) {
    this.#options = options;
  }

  /** Of the latest scan; 0 before the first. */
  get number(): number {
    return this.#number;
  }

  /** @throws {unknown} what the scan throws, where there is none that could be lent */
  async acquire(): Promise<LentScan> {
    const { feed, isWatched } = this.#options;
    // One that ended while this waited is no use: it is asked for again.
    while (this.#kept === undefined || (!isWatched() && feed.isDue())) await this.renew();
    const kept = this.#kept;
    kept.users++;
    let isReleased = false;
    return {
      scan: kept.scan,
      number: kept.number,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        kept.users--;
        this.#closeUnused(kept);
      },
    };
  }

  /** Scans; calls at the same time share one. */
  async renew(): Promise<void> {
    this.#opening ??= this.#open().finally(() => this.#opening = undefined);
    await this.#opening;
  }

  /** The next one is another, which looks at all of the index. @returns false when there is nothing to be doubted */
  distrust({ scan }: Pick<LentScan, "scan">): boolean {
    if (!scan.distrust()) return false;
    if (this.#kept?.scan === scan) this.#retire();
    return true;
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => {});
    clearTimeout(this.#idle);
    const kept = this.#kept;
    this.#kept = undefined;
    kept?.scan.close();
  }

  async #open(): Promise<void> {
    const { feed, open, describe } = this.#options;
    let scan: Scan | undefined;
    try {
      await feed.look(async (now) => {
        scan = await open();
        const found = await describe(scan, now, this.#found);
        if (found.mark !== this.#found?.mark) this.#number++;
        this.#found = found;
        return found;
      });
    } catch (error) {
      scan?.close();
      throw error;
    }
    this.#retire();
    this.#kept = { scan: scan!, number: this.#number, users: 0, isRetired: false };
    this.#closeUnused(this.#kept);
  }

  #retire(): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    this.#kept = undefined;
    kept.isRetired = true;
    this.#closeUnused(kept);
  }

  #closeUnused(kept: Kept): void {
    if (kept.users > 0) return;
    if (kept.isRetired) return kept.scan.close();
    this.#waitIdle();
  }

  #waitIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#options.isWatched()) this.#waitIdle();
      else if (this.#kept?.users === 0) this.#retire();
    }, IDLE_MS);
  }
}
