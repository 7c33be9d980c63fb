/**
 * The loop behind the pages that are connected: scans when something changed, and tells all of them what. No page: no
 * looking, but once for the page that is about to be opened.
 */
import { AgentError } from "../core/errors.ts";
import { isoTime } from "../core/iso_time.ts";
import { toSafeJson } from "../core/json/safe_json.ts";
import type { DurationMs, EpochMs } from "../core/model.ts";
import type { OperationContext } from "../operations/contract/context.ts";
import { ChangedSessions } from "../operations/live/changed_sessions.ts";
import type { LiveFeed } from "../operations/live/live_feed.ts";
import { changedRows } from "../operations/live/live_changes.ts";
import { cache } from "../operations/usage/cache.ts";
import { overview } from "../operations/usage/overview.ts";
import { checkInput } from "../operations/contract/check_input.ts";
import type { KeptIndex, LentScan } from "./kept_index.ts";
import { type LiveEventData, LiveStream } from "./live_stream.ts";

/** What the loop is about. */
export interface LiveLoopOptions {
  readonly feed: LiveFeed;
  readonly kept: KeptIndex;
  /** Differs at each start: numbers of scans begin anew. */
  readonly run: string;
  /** What a page is told first, besides the scan. */
  readonly hello: Readonly<Record<string, unknown>>;
  now(): EpochMs;
  /** Of this moment, with this scan. */
  makeContext(use: LentScan): OperationContext;
  onBug(error: unknown): void;
}

const SECOND: DurationMs = 1000;
const PROGRESS_MS: DurationMs = 200;
const COMMENT_MS: DurationMs = 15 * SECOND;
/** What the board says besides countdowns, such as what is at stake, is told at least so often. */
const BOARD_MS: DurationMs = 60 * SECOND;
const FAILED_REST_MS: DurationMs = 5 * SECOND;
const MAXIMUM_STREAMS = 16;

export class LiveLoop {
  readonly #options: LiveLoopOptions;
  readonly #streams = new Set<LiveStream>();
  readonly #changed = new ChangedSessions();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isTicking = false;
  #commentedAt = 0;
  #progressAt = -Infinity;
  /** What pages were told last: of which scan, and when that differs though nothing was scanned. */
  #board: { readonly number: number; readonly nextAt: EpochMs; readonly event: LiveEventData } | undefined;
  /** The scan whose list a page has; undefined where it has one of another start. */
  readonly #seen = new WeakMap<LiveStream, number | undefined>();
  /** Pages that came before the first scan: they ask for the list once they hear of it. */
  readonly #fresh = new WeakSet<LiveStream>();
  #hasNewPage = false;
  /** After a scan that failed, on the clock that only runs forward. */
  #restsUntil: DurationMs = -Infinity;

  constructor(options: LiveLoopOptions) {
    this.#options = options;
  }

  get isWatched(): boolean {
    return this.#streams.size > 0;
  }

  /** How a scan is called in ETags and ids of events. */
  scanId(number: number): string {
    return `${this.#options.run}-${number}`;
  }

