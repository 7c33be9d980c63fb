/**
 * One scan for all calls that wait for one: a hundred calls at once read the directories once, and open one index.
 *
 * A call never gets a scan that began before the call came, so that what an agent just wrote is seen; and of two scans,
 * the second waits for the first, since only one can write the index.
 */

interface Shared<T> {
  readonly scan: Promise<T>;
  users: number;
}

export interface ScanUse<T> {
  readonly scan: Promise<T>;
  /** Gives it back; the last one to do so closes it. Calling it again does nothing. */
  release(): void;
}

export class SharedScan<T extends { close(): void }> {
  readonly #open: (isWanted: () => boolean) => Promise<T>;
  /** Not begun yet: whoever comes now joins. */
  #waiting: Shared<T> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param open told by `isWanted` whether anybody still waits for what it does */
  constructor(open: (isWanted: () => boolean) => Promise<T>) {
    this.#open = open;
  }

  acquire(): ScanUse<T> {
    const shared = this.#waiting ??= this.#start();
    shared.users++;
    let released = false;
    return {
      scan: shared.scan,
      release() {
        if (released) return;
        released = true;
        shared.users--;
        // One that is still to be opened is closed, if nobody wants it, by whoever opens it.
        if (shared.users === 0) shared.scan.then((scan) => shared.users === 0 && scan.close(), () => {});
      },
    };
  }

  #start(): Shared<T> {
    const begin = async () => {
      // Calls that arrived together are all here by then.
      await new Promise((resolve) => setTimeout(resolve));
      this.#waiting = undefined;
      return await this.#open(() => shared.users > 0);
    };
    const shared: Shared<T> = { scan: this.#last.then(begin), users: 0 };
    this.#last = shared.scan.then(() => {}, () => {});
    return shared;
  }
}
