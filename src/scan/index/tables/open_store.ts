/** An index that is known to be as it was left, or was looked at: opened, written to by one process at a time, closed. */
import type { DurationMs } from "../../../core/model.ts";
import { AgentError } from "../../../core/errors.ts";
import { fileSize } from "../../../host/files.ts";
import { guardedReason } from "../../../host/permissions.ts";
import { DamagedBytesError } from "../bytes/damaged_bytes_error.ts";
import { IndexGuard } from "./index_file.ts";
import { IndexStore } from "./store.ts";

/** The index holds something else than what was written to it. */
class IndexDamagedError extends Error {
  override readonly name = "IndexDamagedError";
}

/** Something else than an index has its place. */
export class IndexUnusableError extends Error {
  override readonly name = "IndexUnusableError";
}

/** One index, from when it is opened until {@linkcode close}; in a file, or in memory when there is to be none. */
export class OpenIndex {
  readonly store: IndexStore;
  /** Undefined in memory. */
  readonly #guard: IndexGuard | undefined;
  readonly #pause: (() => Promise<void>) | undefined;

  private constructor(store: IndexStore, guard: IndexGuard | undefined, pause: (() => Promise<void>) | undefined) {
    this.store = store;
    this.#guard = guard;
    this.#pause = pause;
  }

  static inMemory(): OpenIndex {
    return new OpenIndex(new IndexStore(":memory:"), undefined, undefined);
  }

  /**
   * @param path Of a file, which may be empty
   * @param pause Waited for while another process has what is needed
   * @throws {IndexDamagedError}
   * @throws {Error} SQLite's, see {@linkcode faultOf}
   */
  static async open(path: string, pause?: () => Promise<void>): Promise<OpenIndex> {
    const guard = new IndexGuard(path);
    const isUntouched = guard.isUntouched();
    const store = await whenFree(
      () => new IndexStore(path),
      pause,
      fileSize(path) === 0 ? EMPTY_PATIENCE_MS : undefined,
    );
    const index = new OpenIndex(store, guard, pause);
    try {
      if (store.isNew) guard.mark();
      else if (!isUntouched) await index.verify();
      return index;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  get isInMemory(): boolean {
    return this.#guard === undefined;
  }

  /**
   * Looks at all of it.
   *
   * @returns how many rows there are
   * @throws {IndexDamagedError}
   */
  async verify(): Promise<number> {
    const { verifyIndex } = await import("./verify_index.ts");
    const before = this.#guard?.look();
    const { rows, damage } = verifyIndex(this.store);
    if (damage !== undefined) throw new IndexDamagedError(`The index is damaged: ${damage}.`);
    if (this.#guard !== undefined && this.#guard.look() === before) this.#guard.mark();
    return rows;
  }

  /**
   * Begins to write as the only one. Whoever waited here finds most of the work done.
   *
   * @param how False gives up at once when another process writes. @default it waits
   * @throws {IndexDamagedError}
   * @throws {Error} SQLite's
   */
  async begin({ isPatient = true } = {}): Promise<void> {
    if (isPatient) await whenFree(() => this.store.begin(), this.#pause);
    else this.store.begin();
    // Somebody has written since it was opened: another process of ours, which is about to say so, or something else.
    if (this.#guard?.isUntouched() === false) await this.verify();
  }

  commit(): void {
    this.store.commit();
    this.#guard?.mark();
  }

  close(): void {
    if (this.#guard === undefined) this.store.close();
    else this.#guard.whileClosing(() => this.store.close());
  }

  /** Has the next one who opens it look at all of it. @returns false in memory */
  distrust(): boolean {
    this.#guard?.distrust();
    return this.#guard !== undefined;
  }
}

/** Whether a file at that path that made a scan fail is damaged. */
export async function isDamaged(path: string): Promise<boolean> {
  try {
    new IndexGuard(path).distrust();
    (await OpenIndex.open(path)).close();
    return false;
  } catch (error) {
    return faultOf(error) === DAMAGED;
  }
}

/** How long to wait for another process that is writing before giving up on the index. */
const LOCK_PATIENCE_MS: DurationMs = 5_000;
/** An empty one is locked for moments, by who fills it; for ever on a disk that knows no locks, where nobody can. */
const EMPTY_PATIENCE_MS: DurationMs = 500;
const LOCK_POLL_MS: DurationMs = 10;

/** Tries again for a while when another process has what is needed. SQLite's own waiting would make the process deaf. */
async function whenFree<T>(
  action: () => T,
  pause: (() => Promise<void>) | undefined,
  patienceMs = LOCK_PATIENCE_MS,
): Promise<T> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return action();
    } catch (error) {
      if (!isLocked(error) || performance.now() >= until) throw error;
    }
    await pause?.();
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
}

export const DAMAGED = "damaged";

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
/**
 * What SQLite says of a file that is not as it, or this program, left it: an error in a statement (1) is a table or a column
 * that is not there, or a text that is no JSON; then come a fault of its own, a damaged file, a schema that changed, a
 * constraint that does not hold, a value of another type, and no database.
 */
const SQLITE_OF_DAMAGE = [1, 2, 11, 17, 19, 20, 24, 26];

/**
 * Why an error says that the index cannot be used: {@linkcode DAMAGED}, or what is wrong, in words that hold nothing of its
 * content. Undefined when it may have nothing to do with the index.
 */
export function faultOf(error: unknown): string | undefined {
  if (error instanceof IndexDamagedError || error instanceof DamagedBytesError) return DAMAGED;
  if (error instanceof IndexUnusableError) return error.message;
  if (!(error instanceof Error) || error instanceof AgentError) return undefined;
  if (isIndexError(error)) {
    if (SQLITE_OF_DAMAGE.includes(sqliteCode(error))) return DAMAGED;
    // Of the code alone: a message may name what it was about.
    return isLocked(error)
      ? "another process has locked it"
      : "errstr" in error
      ? String(error.errstr)
      : "SQLite failed";
  }
  return isFileError(error) ? error.message : guardedReason(error);
}

/** Whether another process has what was needed. */
export function isLocked(error: unknown): boolean {
  return isIndexError(error) && [SQLITE_BUSY, SQLITE_LOCKED].includes(sqliteCode(error));
}

function isIndexError(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR";
}

/** The primary code: the low byte of SQLite's extended one. */
function sqliteCode(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
}

function isFileError(error: Error): boolean {
  return "code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code);
}
