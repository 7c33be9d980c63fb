/**
 * Two agents that there are not, for what every form of store must hold. Their logs have the shapes that real ones have:
 * Stash keeps sessions in a database as OpenCode 1.2 to 1.18 does, Scroll documents as Gemini CLI before 0.39 and OpenCode
 * before 1.2 do, and lines with a file beside them as Gemini CLI since.
 */
import type { LoggedAgent } from "../../src/agents/agent.ts";
import { AGENTS, LOGGED_AGENTS } from "../../src/agents/agents.ts";
import { count, type Fields, json, name, time } from "../../src/agents/fields.ts";
import { spokenText } from "../../src/agents/formats/spoken_text.ts";
import type { RecordResult, Source } from "../../src/agents/source.ts";
import { isRecord } from "../../src/core/json/is_record.ts";
import { type EpochMs, MAIN_CHAIN, type SessionFacts } from "../../src/core/model.ts";

interface State {
  sessionId?: string;
  cwd?: string;
  title?: string;
  startedAt?: EpochMs;
  lastActivityAt?: EpochMs;
}

const FIELDS = {
  kind: name("kind"),
  id: name("id"),
  cwd: name("cwd"),
  title: name("title"),
  created: time("created"),
  at: time("data", "time", "created"),
  provider: name("data", "providerID"),
  model: name("data", "modelID"),
  input: count("data", "tokens", "input"),
  cacheRead: count("data", "tokens", "cache", "read"),
  output: count("data", "tokens", "output"),
  tokens: json("data", "tokens"),
} satisfies Fields;

const source: Source<State, typeof FIELDS> = {
  needles: ['"kind"'],
  fields: FIELDS,
  // A companion names the directory, as `.project_root` does.
  start: ({ part, companions }) => ({ sessionId: part, cwd: companions?.["../.project_root"]?.trim() }),
  fold(state, row): RecordResult<State> {
    if (row.kind === "session") {
      state.sessionId ??= row.id;
      state.cwd = row.cwd ?? state.cwd;
      state.title = row.title ?? state.title;
      state.startedAt ??= row.created;
      return { state };
    }
    if (row.kind !== "message" || row.tokens === undefined) return { state };
    const { id, at, provider, model, input, output, cacheRead = 0 } = row;
    if (at === undefined || model === undefined || input === undefined || output === undefined) {
      return { state, problem: "A response without a time, a model or counts is not counted." };
    }
    state.lastActivityAt = Math.max(state.lastActivityAt ?? 0, at);
    const usage = { input, cacheRead, cacheWrite: 0, cacheWrite1h: 0, output };
    const copied = state.startedAt !== undefined && at < state.startedAt ? true : undefined;
    // As OpenCode's: a fork has the same response under another id.
    const key = provider === "google" ? id! : [at, provider, model, input, output, cacheRead].join("|");
    const turn = { key, at, model: { provider: provider ?? "unknown", model }, usage, chain: MAIN_CHAIN };
    return { state, turns: [copied ? { ...turn, copied } : turn] };
  },
  uncounted: (row) => row.kind === "message" && row.tokens !== undefined ? "response" : undefined,
  session: ({ sessionId, ...facts }): SessionFacts | undefined =>
    sessionId === undefined ? undefined : { sessionId, ...facts },
  text: (record) => isRecord(record) ? spokenText(record.data) : undefined,
};

const MESSAGES = "FROM message m WHERE m.session_id = ?1";
const SESSION =
  "SELECT 'session' AS kind, id, directory AS cwd, title, time_created AS created, NULL AS data, 0 AS o " +
  "FROM session WHERE id = ?1";
const recordsOf = (data: string) =>
  `SELECT kind, id, cwd, title, created, data FROM (${SESSION} UNION ALL ` +
  `SELECT 'message', m.id, NULL, NULL, m.time_created, ${data}, 1 ${MESSAGES}) ORDER BY o, created, id`;
