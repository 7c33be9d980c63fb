/**
 * Reads a database of Goose the slow, obvious way: by docs/formats/goose.md alone, every row of its ledger. It takes the
 * database to be whole and of schema 15, and shares nothing with the source.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ReferenceFound } from "./found.ts";

/** A sub-agent is in the session that it works for. @param home that `.local` is in; a copy, as SQLite leaves files beside a database */
export function readGooseReference(home: string): ReferenceFound {
  const path = join(home, ".local/share/goose/sessions/sessions.db");
  if (!existsSync(path)) return { sessions: [], responses: [] };
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare("SELECT * FROM sessions").all();
    const parents = new Map(
      rows.filter(({ session_type }) => session_type === "sub_agent")
        .map((row) => [String(row.id), String(row.parent_session_id)]),
    );
    const rootOf = (id: string): string => parents.has(id) ? rootOf(parents.get(id)!) : id;
    const responses = database.prepare("SELECT * FROM usage_ledger").all().filter(({ model, cost_source }) =>
      model !== null && cost_source !== "carried_forward"
    );
    return {
      sessions: rows.map(({ id }) => String(id)).filter((id) => !parents.has(id)),
      responses: responses.map((row) => {
        const [input, output, cacheRead, cacheWrite, usd] = [
          row.input_tokens,
          row.output_tokens,
          row.cache_read_tokens,
          row.cache_write_tokens,
          row.cost,
        ].map(Number) as [number, number, number, number, number];
        return {
          key: `${row.session_id} ${row.id}`,
          session: rootOf(String(row.session_id)),
          isCopy: false,
          sums: {
            turns: 1,
            input: input - cacheRead - cacheWrite,
            cacheRead,
            cacheWrite,
            cacheWrite1h: 0,
            output,
            usd,
          },
        };
      }),
    };
  } finally {
    database.close();
  }
}
