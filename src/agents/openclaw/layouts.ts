/**
 * The statements for the databases of OpenClaw's agents: `transcript_events` has a session's entries, other tables say whose
 * they are. Which of those there are, and with which columns, changed with the schema (4 in 2026.7, 23 in 2026.9); what is
 * there is used.
 *
 * Read in the schema of OpenClaw 2026.9.6 and that of 2026.7, 2026-11-26.
 */
import type { TableLayout, TableStore } from "../log_store.ts";

/** What is said of a session besides its entries, as parts of the statements. `w` is its row. */
interface About {
  readonly needs: TableLayout["needs"];
  /** The table of sessions. */
  readonly table?: string;
  /** Of what somebody may change later: the tables to join, and a text that changes with it. */
  readonly joined: string;
  readonly stamp: string;
  /** A name that somebody gave. */
  readonly title: string;
  /** The session that it was copied from. */
  readonly forkedFrom: string;
  /** The key of who started it, of a sub-agent alone. */
  readonly startedBy: string;
  /** What changes when entries are written anew, where no table says so. */
  readonly rewritten: string;
}

const SESSION_COLUMNS = ["session_id", "session_key", "created_at", "updated_at", "parent_session_key", "spawned_by"];

/** A sub-agent's key says so, or another session started it. A parent alone also has what a user forked. */
const startedBy = (spawnedBy: string, parent: string) =>
  `CASE WHEN w.session_key LIKE 'agent:%:subagent:%' OR ${spawnedBy} IS NOT NULL THEN coalesce(${spawnedBy}, ${parent}) END`;

const ofNode = (column: string) => `(SELECT n.${column} FROM session_nodes n WHERE n.session_key = w.session_key)`;

/** Since schema 14: nodes are conversations, windows the sessions that they had one after the other. */
const NODES: About = {
  needs: {
    session_windows: [...SESSION_COLUMNS, "previous_session_id", "reason", "chat_type"],
    session_nodes: [
      ...["session_key", "label", "display_name", "parent_session_key", "spawned_by", "fork_source_session_id"],
    ],
  },
  table: "session_windows",
  joined: "LEFT JOIN session_nodes n ON n.session_key = w.session_key",
  stamp: "quote(n.label) || quote(n.display_name) || quote(n.fork_source_session_id) || quote(w.previous_session_id)",
  // Of a chat between two the display name may be what was said first; that of a group is the group's.
  title: "coalesce(n.label, CASE WHEN w.chat_type IN ('group', 'channel') THEN n.display_name END)",
  forkedFrom: "CASE WHEN w.reason IN ('fork', 'rewind', 'switch', 'recovery', 'compaction') " +
    "THEN coalesce(w.previous_session_id, n.fork_source_session_id) " +
    "WHEN w.previous_session_id IS NULL THEN n.fork_source_session_id END",
  startedBy: startedBy(
    `coalesce(w.spawned_by, ${ofNode("spawned_by")})`,
    `coalesce(w.parent_session_key, ${ofNode("parent_session_key")})`,
  ),
  rewritten: "w.updated_at",
};

/** The same without what later tables or columns say. */
const WINDOWS: About = {
  needs: { session_windows: SESSION_COLUMNS },
  table: "session_windows",
  joined: "",
  stamp: "''",
  title: "NULL",
  forkedFrom: "NULL",
  startedBy: startedBy("w.spawned_by", "w.parent_session_key"),
  rewritten: "w.updated_at",
};

/** Up to schema 13. */
const SESSIONS: About = {
  ...WINDOWS,
  needs: { sessions: SESSION_COLUMNS, session_entries: ["session_key", "session_id", "entry_json", "updated_at"] },
  table: "sessions",
  joined: "LEFT JOIN session_entries n ON n.session_key = w.session_key",
  stamp: "quote(n.updated_at)",
  title: "CASE WHEN json_valid(n.entry_json) THEN json_extract(n.entry_json, '$.label') END",
};

/** Entries alone. */
const NOTHING: About = {
  ...WINDOWS,
  needs: {},
  table: undefined,
  startedBy: "NULL",
  rewritten: "NULL",
};

/** One that was written anew has as many entries as before, perhaps. Says so since schema 13. */
const WATERMARKS = "transcript_rewrite_watermarks";

/** A session without entries is none: what was begun and left, and what is in the cold storage alone. */
function logsOf(about: About, hasWatermarks: boolean): string {
  const counted =
    "SELECT session_id AS id, count(*) AS entries, max(seq) AS last FROM transcript_events GROUP BY session_id";
  const said = about.table === undefined ? { stamp: "''", join: "" } : {
    // Whose sub-agent it is depends on others' rows.
    stamp: `quote(w.session_key) || quote(${rootOf(about, "e.id")}) || ${about.stamp}`,
    join: `LEFT JOIN ${about.table} w ON w.session_id = e.id ${about.joined}`,
  };
  const rewritten = hasWatermarks
    ? { stamp: "quote(m.generation)", join: `LEFT JOIN ${WATERMARKS} m ON m.session_id = e.id` }
    : { stamp: `quote(${about.rewritten})`, join: "" };
  return `SELECT e.id AS log, e.entries || ' ' || e.last || ' ' || ${rewritten.stamp} || ${said.stamp} AS stamp, ` +
    `1000 * e.entries AS bytes FROM (${counted}) e ${said.join} ${rewritten.join}`;
}

