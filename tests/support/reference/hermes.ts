/**
 * Reads databases of Hermes the slow, obvious way, by docs/formats/hermes.md alone: every row of every table. It takes every
 * database to be whole, and shares nothing with the source.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Json, type ReferenceFound, type ReferenceResponse, tokensOf } from "./found.ts";

const COUNTERS = ["input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"];

/** Sums, of which none is a turn. @param home that `.hermes` is in; a copy, as SQLite leaves files beside a database */
export function readHermes(home: string): ReferenceFound {
  const root = join(home, ".hermes");
  const profiles = existsSync(join(root, "profiles")) ? [...Deno.readDirSync(join(root, "profiles"))] : [];
  const homes = [root, ...profiles.map(({ name }) => join(root, "profiles", name))];
  const read = homes.map((path) => join(path, "state.db")).filter((path) => existsSync(path)).map(readDatabase);
  return {
    sessions: read.flatMap(({ sessions }) => sessions),
    responses: read.flatMap(({ responses }) => responses),
  };
}

function readDatabase(path: string): ReferenceFound {
  const database = new DatabaseSync(path);
  try {
    const rowsOf = (table: string): Json[] => {
      const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table) !== undefined;
      return isThere ? database.prepare(`SELECT * FROM ${table}`).all() : [];
    };
    const [sessions, byModel] = [rowsOf("sessions"), rowsOf("session_model_usage")];
    const ofSessions = sessions.map((session) => {
      const own = byModel.filter(({ session_id }) => session_id === session.id);
      const rest = { ...session, task: undefined };
      for (const name of COUNTERS) {
        const counted = own.reduce((sum, row) => isSideWork(row.task) ? sum : sum + row[name], 0);
        rest[name] = Math.max(0, (session[name] ?? 0) - counted);
      }
      return sumOf(session.id, rest);
    });
    const ofModels = byModel.map((row) => sumOf(row.session_id, row));
    const responses = [...ofModels, ...ofSessions].filter(({ sums }) => tokensOf(sums) > 0);
    return { sessions: sessions.map(({ id }) => id), responses };
  } finally {
    database.close();
  }
}

function sumOf(session: string, row: Json): ReferenceResponse {
  const isEstimate = row.cost_status === "estimated" || row.cost_status === null;
  return {
    key: [session, row.session_id === undefined ? "" : `${row.model}/${row.billing_provider}/${row.task}`].join(" "),
    session,
    isCopy: false,
    sums: {
      turns: 0,
      input: row.input_tokens ?? 0,
      cacheRead: row.cache_read_tokens ?? 0,
      cacheWrite: row.cache_write_tokens ?? 0,
      cacheWrite1h: 0,
      output: row.output_tokens ?? 0,
      usd: row.actual_cost_usd > 0 ? row.actual_cost_usd : isEstimate ? row.estimated_cost_usd ?? 0 : 0,
    },
  };
}

/** It is in no row of `sessions`. */
function isSideWork(task: unknown): boolean {
  return typeof task === "string" && task !== "" && task !== "voice_chat";
}
