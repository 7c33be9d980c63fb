/**
 * Reads databases of Hermes the slow, obvious way, by docs/formats/hermes.md alone: every row of every table. It takes every
 * database to be whole, and shares nothing with the source.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

// deno-lint-ignore no-explicit-any -- rows are anything, and this reader is to be plain
type Row = any;

/** A sum of one session; the five counts are disjoint. */
export interface HermesReferenceSum {
  readonly key: string;
  readonly session: string;
  readonly model: string;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  /** As charged, or as Hermes reckoned; 0 where neither is known. */
  readonly usd: number;
}

const COUNTERS = ["input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"];

/** @param home that `.hermes` is in; a copy, as SQLite leaves files beside a database */
export function readHermes(home: string): {
  readonly sessions: readonly string[];
  readonly sums: readonly HermesReferenceSum[];
} {
  const root = join(home, ".hermes");
  const profiles = existsSync(join(root, "profiles")) ? [...Deno.readDirSync(join(root, "profiles"))] : [];
  const homes = [root, ...profiles.map(({ name }) => join(root, "profiles", name))];
  const read = homes.map((path) => join(path, "state.db")).filter((path) => existsSync(path)).map(readDatabase);
  return { sessions: read.flatMap(({ sessions }) => sessions), sums: read.flatMap(({ sums }) => sums) };
}

function readDatabase(path: string): { readonly sessions: string[]; readonly sums: HermesReferenceSum[] } {
  const database = new DatabaseSync(path);
  try {
    const rowsOf = (table: string): Row[] => {
      const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table) !== undefined;
      return isThere ? database.prepare(`SELECT * FROM ${table}`).all() : [];
    };
    const [sessions, byModel] = [rowsOf("sessions"), rowsOf("session_model_usage")];
    const ofSessions = sessions.map((session) => {
      const own = byModel.filter(({ session_id }) => session_id === session.id);
      const rest = { ...session, task: undefined };
      for (const name of COUNTERS) {
        const counted = own.reduce((sum, row) => sum + row[name], 0);
        rest[name] = Math.max(0, (session[name] ?? 0) - counted);
      }
      return sumOf(session.id, rest);
    });
    const ofModels = byModel.map((row) => sumOf(row.session_id, row));
    const sums = [...ofModels, ...ofSessions].filter((sum) =>
      sum.input + sum.cacheRead + sum.cacheWrite + sum.output > 0
    );
    return { sessions: sessions.map(({ id }) => id), sums };
  } finally {
    database.close();
  }
}

function sumOf(session: string, row: Row): HermesReferenceSum {
  const isEstimate = row.cost_status === "estimated" || row.cost_status === null;
  return {
    key: [session, row.session_id === undefined ? "" : `${row.model}/${row.billing_provider}/${row.task}`].join(" "),
    session,
    model: row.model,
    input: row.input_tokens ?? 0,
    cacheRead: row.cache_read_tokens ?? 0,
    cacheWrite: row.cache_write_tokens ?? 0,
    cacheWrite1h: 0,
    output: row.output_tokens ?? 0,
    usd: row.actual_cost_usd > 0 ? row.actual_cost_usd : isEstimate ? row.estimated_cost_usd ?? 0 : 0,
  };
}
