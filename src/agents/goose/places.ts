/**
 * Where Goose keeps its database: `sessions/sessions.db` in the directory of its data, which `GOOSE_PATH_ROOT` moves along
 * with all others. And how the database is asked, whichever of its schemas it has.
 *
 * crates/goose/src/config/paths.rs and session_manager.rs of Goose (schemas 5 to 17), and its documentation of logs; read
 * 2026-11-26.
 */
import type { Machine } from "../../core/machine.ts";
import type { LogPlaces } from "../agent.ts";
import type { TableLayout, TableStore } from "../log_store.ts";

/** Variables that move the files of Goose. */
export const VARIABLES = {
  GOOSE_PATH_ROOT: "The directory of Goose's files, in full.",
  XDG_DATA_HOME: "The directory with the data of programs, in which Goose has its own.",
} as const;

const ROOT = "GOOSE_PATH_ROOT" satisfies keyof typeof VARIABLES;
const DATA_HOME = "XDG_DATA_HOME" satisfies keyof typeof VARIABLES;

function listDirectories(machine: Machine): readonly string[] {
  const { os, home, env, resolve, asWritten, join } = machine;
  const said = env[ROOT];
  const root = resolve(said);
  const other = asWritten(said);
  const moved = [root, other].flatMap((path) => path === undefined ? [] : [join(path, "data")]);
  // It passes over one that is not absolute.
  if (root !== undefined && said !== undefined && /^(?:\/|[A-Za-z]:[/\\])/.test(said)) return moved;

  const shared = resolve(env[DATA_HOME]) ?? join(home, ".local", "share");
  const usual = [join(shared, "goose"), join(shared, "Block", "goose")];
  const support = join(home, "Library", "Application Support");
  return {
    linux: [...moved, ...usual],
    darwin: [...moved, ...usual, join(support, "Block", "goose"), join(support, "goose")],
    windows: [...moved, join(home, "AppData", "Roaming", "Block", "goose", "data")],
  }[os];
}

/** What a schema may lack. */
interface Schema {
  /** A row for each response. Since schema 15. */
  readonly hasLedger?: boolean;
  /** Since schemas 15, 14, 13, 6 and 4 and 5. */
  readonly parent?: boolean;
  readonly cache?: boolean;
  readonly cost?: boolean;
  readonly model?: boolean;
  readonly name?: boolean;
}

const SUMS = ["accumulated_input_tokens", "accumulated_output_tokens", "accumulated_total_tokens"];
const CACHE_SUMS = ["accumulated_cache_read_tokens", "accumulated_cache_write_tokens"];
const COUNTS = ["input_tokens", "output_tokens", "total_tokens", "cache_read_tokens", "cache_write_tokens"];

/** Seconds since 1970, of a text in UTC or with a zone. */
const seconds = (column: string) => `CAST(strftime('%s', ${column}) AS INTEGER)`;

