/**
 * The statements that read a database of OpenCode's shape. What is there decides, and no version: 1.2 has messages and
 * their parts; 1.18 has a second engine, whose messages are rows of `session_message`, and counts events; OpenCode 2 has
 * sessions of its own in `session_v2`, beside those that it took over.
 *
 * Of the tables of OpenCode 2 only public documents were seen (2026-09): what they say is that messages keep their ids
 * when they are taken over, so that one of which `session_message` has the tokens is not read a second time.
 */
import type { TableLayout, TableStore } from "../../log_store.ts";

/** Which tables there are. */
interface Tables {
  readonly session: boolean;
  readonly sessionV2: boolean;
  /** With their parts. */
  readonly message: boolean;
  readonly sessionMessage: boolean;
  readonly eventSequence: boolean;
}

const NEEDED = {
  session: ["id", "parent_id", "directory", "title", "time_created"],
  sessionV2: ["id", "parent_id", "directory", "title", "time_created", "fork_session_id"],
  message: ["id", "session_id", "time_created", "time_updated", "data"],
  part: ["id", "message_id", "session_id", "time_created", "data"],
  sessionMessage: ["id", "session_id", "type", "time_created", "time_updated", "data"],
  eventSequence: ["aggregate_id", "seq"],
} as const;

/** Those with the most tables first: the first that fits is taken. */
export function makeLayouts(): TableStore["layouts"] {
  const layouts: TableLayout[] = [];
  for (const [session, sessionV2] of [[true, true], [false, true], [true, false]] as const) {
    for (const [message, sessionMessage] of [[true, true], [false, true], [true, false]] as const) {
      if (sessionV2 && !sessionMessage) continue;
      for (const eventSequence of [true, false]) {
        layouts.push(makeLayout({ session, sessionV2, message, sessionMessage, eventSequence }));
      }
    }
  }
  const [first, ...rest] = layouts;
  return [first!, ...rest];
}

function makeLayout(tables: Tables): TableLayout {
  return {
    needs: needsOf(tables),
    logs: listLogs(tables),
    records: listRecords(tables),
    prompts: listRecords(tables, true),
    texts: listTexts(tables),
    columns: { data: "json", steps: "json", content: "json" },
  };
}

function needsOf({ session, sessionV2, message, sessionMessage, eventSequence }: Tables): TableLayout["needs"] {
  return {
    ...(session ? { session: NEEDED.session } : {}),
    ...(sessionV2 ? { session_v2: NEEDED.sessionV2 } : {}),
    ...(message ? { message: NEEDED.message, part: NEEDED.part } : {}),
    ...(sessionMessage ? { session_message: NEEDED.sessionMessage } : {}),
    ...(eventSequence ? { event_sequence: NEEDED.eventSequence } : {}),
  };
}

/** All sessions, those that both generations have once: as the newer one has them. */
function sessionsOf({ session, sessionV2 }: Tables): string {
  const newer = "SELECT id, parent_id, directory, title, time_created, fork_session_id FROM session_v2";
  const older = "SELECT id, parent_id, directory, title, time_created, NULL AS fork_session_id FROM session o";
  if (!sessionV2) return older;
  return session
    ? `${newer} UNION ALL ${older} WHERE NOT EXISTS (SELECT 1 FROM session_v2 v WHERE v.id = o.id)`
    : newer;
}

/** A sum of so many rests never overflows, whatever stands where a time has to be. */
const MODULUS = 1_000_000_007;

/**
 * The stamp. `session.time_updated` stays as it was when something is added. The sum of the times of its rows says that one
 * was changed, also where that is not the latest; a part comes with a change of its message, and the number of the last one
 * says so earlier.
 */
