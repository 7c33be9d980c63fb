/**
 * What one call says of itself before it is done. Reports grow, come no faster than twice a second, and end with the call:
 * the protocol asks for all three (2026-07-28, "Utilities: Progress").
 */
import type { DurationMs } from "../core/model.ts";

/** As a notification has it. */
export interface ProgressReport {
  readonly progress: number;
  readonly total?: number;
  readonly message: string;
}

/** Least time between two reports; and what is done sooner is not worth one. */
const INTERVAL_MS: DurationMs = 500;

const MEGABYTE = 1e6;

/** Of one call, from its beginning to its answer. */
export class ProgressReporter {
  readonly #send: (report: ProgressReport) => void;
  readonly #now: () => number;
  #last = -Infinity;
  #nextAt: number;
  #isEnded = false;

  /** @param now in milliseconds. @default performance.now */
  constructor(send: (report: ProgressReport) => void, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
    this.#nextAt = now() + INTERVAL_MS;
  }

  /** Steps of a tool: what does not grow, and what comes too soon, is left out. */
  readonly report = (progress: number, message: string): void => this.#say({ progress, message });

  /** A scan that takes its time: bytes of logs. */
  readonly reportScan = (done: number, total: number): void => {
    const [read, all] = [done, total].map((bytes) => Math.round(bytes / MEGABYTE).toLocaleString("en"));
    this.#say({ progress: done, total, message: `Reading logs: ${read} of ${all} MB` });
  };

  end(): void {
    this.#isEnded = true;
  }

  #say(report: ProgressReport): void {
    const now = this.#now();
    if (this.#isEnded || report.progress <= this.#last || now < this.#nextAt) return;
    this.#last = report.progress;
    this.#nextAt = now + INTERVAL_MS;
    this.#send(report);
  }
}