/**
 * The session that began it all. Of a parent's sessions the one is meant that was there when the sub-agent was started. A
 * parent in another database cannot be told, nor where two started each other.
 */
function rootOf({ table, startedBy }: About, id: string): string {
  const parent = (condition: string, order: string) =>
    `(SELECT p.session_id FROM ${table} p WHERE p.session_key = up.parent ${condition} ` +
    `ORDER BY p.created_at ${order}, p.session_id LIMIT 1)`;
  return "nullif((WITH RECURSIVE up(id, at, parent, depth) AS (" +
    `SELECT w.session_id, w.created_at, ${startedBy}, 0 FROM ${table} w WHERE w.session_id = ${id} UNION ALL ` +
    `SELECT w.session_id, w.created_at, ${startedBy}, up.depth + 1 FROM up JOIN ${table} w ON w.session_id = coalesce(` +
    `${parent("AND p.created_at <= up.at", "DESC")}, ${parent("", "ASC")}) WHERE up.depth < 16) ` +
    `SELECT id FROM up ORDER BY depth DESC LIMIT 1), ${id})`;
}

/** How the events of a database are kept: all as texts, or some compressed, with what is in those told beside them. */
type Packing = "texts" | "compressed" | "navigated";

const COLUMNS: Readonly<Record<Packing, readonly string[]>> = {
  texts: ["event_json"],
  compressed: ["event_json", "event_zstd"],
  navigated: ["event_json", "event_zstd", "navigation_json"],
};

/**
 * What was typed and what tools answered: half of a session's entries and most of its bytes, and nothing of either was
 * billed. So they stay where they are, unless one of them is the latest. Texts in an entry have their quotes escaped, so that
 * these are its own members; an entry that speaks of usage is read in any case.
 *
 * Each text is searched once, and no further than to its role: the search takes as long as reading does.
 */
function isNoResponse(packing: Packing): string {
  const [ofMessage, ofEntry] = ['"message":{"role":"', '"role":"'];
  const isSaidIn = (text: string, before: string) =>
    `substr(${text}, instr(${text}, '${before}'), ${before.length + 4}) IN ('${before}user', '${before}tool')`;
  const plain = `${isSaidIn("e.event_json", ofMessage)} AND NOT instr(e.event_json, '"usage"')`;
  const compressed = packing === "navigated" ? isSaidIn("e.navigation_json", ofEntry) : "0";
  return `CASE WHEN e.event_json IS NULL THEN ${compressed} ELSE ${plain} END`;
}

/**
 * Each row has one of the entries, and what is told of the session. The latter is asked once, since it is not of the row;
 * joined, all entries would be sorted.
 */
function recordsOf(about: About, packing: Packing, which: "all" | "needed"): string {
  const entry = packing === "texts" ? "e.event_json" : "coalesce(e.event_json, e.event_zstd)";
  const said = (what: string) => `(SELECT ${what} FROM ${about.table} w ${about.joined} WHERE w.session_id = ?1)`;
  // One column, which is NULL for most: each more takes as long as a tenth of the row.
  const told = [["root", rootOf(about, "?1")], ["parent", said(about.forkedFrom)], [
    "title",
    said(about.title),
  ]] as const;
  const columns = about.table === undefined ? [] : [
    "(SELECT CASE WHEN coalesce(root, parent, title) IS NOT NULL THEN json_object('root', root, 'parent', parent, " +
    `'title', title) END FROM (SELECT ${
      told.map(([name, sql]) => `CAST(${sql} AS TEXT) AS ${name}`).join(", ")
    })) AS told`,
  ];
  const needed = which === "all" ? "" : `AND (NOT coalesce(${isNoResponse(packing)}, 0) ` +
    "OR e.seq = (SELECT max(seq) FROM transcript_events WHERE session_id = ?1)) ";
  return `SELECT ${[`${entry} AS event`, ...columns].join(", ")} FROM transcript_events e ` +
    `WHERE e.session_id = ?1 ${needed}ORDER BY e.seq`;
}

function layoutOf(about: About, hasWatermarks: boolean, packing: Packing): TableLayout {
  const all = recordsOf(about, packing, "all");
  return {
    needs: {
      ...about.needs,
      transcript_events: ["session_id", "seq", ...COLUMNS[packing]],
      ...hasWatermarks ? { [WATERMARKS]: ["session_id", "generation"] } : {},
    },
    logs: logsOf(about, hasWatermarks),
    records: recordsOf(about, packing, "needed"),
    texts: all,
    prompts: all,
    columns: { event: "zstd_json", ...about.table === undefined ? {} : { told: "json" } },
    record: "event",
  };
}

const PACKINGS: readonly Packing[] = ["navigated", "compressed", "texts"];

let layouts: TableStore["layouts"] | undefined;

/**
 * What says most comes first. Entries are compressed since schema 23. Made when a database is read: every start loads what
 * is here.
 */
export function listLayouts(): TableStore["layouts"] {
  return layouts ??= [
    layoutOf(NODES, true, "navigated"),
    ...[NODES, WINDOWS, SESSIONS, NOTHING].flatMap((about) =>
      PACKINGS.flatMap((packing) => [true, false].map((hasWatermarks) => layoutOf(about, hasWatermarks, packing)))
    ).slice(1),
  ];
}
