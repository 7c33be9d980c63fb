/** What sessions are called, read when somebody asks: most answers name none of those that they add up. */
import type { IndexStore } from "../tables/store.ts";
import type { UsageBucket } from "../sums/usage_buckets.ts";

/** Of more logs, or of their sessions, nothing is kept: it would be more than an answer. */
export const MOST_KEPT = 16_384;

/** What a session is called. */
export interface SessionNames extends Pick<UsageBucket, "source" | "sessionId" | "cwd"> {
  readonly id: number;
}

/** Of one scan. */
export class SessionNameReader {
  readonly #names = new Map<number, SessionNames>();
  /** Rows of sessions that are read together with one of them: who needs the names of one needs most. @default none */
  near: () => readonly number[] = () => [];

  /** @param session Its row, which is there */
  of(store: IndexStore, session: number): SessionNames {
    return this.#names.get(session) ?? this.#read(store, session);
  }

  #read(store: IndexStore, session: number): SessionNames {
    const known = this.#names;
    if (known.size > MOST_KEPT) known.clear();
    const unknown = new Set([session, ...this.near().filter((session) => !known.has(session))]);
    const { names } = store.get<{ names: string }>(
      `SELECT '[' || COALESCE(group_concat(json_array(s.id, s.source, s.session_id, json(s.cwd))), '')
        || ']' AS names FROM json_each(?) wanted CROSS JOIN sessions s ON s.id = wanted.value`,
      JSON.stringify([...unknown]),
    )!;
    const rows = JSON.parse(names) as [id: number, source: string, sessionId: string, cwd: string | null][];
    for (const [id, source, sessionId, cwd] of rows) known.set(id, { id, source, sessionId, cwd: cwd ?? undefined });
    return known.get(session)!;
  }
}