function listLogs(tables: Tables): string {
  const { message, sessionMessage, eventSequence } = tables;
  const changes = (table: string) =>
    `(SELECT count(*) || ' ' || ifnull(sum(time_updated % ${MODULUS}), 0) FROM ${table} WHERE session_id = s.id)`;
  const count = (table: string) => `(SELECT count(*) FROM ${table} WHERE session_id = s.id)`;
  const stamp = [
    ...["s.parent_id", "s.fork_session_id", "s.time_created", "s.directory", "s.title"],
    ...(eventSequence ? ["(SELECT seq FROM event_sequence WHERE aggregate_id = s.id)"] : []),
    ...(message ? [changes("message"), "(SELECT max(rowid) FROM part WHERE session_id = s.id)"] : []),
    ...(sessionMessage ? [changes("session_message")] : []),
  ];
  const rows = [...(message ? [count("message")] : []), ...(sessionMessage ? [count("session_message")] : [])];
  return `WITH sessions AS (${sessionsOf(tables)}) SELECT s.id AS log, ` +
    `format('${stamp.map(() => "%s").join("\x1f")}', ${stamp.join(", ")}) AS stamp, ` +
    `1000 * (1 + ${rows.join(" + ")}) AS bytes FROM sessions s`;
}

/** Rows of so many bytes are read as they are. Others hold what was edited, or what a failed request was answered. */
const MOST_ROW_BYTES = 8192;

/** Of a message what is needed of it. To take it apart here takes twice as long as to read it as a whole. */
function dataOf(row: string): string {
  const members = ["role", "time", "providerID", "modelID", "model", "cost", "tokens", "mode", "agent"]
    .map((name) => `'${name}', ${row}.data -> '$.${name}'`);
  const summary = `'summary', CASE json_type(${row}.data, '$.summary') WHEN 'true' THEN json('true') END`;
  return `CASE WHEN octet_length(${row}.data) > ${MOST_ROW_BYTES} AND json_valid(${row}.data) ` +
    `THEN json_object(${members.join(", ")}, ${summary}) ELSE ${row}.data END`;
}

/** Messages of either engine, each as it is looked for. */
interface InOrder {
  /** After FROM. A row of `m` is a message of the older engine, one of `n` of the newer. */
  readonly rows: string;
  /** Of what is said of the two what is of the one that is there. */
  choose(older: string, newer: string): string;
}

/** Their places. The newer one may have taken over what the older one has. */
const OLDER = "SELECT rowid AS place, NULL AS newer, time_created, id FROM message m WHERE session_id = ?1";
const NEWER = "SELECT NULL AS place, rowid AS newer, time_created, id FROM session_message WHERE session_id = ?1";
const NOT_TAKEN =
  " AND NOT EXISTS (SELECT 1 FROM session_message n WHERE n.id = m.id AND CASE WHEN json_valid(n.data) " +
  "THEN json_type(n.data, '$.tokens') = 'object' END)";

/** In the order of their times: indexes have them so. A row is taken apart only when it is handed over. */
function inOrder({ message, sessionMessage }: Tables): InOrder {
  const places = [...(message ? [sessionMessage ? OLDER + NOT_TAKEN : OLDER] : []), ...(sessionMessage ? [NEWER] : [])];
  const ordered = `(${places.join(" UNION ALL ")} ORDER BY time_created, id LIMIT -1) o`;
  const [older, newer] = ["message m ON m.rowid = o.place", "session_message n ON n.rowid = o.newer"];
  if (!sessionMessage) return { rows: `${ordered} CROSS JOIN ${older}`, choose: (said) => said };
  if (!message) return { rows: `${ordered} CROSS JOIN ${newer}`, choose: (_, said) => said };
  return {
    rows: `${ordered} LEFT JOIN ${older} LEFT JOIN ${newer}`,
    choose: (older, newer) => `CASE WHEN o.newer IS NULL THEN ${older} ELSE ${newer} END`,
  };
}

/**
 * The session, its messages, and the steps of those messages that have several: their own tokens are those of the last step
 * alone. Parts of other kinds may be large, and are looked at no further than their length.
 *
 * @param isWhole With all that messages hold: for what fills prompts
 */
