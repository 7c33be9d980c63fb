/** The rows of sessions, as a scan brings them up to date. */
import type { SessionColumns } from "../sums/stored_session.ts";
import type { IndexStore } from "./store.ts";

/** What a session is known by, and its seal. */
export interface NamedSession {
  readonly id: number;
  readonly source: string;
  readonly sessionId: string;
  readonly discriminator: string;
  readonly seal: number;
}

const NAMED = "s.id, s.source, s.session_id AS sessionId, s.discriminator, s.seal";

/** Those of which a log changed. */
export function readChangedSessions(store: IndexStore): readonly NamedSession[] {
  return store.all<NamedSession>(`SELECT ${NAMED} FROM sessions s WHERE dirty = 1`);
}

/** Stores what a session adds up to, as of when all its logs are up to date. @param file Row of the log that has its path, or null */
export function storeSession(
  store: IndexStore,
  { id, source, sessionId, discriminator, seal: before }: NamedSession,
  file: number | null,
  { cwd, figures, body }: SessionColumns,
): void {
  const seal = store.seal("sessions", [id, source, sessionId, discriminator, file, cwd, figures, body], before);
  store.run(
    "UPDATE sessions SET dirty = 0, file = ?, cwd = ?, figures = ?, body = ?, seal = ? WHERE id = ?",
    ...[file, cwd, figures, body, seal, id],
  );
}

/** The same of a log's session, if it has no other log. @param columns What it is then @returns whether it has none */
export function storeOnlySession(store: IndexStore, file: number, columns: SessionColumns): boolean {
  const session = store.get<NamedSession & { readonly isSmall: number }>(
    `SELECT ${NAMED}, f.said = x'' AS isSmall FROM files f JOIN sessions s ON s.id = f.session
      WHERE f.id = ? AND (SELECT COUNT(*) FROM files WHERE session = s.id) = 1`,
    file,
  );
  if (session === undefined) return false;
  storeSession(store, session, session.isSmall === 1 ? file : null, columns);
  return true;
}
