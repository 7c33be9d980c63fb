/**
 * One scan for all calls that wait for one: a hundred calls at once read the directories once, and open one index.
 *
 * A call never gets a scan that began before the call came, so that what an agent just wrote is seen; and of two scans,
 * the second waits for the first, since only one can write the index.
 */
import { AgentError } from "../core/errors.ts";
import { makeBreath } from "../operations/live/breathe.ts";

/** How far reading is, in bytes of logs. */
export type ReportScan = (done: number, total: number) => void;

interface Shared<T> {
  readonly scan: Promise<T>;
  users: number;
  readonly listeners: Set<ReportScan>;
}

/** An open index, lent for one call. */
export interface ScanUse<T> {
  readonly scan: Promise<T>;
  /** Gives it back; the last one to do so closes it. Calling it again does nothing. */
  release(): void;
}

export class SharedIndex<T extends { close(): void }> {
  readonly #open: (pause: () => Promise<void>, report: ReportScan) => Promise<T>;
  /** Not begun yet: whoever comes now joins. */
  #waiting: Shared<T> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * @param open to call `pause` between its steps, which throws once nobody waits for the scan any more, and `report` as it
   * gets on
   */
  constructor(open: (pause: () => Promise<void>, report: ReportScan) => Promise<T>) {
    this.#open = open;
  }

  /** @param listener hears how far the scan is, until the use is given back */
  acquire(listener?: ReportScan): ScanUse<T> {
    const shared = this.#waiting ??= this.#start();
    shared.users++;
    if (listener !== undefined) shared.listeners.add(listener);
    let released = false;
    return {
      scan: shared.scan.then((scan) => this.#takeTurn(scan)),
      release() {
        if (released) return;
        released = true;
        shared.users--;
        if (listener !== undefined) shared.listeners.delete(listener);
        // One that is still to be opened is closed, if nobody wants it, by whoever opens it.
        if (shared.users === 0) shared.scan.then((scan) => shared.users === 0 && scan.close(), () => {});
      },
    };
  }

  /** One after the other, so that signals are heard between the answers to a hundred calls. */
  async #takeTurn(scan: T): Promise<T> {
    const turn = this.#turn.then(() => new Promise((resolve) => setTimeout(resolve)));
    this.#turn = turn;
    await turn;
    return scan;
  }

  #start(): Shared<T> {
    const begin = async () => {
      // Calls that arrived together are all here by then.
      await new Promise((resolve) => setTimeout(resolve));
      this.#waiting = undefined;
      const breathe = makeBreath();
      return await this.#open(async () => {
        if (await breathe() && shared.users === 0) throw new AgentError("failed", "The scan was given up.");
      }, (done, total) => {
        for (const listener of shared.listeners) listener(done, total);
      });
    };
    const shared: Shared<T> = { scan: this.#last.then(begin), users: 0, listeners: new Set() };
    this.#last = shared.scan.then(() => {}, () => {});
    return shared;
  }
}