function listRecords(tables: Tables, isWhole = false): string {
  const { rows, choose } = inOrder(tables);
  const root = `(WITH RECURSIVE up(id, parent_id, depth) AS (SELECT id, parent_id, 0 FROM sessions WHERE id = ?1 ` +
    "UNION ALL SELECT p.id, p.parent_id, depth + 1 FROM up JOIN sessions p ON p.id = up.parent_id WHERE depth < 32) " +
    "SELECT ifnull(parent_id, CASE WHEN depth > 0 THEN id END) FROM up ORDER BY depth DESC LIMIT 1)";
  const session = "json_object('id', s.id, 'parentID', s.parent_id, 'rootID', " + root +
    ", 'directory', s.directory, 'title', s.title, 'forkedFrom', s.fork_session_id, " +
    "'time', json_object('created', s.time_created))";
  // Written so that it looks into the parts of messages with several steps alone.
  const isStep = "octet_length(p.data) BETWEEN 64 AND 2048 AND instr(p.data, '\"step-finish\"')";
  const several = `(SELECT message_id FROM part p WHERE session_id = ?1 AND ${isStep} ` +
    "GROUP BY message_id HAVING count(*) > 1)";
  const step = "'{\"at\":' || p.time_created || ',\"part\":' || p.data || '}'";
  const steps = `(SELECT '[' || group_concat(${step}, ',' ORDER BY p.id) || ']' ` +
    `FROM part p WHERE p.message_id = m.id AND ${isStep})`;
  return `WITH sessions AS (${sessionsOf(tables)}) ` + [
    `SELECT 'session' AS kind, NULL AS type, NULL AS at, ${session} AS data, NULL AS steps` +
    `${isWhole ? ", NULL AS content" : ""} FROM sessions s WHERE id = ?1`,
    `SELECT ${choose("'message'", "'row'")}, ${choose("NULL", "n.type")}, o.time_created, ` +
    (isWhole
      ? `${choose("m.data", "n.data")}, NULL, ${choose(WHOLE_PARTS, "NULL")}`
      : `${choose(dataOf("m"), dataOf("n"))}, NULL`) +
    ` FROM ${rows}`,
    ...(tables.message
      ? [
        `SELECT 'steps', NULL, m.time_created, ${dataOf("m")}, ${steps}${isWhole ? ", NULL" : ""} FROM ${several} q ` +
        "JOIN message m ON m.id = q.message_id",
      ]
      : []),
  ].join(" UNION ALL ");
}

/** The parts of a message, as they are. */
const WHOLE_PARTS = "(SELECT '[' || group_concat(p.data, ',' ORDER BY p.id) || ']' FROM part p " +
  "WHERE p.message_id = m.id AND json_valid(p.data))";

/** What people and models said, in the form that others' messages have. What was added without their saying it is none. */
function listTexts(tables: Tables): string {
  const { rows, choose } = inOrder(tables);
  const isSaid = "CASE WHEN json_valid(p.data) THEN json_extract(p.data, '$.type') = 'text' " +
    "AND ifnull(json_extract(p.data, '$.synthetic'), 0) = 0 AND ifnull(json_extract(p.data, '$.ignored'), 0) = 0 END";
  const parts = "(SELECT json_group_array(json_object('type', 'text', 'text', p.data -> '$.text') ORDER BY p.id) " +
    `FROM part p WHERE p.message_id = m.id AND ${isSaid})`;
  const content = "CASE WHEN json_valid(n.data) THEN ifnull(n.data -> '$.content', " +
    "json_array(json_object('type', 'text', 'text', n.data -> '$.text'))) END";
  const role = "CASE WHEN json_valid(m.data) THEN m.data ->> '$.role' END";
  return `SELECT ${choose(role, "n.type")} AS role, o.time_created AS timestamp, ${
    choose(parts, content)
  } AS content ` +
    `FROM ${rows}`;
}
