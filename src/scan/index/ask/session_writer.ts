/** What writes sessions as JSON: those that are ready as they are, others out of what the index has of them. */
import { lifetimeTable } from "../../../core/cache/lifetime_table.ts";
import type { SessionRows } from "../tables/sessions.ts";
import type { UsageIndexParts } from "../usage_index_parts.ts";
import { type IndexedSession, LazyReport } from "./lazy_report.ts";
import { ReadySessions } from "./ready_sessions.ts";
import { writeSession } from "./write_session.ts";

/** So many are read one by one, and then all at once. */
const FEW_LEFT = 64;
/** Each is written by itself: of more it takes less to copy them. */
const MANY_TEXTS = 64;

type Parts = Pick<UsageIndexParts, "index" | "store" | "indexPath" | "unsaved">;

/** What an answer says of the sessions that it lists. */
export interface WrittenHow {
  /** What it is called in short, which is asked where it has to be known. */
  shortIdOf(report: IndexedSession): string;
  /** Whether more is known of it than the index has. */
  isOther(report: IndexedSession): boolean;
  /** Whether they are most of all. */
  readonly isMost: boolean;
  /** The JSON of what is to be made of its report. */
  make(report: IndexedSession): string;
}

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

  /** The JSON of sessions, with commas between, in parts. */
  readonly write = (reports: readonly IndexedSession[], how: WrittenHow): readonly string[] => {
    const { shortIdOf, isOther, isMost, make } = how;
    const ready = isMost && reports.every((report) => report instanceof LazyReport) ? this.#open() : undefined;
    // What is ready of most leaves few to be read, which is known once they are more.
    let left = ready?.isAny ? FEW_LEFT : 0;
    const write = (report: IndexedSession, shortId = shortIdOf(report)) =>
      writeSession(report, shortId, isMost && left-- <= 0);
    return ready === undefined
      ? [reports.map((report) => (isOther(report) ? undefined : write(report)) ?? make(report)).join()]
      : inFewParts(
        ready.join(reports as readonly LazyReport[], (report) => !isOther(report), shortIdOf, write, make),
      );
  };

  /** Undefined where nothing is ready, and nothing is to be kept. */
  #open(): ReadySessions | undefined {
    if (this.#isOpen) return this.#ready;
    this.#isOpen = true;
    const { index, store, indexPath, unsaved } = this.#parts;
    const { heads: { ids }, learned } = this.#rows;
    if (index.isInMemory || !ReadySessions.areFit(ids.length)) return undefined;
    if (unsaved !== undefined && !ReadySessions.areThere(indexPath)) return undefined;
    return this.#ready = new ReadySessions(
      indexPath,
      store,
      lifetimeTable(learned),
      ids.length,
      unsaved === undefined,
    );
  }

  /** Keeps what was written, unless what was scanned is only now in the index: such a run has enough to do. */
  save(): void {
    if (this.#parts.unsaved === undefined) this.#ready?.save();
  }
}

function inFewParts(texts: readonly string[]): readonly string[] {
  return texts.length > MANY_TEXTS ? [texts.join("")] : texts;
}
