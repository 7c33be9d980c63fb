/**
 * When to scan again: the loop of whatever shows figures that stay up to date. The logs of the latest sessions are looked
 * at each second, and all of them after a rest that is as long as a scan is slow.
 *
 * Scans nothing itself, holds no timer, and touches no file: it is told what a scan found, and asked whether one is due.
 */
import { dirname } from "node:path";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import { parseTime } from "../report/parse_time.ts";

/** What a scan found, as far as the next one depends on it. */
export interface ScannedSessions {
  /** Latest first. */
  readonly sessions: readonly { readonly files: readonly string[] }[];
  /** An IANA name: today began at its midnight. */
  readonly timezone: string;
}

/** What it asks of the machine. */
export interface LiveFeedHost {
  now(): EpochMs;
  /** Of a log or a directory; undefined when there is none. */
  readStamp(path: string): { readonly size: number; readonly mtimeMs: EpochMs } | undefined;
  /** A clock that only runs forward. @default performance.now */
  elapsed?(): DurationMs;
  /** How long this process has had a processor. @default all the time that elapsed */
  worked?(): DurationMs;
}

const SECOND: DurationMs = 1000;

/** Whose logs are looked at every second. */
const HOT_SESSIONS = 20;

/**
 * All logs are looked at again after this many times as long as that took: half a hundredth of a core at most. At least
 * every five seconds where it is quick, and once a minute where it is not.
 */
const REST_FACTOR = 200;
const SHORTEST_REST_MS: DurationMs = 5 * SECOND;
const LONGEST_REST_MS: DurationMs = 60 * SECOND;
/** A log that is being written to changes all the time: a seventh of a core is enough for it. */
const BUSY_REST_FACTOR = 6;

/** What is looked at until the next scan. */
interface Watched {
  readonly hot: readonly string[];
  readonly stamp: string;
  /** On the clock that only runs forward. */
  readonly nextScanAt: DurationMs;
  readonly nextBusyScanAt: DurationMs;
  readonly timezone: string;
  /** When the day of the scan began. */
  readonly since: EpochMs;
}

export class LiveFeed {
  readonly #host: LiveFeedHost;
  readonly #elapsed: () => DurationMs;
  readonly #worked: () => DurationMs;
  #watched: Watched | undefined;

  constructor(host: LiveFeedHost) {
    this.#host = host;
    this.#elapsed = host.elapsed ?? (() => performance.now());
    this.#worked = host.worked === undefined ? this.#elapsed : () => host.worked!();
  }

  /** Whether something changed, or it is time to look at all logs. True before the first scan. */
  isDue(): boolean {
    if (this.#watched === undefined) return true;
    const { hot, stamp, nextScanAt, nextBusyScanAt, timezone, since } = this.#watched;
    const at = this.#elapsed();
    if (at >= nextScanAt) return true;
    if (at < nextBusyScanAt) return false;
    return this.#stampOf(hot) !== stamp || parseTime("today", { now: this.#host.now(), timezone }) > since;
  }

  /**
   * Scans, and settles when to do so again. A scan that fails is tried again after the shortest rest.
   *
   * @param scan Given the time at which it begins
   */
  async look<T extends ScannedSessions>(scan: (now: EpochMs) => Promise<T>): Promise<T> {
    const [startedAt, workedBefore] = [this.#elapsed(), this.#worked()];
    const before = this.#host.now();
    try {
      const found = await scan(before);
      // Waiting for a busy machine is no work, so that no longer rest follows from it.
      const ms = Math.min(this.#elapsed() - startedAt, this.#worked() - workedBefore);
      const hot = hotPaths(found);
      this.#watched = {
        hot,
        // What changed while it was scanned shows by its time.
        stamp: this.#stampOf(hot, before),
        nextScanAt: this.#elapsed() + Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, ms * REST_FACTOR)),
        nextBusyScanAt: this.#elapsed() + ms * BUSY_REST_FACTOR,
        timezone: found.timezone,
        since: parseTime("today", { now: before, timezone: found.timezone }),
      };
      return found;
    } catch (error) {
      const rested = this.#elapsed() + SHORTEST_REST_MS;
      if (this.#watched) this.#watched = { ...this.#watched, nextScanAt: rested, nextBusyScanAt: rested };
      throw error;
    }
  }

  /**
   * Differs when one of the paths changed.
   *
   * @param before what changed since counts as changed again; undefined to take all as it is
   */
  #stampOf(paths: readonly string[], before = Infinity): string {
    return paths.map((path) => {
      const stamp = this.#host.readStamp(path);
      return stamp === undefined ? "" : stamp.mtimeMs >= before - 20 ? "?" : `${stamp.size} ${stamp.mtimeMs}`;
    }).join();
  }
}

/** Logs of the latest sessions, and the directories in which others will appear beside them. */
function hotPaths({ sessions }: ScannedSessions): readonly string[] {
  const logs = sessions.slice(0, HOT_SESSIONS).flatMap(({ files }) => files.slice(0, HOT_SESSIONS));
  const directories = logs.map(dirname);
  return [...new Set([...logs, ...directories, ...directories.map(dirname)])];
}
