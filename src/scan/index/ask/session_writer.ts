/** What writes sessions as JSON: those that are ready as they are, others out of what the index has of them. */
import { lifetimeTable } from "../../../core/cache/lifetime_table.ts";
import type { SessionRows } from "../tables/sessions.ts";
import type { UsageIndexParts } from "../usage_index_parts.ts";
import { type IndexedSession, LazyReport } from "./lazy_report.ts";
import { ReadySessions } from "./ready_sessions.ts";
import { writeSession } from "./write_session.ts";

type Parts = Pick<UsageIndexParts, "index" | "store" | "indexPath" | "unsaved">;

/** Of one scan. */
export class SessionWriter {
  readonly #parts: Parts;
  readonly #rows: Pick<SessionRows, "heads" | "learned">;
  #ready: ReadySessions | undefined;
  #isOpen = false;

  constructor(parts: Parts, rows: Pick<SessionRows, "heads" | "learned">) {
    this.#parts = parts;
    this.#rows = rows;
  }

  /**
   * @param shortIdOf What it is called in short, which is asked where it has to be known
   * @param isOneOfMany Whether that of most sessions is asked for
   * @returns undefined for what is to be made of its report
   */
  readonly write = (
    report: IndexedSession,
    shortIdOf: () => string,
    isOneOfMany: boolean,
  ): string | undefined => {
    const write = () => writeSession(report, shortIdOf(), isOneOfMany);
    if (!isOneOfMany || !(report instanceof LazyReport)) return write();
    if (!this.#isOpen) this.#ready = this.#open();
    return this.#ready === undefined ? write() : this.#ready.read(report, shortIdOf, write);
  };

  /** Undefined where nothing is ready, and nothing is to be kept. */
  #open(): ReadySessions | undefined {
    this.#isOpen = true;
    const { index, store, indexPath, unsaved } = this.#parts;
    const { heads: { ids }, learned } = this.#rows;
    if (index.isInMemory || !ReadySessions.areFit(ids.length)) return undefined;
    if (unsaved !== undefined && !ReadySessions.areThere(indexPath)) return undefined;
    return new ReadySessions(indexPath, store, lifetimeTable(learned), ids.length);
  }

  /** Keeps what was written, unless what was scanned is only now in the index: such a run has enough to do. */
  save(): void {
    if (this.#parts.unsaved === undefined) this.#ready?.save();
  }
}