const NEEDED = {
  session: ["id", "directory", "title", "time_created"],
  message: ["id", "session_id", "time_created", "time_updated", "data"],
};

export const stash: LoggedAgent = {
  id: "stash",
  title: "Stash",
  variables: {},
  checkedWith: [],
  logs: {
    version: 1,
    roots: ({ home, join }) => [join(home, ".local", "share", "stash")],
    stores: [{
      form: "tables",
      id: "database",
      matches: (relativePath) => /^stash[^/]*\.db$/.test(relativePath),
      layouts: [
        {
          needs: { ...NEEDED, event_sequence: ["aggregate_id", "seq"] },
          logs: "SELECT s.id AS log, s.title || coalesce(e.seq, 0) AS stamp, " +
            "1000 * (SELECT count(*) FROM message m WHERE m.session_id = s.id) AS bytes " +
            "FROM session s LEFT JOIN event_sequence e ON e.aggregate_id = s.id",
          records: recordsOf("m.data"),
          columns: { data: "json" },
        },
        {
          needs: NEEDED,
          logs: "SELECT s.id AS log, s.title || count(m.id) || ' ' || coalesce(max(m.time_updated), 0) AS stamp " +
            "FROM session s LEFT JOIN message m ON m.session_id = s.id GROUP BY s.id",
          records: recordsOf("m.data"),
          columns: { data: "json" },
        },
        {
          needs: { session: NEEDED.session, message: ["id", "session_id", "time_created", "packed"] },
          logs: "SELECT s.id AS log, s.title || count(m.id) AS stamp FROM session s " +
            "LEFT JOIN message m ON m.session_id = s.id GROUP BY s.id",
          records: recordsOf("m.packed"),
          columns: { data: "zstd_json" },
        },
      ],
    }],
    isOwnName: () => false,
    wrote: () => false,
  },
  source: () => Promise.resolve(source),
};

function* recordsOfConversation(document: unknown): Iterable<unknown> {
  if (!isRecord(document) || !Array.isArray(document.messages)) return;
  yield { kind: "session", id: document.sessionId, created: document.startTime };
  for (const message of document.messages) {
    if (!isRecord(message) || message.type !== "gemini") continue;
    const { id, timestamp, model, tokens, content } = message;
    const data = {
      role: "assistant",
      content,
      time: { created: timestamp },
      providerID: "google",
      modelID: model,
      tokens,
    };
    yield { kind: "message", id, timestamp, data };
  }
}

export const MOST_DOCUMENT_BYTES = 1 << 20;

export const scroll: LoggedAgent = {
  id: "scroll",
  title: "Scroll",
  variables: {},
  checkedWith: [],
  logs: {
    version: 1,
    roots: ({ home, join }) => [join(home, ".scroll")],
    stores: [
      {
        form: "documents",
        id: "conversations",
        matches: (relativePath) => /^[^/]+\/chats\/session-[^/]*\.json$/.test(relativePath),
        records: recordsOfConversation,
        companions: ["../.project_root"],
        maximumBytes: MOST_DOCUMENT_BYTES,
      },
      {
        form: "documents",
        id: "storage",
        matches: (relativePath) => /^storage\/[^/]+\/[^/]+\.json$/.test(relativePath),
        logOf: (relativePath) => relativePath.split("/").slice(0, 2).join("/"),
        records: (document) => isRecord(document) ? [document] : [],
      },
      {
        form: "lines",
        id: "lines",
        matches: (relativePath) => relativePath.endsWith(".jsonl"),
        companions: ["../.project_root"],
      },
    ],
    isOwnName: () => false,
    wrote: () => false,
  },
  source: () => Promise.resolve(source),
};

/** Has this process look for their logs as for those of any other agent. */
export function registerStoreAgents(): void {
  for (const agents of [AGENTS, LOGGED_AGENTS] as LoggedAgent[][]) {
    for (const agent of [stash, scroll]) if (!agents.includes(agent)) agents.push(agent);
  }
}
