/**
 * The statements that read a `state.db` of Hermes. What is in a database decides, and no version: `session_model_usage` has
 * the sums by model since schema 20, a session's own row has those of its conversation in all.
 *
 * A column that only some versions have is read by a subquery in which its bare name means the session's own column where
 * there is one, and else that of `absent`, around it, which is NULL.
 *
 * Source: databases of schema 14, and the schema of the main branch (30), read 2026-11-26.
 */
import type { TableLayout, TableStore } from "../log_store.ts";

const COUNTERS = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"];

/** Of `session_model_usage`, since it exists: `task` alone came later. */
const USAGE = [
  ...["model", "billing_provider", "billing_base_url", "billing_mode", "api_call_count", ...COUNTERS],
  ...["estimated_cost_usd", "actual_cost_usd", "cost_status", "first_seen", "last_seen"],
];

/** Of `sessions`, in some version. */
const SINCE_SOME_VERSION = [
  ...["billing_provider", "billing_base_url", "billing_mode", "api_call_count"],
  ...["estimated_cost_usd", "actual_cost_usd", "cost_status"],
  ...["parent_session_id", "title", "title_source", "cwd", "ended_at", "last_activity_at"],
];

const ABSENT = `(SELECT ${[...SINCE_SOME_VERSION, "task"].map((name) => `NULL AS ${name}`).join(", ")}) AS absent`;

/** What is made of columns of the row of `alias`, each of which is NULL where it is not there. */
const columnOf = (value: string, table: string, alias: string) =>
  `(SELECT ${value} FROM ${table} AS x WHERE x.rowid = ${alias}.rowid)`;

const ofSession = (name: string) => SINCE_SOME_VERSION.includes(name) ? columnOf(name, "sessions", "s") : `s.${name}`;

/** Damaged times are far in the future, and hide all others. */
const LAST_MESSAGE = "(SELECT max(timestamp) FROM messages AS m " +
  "WHERE m.session_id = s.id AND m.timestamp BETWEEN 1e9 AND 1e14)";

/** One look at the row for all of its columns: this is asked for every session whenever one changed. */
const SESSION_STAMP = columnOf(
  ["model", "started_at", ...COUNTERS, ...SINCE_SOME_VERSION].map((name) => `quote(${name}) || ' '`).join(" || "),
  "sessions",
  "s",
);

const USAGE_STAMP = [
  "count(*)",
  ...[...COUNTERS, "api_call_count", "estimated_cost_usd", "actual_cost_usd"].map((name) => `total(u.${name})`),
  ...["last_seen", "cost_status", "model"].map((name) => `max(u.${name})`),
].map((value) => `quote(${value})`).join(" || ' ' || ");

/** Members of a record, in one order for both kinds of it. */
const MEMBERS = [...new Set([...USAGE, "task", "started_at", ...SINCE_SOME_VERSION, "last_message_at"])];

function layoutOf(
  { hasUsage, hasMessages }: { readonly hasUsage: boolean; readonly hasMessages: boolean },
): TableLayout {
  const lastMessage = hasMessages ? LAST_MESSAGE : "NULL";
  const sessionMembers = MEMBERS.map((name) => {
    if (name === "last_message_at") return `${lastMessage} AS last_message_at`;
    return ["task", "first_seen", "last_seen"].includes(name) ? `NULL AS ${name}` : `${ofSession(name)} AS ${name}`;
  });
  const usageMembers = MEMBERS.map((name) => {
    if (name === "task") return `${columnOf(name, "session_model_usage", "u")} AS task`;
    if (name === "started_at") {
      return "(SELECT s.started_at FROM sessions AS s WHERE s.id = u.session_id) AS started_at";
    }
    return `${USAGE.includes(name) ? `u.${name}` : "NULL"} AS ${name}`;
  });
  const sessionStamp = `${SESSION_STAMP} || quote(${lastMessage})`;
  const ofUsage = "FROM session_model_usage AS u WHERE u.session_id = s.id";
  const sessions = `FROM sessions AS s, ${ABSENT}`;
  return {
    needs: {
      sessions: ["id", "model", "started_at", ...COUNTERS],
      ...hasUsage ? { session_model_usage: ["session_id", ...USAGE] } : {},
      ...hasMessages ? { messages: ["id", "session_id", "role", "content", "timestamp"] } : {},
    },
    logs: `SELECT s.id AS log, ${sessionStamp}${hasUsage ? ` || (SELECT ${USAGE_STAMP} ${ofUsage})` : ""} AS stamp, ` +
      `1000 AS bytes ${sessions}` + (hasUsage ? ` UNION ALL ${ORPHANS}` : ""),
    records:
      (hasUsage
        ? `SELECT 'usage' AS kind, ${usageMembers.join(", ")} FROM session_model_usage AS u, ${ABSENT} ` +
          "WHERE u.session_id = ?1 UNION ALL "
        : "") +
      `SELECT 'session' AS kind, ${sessionMembers.join(", ")} ${sessions} WHERE s.id = ?1 ` +
      "ORDER BY kind DESC, first_seen, model, billing_provider, billing_base_url, billing_mode, task",
    ...hasMessages ? { texts: TEXTS } : {},
  };
}

/** In milliseconds, as whoever asks what was said until a time takes them. */
const TEXTS = "SELECT 'message' AS kind, role, content, " +
  "CASE WHEN timestamp < 1e11 THEN 1000 * timestamp ELSE timestamp END AS timestamp " +
  "FROM messages AS m WHERE session_id = ?1 ORDER BY m.timestamp, id";

/** What was paid for is still there where its session was deleted. */
const ORPHANS = `SELECT u.session_id, ${USAGE_STAMP}, 1000 FROM session_model_usage AS u ` +
  "WHERE NOT EXISTS (SELECT 1 FROM sessions AS s WHERE s.id = u.session_id) GROUP BY u.session_id";

let layouts: TableStore["layouts"] | undefined;

/** The fullest first. Made when a database is read: every start loads what is here. */
export function listLayouts(): TableStore["layouts"] {
  return layouts ??= [
    layoutOf({ hasUsage: true, hasMessages: true }),
    layoutOf({ hasUsage: true, hasMessages: false }),
    layoutOf({ hasUsage: false, hasMessages: true }),
    layoutOf({ hasUsage: false, hasMessages: false }),
  ];
}
