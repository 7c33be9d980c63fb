/** Turns that are kept from when their log is read until it is settled which of them count, so that it is read once. */
import type { FileFold } from "../../logs/fold_log.ts";

/** What is asked of a log when it is settled. */
export type ReadTurns = Pick<FileFold, "turns" | "facts">;

/** Some 5 MB in each thread. Logs beyond that are read again. */
const MOST_TURNS = 10_000;

/**
 * The turns of a thread's logs that say themselves that another log has some of them: those are nearly all of which other
 * turns come to count, and what stands in for the others is told by identities (stand_in.ts). To keep those of all logs takes
 * ten times the memory, and longer to collect than it saves.
 */
export class KeptTurns {
  readonly #logs = new Map<string, ReadTurns>();
  #left: number;

  constructor(most = MOST_TURNS) {
    this.#left = most;
  }

  /** @param fold Of such a log: its turns are only made where they are kept @returns whether they are */
  keep(path: string, fold: ReadTurns & Pick<FileFold, "table">): boolean {
    const { length } = fold.table;
    if (length > this.#left) return false;
    this.#left -= length;
    this.#logs.set(path, { turns: fold.turns, facts: fold.facts });
    return true;
  }

  has(path: string): boolean {
    return this.#logs.has(path);
  }

  of(path: string): ReadTurns | undefined {
    return this.#logs.get(path);
  }
}