  /**
   * @param since id of the last event that the page has seen; undefined for a new page
   * @returns undefined when there are too many pages
   */
  connect(since: string | undefined): LiveStream | undefined {
    if (this.#streams.size >= MAXIMUM_STREAMS) return undefined;
    const stream: LiveStream = new LiveStream(() => {
      this.#streams.delete(stream);
      if (!this.isWatched) this.#rest();
    });
    const { run, hello, now, kept } = this.#options;
    const [, known] = new RegExp(`^${run}-(\\d+)$`).exec(since ?? "") ?? [];
    stream.put("hello", () => ({
      data: toSafeJson({
        ...hello,
        now: isoTime(now()),
        scan: kept.number === 0 ? undefined : this.scanId(kept.number),
      }),
    }));
    this.#streams.add(stream);
    if (since !== undefined) this.#seen.set(stream, known === undefined ? undefined : Number(known));
    else if (kept.number > 0) this.#seen.set(stream, kept.number);
    else this.#fresh.add(stream);
    this.#hasNewPage = true;
    this.#wake();
    return stream;
  }

  /**
   * Scans, and makes the board, for the page that is about to be opened: a browser takes longer to start than both. What
   * fails here fails again for whoever asks, and is said there.
   */
  async prepare(): Promise<void> {
    this.#isTicking = true;
    try {
      await this.#options.kept.renew();
      await this.#tell();
    } catch (error) {
      if (!(error instanceof AgentError)) this.#options.onBug(error);
    } finally {
      this.#isTicking = false;
    }
    // A page that came meanwhile.
    if (this.isWatched) this.#wake();
  }

  /** Bytes of logs that were read: as often as a person can follow. */
  progress(done: number, total: number): void {
    const at = performance.now();
    if (total === 0 || (done < total && at - this.#progressAt < PROGRESS_MS)) return;
    this.#progressAt = at;
    for (const stream of this.#streams) stream.put("progress", () => ({ data: toSafeJson({ done, total }) }));
  }

  /** Says goodbye to all pages. */
  close(): void {
    this.#rest();
    for (const stream of this.#streams) {
      stream.put("bye", () => ({ data: toSafeJson({ now: isoTime(this.#options.now()) }) }));
      stream.end();
    }
  }

  #wake(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tick(), 0);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#board = undefined;
  }

  async #tick(): Promise<void> {
    if (this.#isTicking || !this.isWatched) return;
    this.#isTicking = true;
    const { feed, kept, now, onBug } = this.#options;
    try {
      if (performance.now() >= this.#restsUntil) {
        if (feed.isDue()) await kept.renew();
        await this.#tell();
      }
    } catch (error) {
      this.#restsUntil = performance.now() + FAILED_REST_MS;
      // A page hears of it when it asks.
      if (!(error instanceof AgentError)) onBug(error);
    } finally {
      this.#isTicking = false;
    }
    this.#comment();
    if (!this.isWatched) return this.#rest();
    clearTimeout(this.#timer);
    // Right after the clock's next second.
    this.#timer = setTimeout(() => void this.#tick(), SECOND - now() % SECOND + 5);
  }

  /** All pages what is new of the latest scan. */
  async #tell(): Promise<void> {
    const { kept, now, makeContext } = this.#options;
    const use = await kept.acquire();
    try {
      const isNew = this.#board?.number !== use.number;
      const isDue = isNew || now() >= this.#board!.nextAt;
      if (!isDue && !this.#hasNewPage) return;
      this.#hasNewPage = false;
      const context = makeContext(use);
      const id = this.scanId(use.number);
      if (isNew) {
        const all = await use.scan.sessions({ now: context.now, isPast: false });
        this.#changed.note(all, use.scan.sessionMarks(), use.number);
      }
      if (isDue) {
        const read = await readBoard(context);
        const event = { data: toSafeJson({ scan: id, ...read }), id };
        this.#board = { number: use.number, nextAt: nextChange(read, now()), event };
      }
      // A page that came later gets what the others have.
      const board = this.#board!.event;
      for (const stream of this.#streams) {
        await this.#tellSessions(stream, use, context);
        stream.put("now", () => board);
      }
    } finally {
      use.release();
    }
  }

  async #tellSessions(stream: LiveStream, use: LentScan, context: OperationContext): Promise<void> {
    if (this.#fresh.delete(stream)) {
      this.#seen.set(stream, use.number);
      return;
    }
    const since = this.#seen.get(stream);
    if (since === use.number) return;
    const rows = since === undefined ? { reset: true } : await changedRows(use.scan, context, this.#changed, since);
    const id = this.scanId(use.number);
    const data = toSafeJson({ scan: id, ...rows });
    stream.put("sessions", () => {
      this.#seen.set(stream, use.number);
      return { data, id };
    });
  }

  #comment(): void {
    if (performance.now() - this.#commentedAt < COMMENT_MS) return;
    this.#commentedAt = performance.now();
    for (const stream of this.#streams) stream.comment();
  }
}

/** What the first page shows, as the operations say it: `overview`, and every cache that is warm or may be. */
async function readBoard(context: OperationContext) {
  const [{ input: spent }, { input: warm }] = [checkInput(overview.input, {}), checkInput(cache.input, {})];
  return { overview: await overview.run(spent!, context), cache: await cache.run(warm!, context) };
}

/** When the board differs though nothing was scanned: a cache goes cold. */
function nextChange({ cache }: Awaited<ReturnType<typeof readBoard>>, now: EpochMs): EpochMs {
  const expiry = cache.nextExpiresAt === undefined ? Infinity : Date.parse(cache.nextExpiresAt);
  return Math.min(now + BOARD_MS, Math.max(expiry, now + SECOND));
}