function layoutOf({ hasLedger, parent, cache, cost, model, name }: Schema): TableLayout {
  const ifAny = (isThere: boolean | undefined, sql: string) => isThere ? sql : "NULL";
  // A sum of whole numbers fails where it is too large for one, which a damaged figure makes it: there is then no rest.
  const ledger = (column: string) =>
    ifAny(hasLedger, `(SELECT min(total(max(${column}, 0)), 9e15) FROM usage_ledger u WHERE u.session_id = s.id)`);
  const session = [
    "'session' AS kind",
    "s.id AS id",
    `${ifAny(name, "s.name")} AS name`,
    "s.description AS description",
    `${ifAny(name, "s.session_type")} AS type`,
    "s.working_dir AS cwd",
    `${seconds("s.created_at")} AS began`,
    `${seconds("s.updated_at")} AS updated`,
    `${ifAny(model, "s.provider_name")} AS provider`,
    `${ifAny(model, "s.model_config_json")} AS modelConfig`,
    `${ifAny(parent, "s.parent_session_id")} AS parent`,
    `${ifAny(parent, ROOT_OF)} AS root`,
    `${ifAny(parent, `(SELECT ${seconds("r.created_at")} FROM sessions r WHERE r.id = ${ROOT_OF})`)} AS rootBegan`,
    "s.accumulated_input_tokens AS input",
    "s.accumulated_output_tokens AS output",
    "s.accumulated_total_tokens AS total",
    `${ifAny(cache, "s.accumulated_cache_read_tokens")} AS cacheRead`,
    `${ifAny(cache, "s.accumulated_cache_write_tokens")} AS cacheWrite`,
    `${ifAny(cost, "s.accumulated_cost")} AS cost`,
    `${ledger("input_tokens")} AS listedInput`,
    `${ledger("output_tokens")} AS listedOutput`,
    `${ledger("cache_read_tokens")} AS listedCacheRead`,
    `${ledger("cache_write_tokens")} AS listedCacheWrite`,
    `${ledger("total_tokens")} AS listedTotal`,
    `${ledger("cost")} AS listedCost`,
    "NULL AS row",
    "NULL AS at",
    "NULL AS model",
    "NULL AS costSource",
    "NULL AS isCompaction",
  ];
  const response = [
    ...["'response'", ...Array(12).fill("NULL")],
    ...[...COUNTS, "cost"].map((column) => `u.${column}`),
    ...Array(6).fill("NULL"),
    ...["u.id", "u.created_timestamp", "u.model", "u.cost_source", "u.is_compaction"],
  ];
  const sessionRows = `SELECT ${session.join(", ")} FROM sessions s WHERE s.id = ?1`;
  const responseRows = `SELECT ${response.join(", ")} FROM usage_ledger u WHERE u.session_id = ?1`;
  // What a session has in sums changes with each response; its name does not.
  const stamp = ["s.updated_at", "s.description", ...SUMS.map((column) => `s.${column}`)];
  if (cost) stamp.push("s.accumulated_cost");
  if (name) stamp.push("s.name");
  if (parent) stamp.push("s.parent_session_id");
  if (hasLedger) {
    stamp.push("(SELECT count(*) || ' ' || coalesce(max(u.id), 0) FROM usage_ledger u WHERE u.session_id = s.id)");
  }
  return {
    needs: {
      sessions: [
        ...["id", "description", "working_dir", "created_at", "updated_at", ...SUMS],
        ...name ? ["name", "session_type"] : [],
        ...model ? ["provider_name", "model_config_json"] : [],
        ...cost ? ["accumulated_cost"] : [],
        ...cache ? CACHE_SUMS : [],
        ...parent ? ["parent_session_id"] : [],
      ],
      messages: ["id", "session_id", "role", "content_json", "created_timestamp"],
      ...hasLedger
        ? {
          usage_ledger: [
            "id",
            "session_id",
            "created_timestamp",
            "model",
            ...COUNTS,
            "cost",
            "cost_source",
            "is_compaction",
          ],
        }
        : {},
    },
    logs: `SELECT s.id AS log, ${
      stamp.map((sql) => `coalesce(${sql}, '')`).join(" || '|' || ")
    } AS stamp FROM sessions s`,
    records: hasLedger
      ? `SELECT * FROM (${sessionRows} UNION ALL ${responseRows}) ORDER BY kind DESC, row`
      : sessionRows,
    texts: "SELECT role, content_json AS content FROM messages m WHERE session_id = ?1" +
      (name ? " AND coalesce((SELECT session_type FROM sessions WHERE id = ?1), '') <> 'sub_agent'" : "") +
      " ORDER BY created_timestamp, id",
    columns: { modelConfig: "json", content: "json" },
  };
}

/** The session that somebody began, of one that belongs to its sub-agents: as far up as there are rows, and once each. */
const ROOT_OF = "(WITH RECURSIVE up(id, parent, depth) AS (" +
  "SELECT id, CASE session_type WHEN 'sub_agent' THEN parent_session_id END, 0 FROM sessions WHERE id = ?1 " +
  "UNION SELECT p.id, CASE p.session_type WHEN 'sub_agent' THEN p.parent_session_id END, depth + 1 " +
  "FROM sessions p JOIN up ON p.id = up.parent WHERE depth < 20) SELECT id FROM up ORDER BY depth DESC LIMIT 1)";

/** Made when a database is read: every start loads what is here. */
let layouts: TableStore["layouts"] | undefined;

function listLayouts(): TableStore["layouts"] {
  return [
    layoutOf({ hasLedger: true, parent: true, cache: true, cost: true, model: true, name: true }),
    layoutOf({ cache: true, cost: true, model: true, name: true }),
    layoutOf({ cost: true, model: true, name: true }),
    layoutOf({ model: true, name: true }),
    layoutOf({ name: true }),
    layoutOf({}),
  ];
}

export const logs: LogPlaces = {
  version: 1,
  roots: (machine) => [...new Set(listDirectories(machine).map((path) => machine.join(path, "sessions")))],
  stores: [{
    form: "tables",
    id: "database",
    matches: (relativePath) => /^(?:.*\/)?sessions\.db$/.test(relativePath),
    get layouts() {
      return layouts ??= listLayouts();
    },
  }],
  isOwnName: () => false,
  wrote: () => false,
};
