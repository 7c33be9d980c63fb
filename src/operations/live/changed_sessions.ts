/** Which sessions changed since a scan: for pages that have the list, and want what is new of it. */
import type { IndexedSession } from "../../scan/index/ask/lazy_report.ts";

/** Goes by a mark of each session that costs little to ask for. */
export class ChangedSessions {
  /** By session: its mark, and with which scan they came. */
  readonly #known = new Map<string, { mark: string; number: number }>();
  /** Ids of sessions that went, and with which scan. */
  readonly #gone = new Map<string, { readonly sessionId: string; readonly number: number }>();

  /**
   * @param sessions all of the scan
   * @param marks of all of the scan, by their ids
   * @param number of the scan
   */
  note(sessions: readonly IndexedSession[], marks: ReadonlyMap<number, number>, number: number): void {
    const seen = new Set<string>();
    for (const session of sessions) {
      const key = keyOf(session);
      seen.add(key);
      // What its agent says of its cost depends on other sessions as well.
      const mark = `${marks.get(session.id)} ${session.cost.usd} ${session.isDeleted ?? ""}`;
      const known = this.#known.get(key);
      if (known?.mark === mark) continue;
      this.#known.set(key, { mark, number });
      this.#gone.delete(key);
    }
    for (const key of this.#known.keys()) {
      if (seen.has(key)) continue;
      this.#known.delete(key);
      this.#gone.set(key, { sessionId: key.slice(key.indexOf(" ") + 1), number });
    }
  }

  /** @param number of the scan that somebody knows */
  changedSince(sessions: readonly IndexedSession[], number: number): readonly IndexedSession[] {
    return sessions.filter((session) => (this.#known.get(keyOf(session))?.number ?? Infinity) > number);
  }

  goneSince(number: number): readonly string[] {
    return [...this.#gone.values()].filter((gone) => gone.number > number).map(({ sessionId }) => sessionId);
  }
}

/** A source has no space in its name. */
function keyOf({ source, sessionId }: IndexedSession): string {
  return `${source} ${sessionId}`;
}
