/** Whether the index still says what it said: from the seals of its rows, and none of them is read for that. */
import type { SealedTable } from "../tables/schema.ts";
import type { IndexStore } from "../tables/store.ts";

/** Tables whose rows answers are made of. */
const TABLES = ["sessions", "log_parts", "gaps", "meta"] as const;

/** Differs, as far as 32 bits can tell, when any of those rows does. */
export function markContent(store: IndexStore): string {
  return markTables(store, TABLES);
}

/** The same of some tables. */
export function markTables(store: IndexStore, tables: readonly SealedTable[]): string {
  return tables.map((table) => store.readTally(table)).map(({ rows, total }) => `${rows} ${total}`).join(" ");
}

/** What changes with a session, by its id: for who looks at each of them whether it is still the same. */
export function markSessions(store: IndexStore): ReadonlyMap<number, number> {
  const row = store.get<{ marks: string | null }>(
    "SELECT '[' || group_concat('[' || id || ',' || seal || ']') || ']' AS marks FROM sessions",
  );
  return new Map(JSON.parse(row?.marks ?? "[]") as [id: number, seal: number][]);
}
