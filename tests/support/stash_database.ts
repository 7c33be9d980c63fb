/** Databases as an agent writes them. */
import { DatabaseSync } from "node:sqlite";

export const STASH_TABLES = `
CREATE TABLE session (id TEXT PRIMARY KEY, directory TEXT NOT NULL, title TEXT NOT NULL, time_created INTEGER NOT NULL);
CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, time_created INTEGER NOT NULL,
  time_updated INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX message_by_session ON message (session_id, time_created, id);
CREATE TABLE event_sequence (aggregate_id TEXT PRIMARY KEY, seq INTEGER NOT NULL);
`;

const START = Date.parse("2026-11-20T10:00:00Z");

export interface Message {
  readonly id: string;
  readonly session: string;
  /** Minutes after a time that all have in common. */
  readonly minute: number;
  readonly input?: number;
  readonly output?: number;
}

export const atMinute = (minute: number) => START + 60_000 * minute;

/** A response: as it is written before the request without `output`, and then with it. */
export function messageData({ minute, input = 1000, output }: Message): string {
  return JSON.stringify({
    role: "assistant",
    content: `said at ${minute}`,
    providerID: "anthropic",
    modelID: "claude-sonnet-4-5",
    time: { created: atMinute(minute) },
    ...(output === undefined ? {} : { tokens: { input, output, cache: { read: 10 * input } } }),
  });
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

export function insertSession(id: string, minute: number, title = `Title of ${id}`): string {
  return `INSERT INTO session VALUES (${quote(id)}, '/srv/${id}', ${quote(title)}, ${atMinute(minute)});`;
}

export function insertMessage(message: Message): string {
  const at = atMinute(message.minute);
  return `INSERT INTO message VALUES (${quote(message.id)}, ${quote(message.session)}, ${at}, ${at}, ${
    quote(messageData(message))
  });${raise(message.session)}`;
}

export function updateMessage(message: Message): string {
  return `UPDATE message SET data = ${quote(messageData(message))}, time_updated = time_updated + 1
    WHERE id = ${quote(message.id)};${raise(message.session)}`;
}

export function deleteSession(id: string): string {
  return ["message WHERE session_id", "session WHERE id", "event_sequence WHERE aggregate_id"]
    .map((where) => `DELETE FROM ${where} = ${quote(id)};`).join("");
}

function raise(session: string): string {
  return `INSERT INTO event_sequence VALUES (${quote(session)}, 1)
    ON CONFLICT DO UPDATE SET seq = seq + 1;`;
}

/** Writes in one go and closes: what is in the `-wal` goes into the database. */
export function writeDatabase(path: string, sql: string, journal: "WAL" | "DELETE" = "WAL"): void {
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA journal_mode = ${journal}; ${sql}`);
  } finally {
    database.close();
  }
}
