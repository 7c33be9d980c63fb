/**
 * Which session somebody means who names it: a client by its id, its log, or both, a person by either. Who names one is
 * never shown another: where what is said fits none, or several, it is none.
 */

/** How a client names a session. */
export interface SessionName {
  readonly id?: string;
  /** What its log may be called: absolute, with and without symbolic links. */
  readonly files: readonly string[];
}

interface Nameable {
  readonly sessionId: string;
  /** Its own log first, if it is there. A log that holds turns of another session is one of the other's, too. */
  readonly files: readonly string[];
}

/**
 * Id and log must agree. A log that nobody knows may be one that is known by another path, as where a client runs in a
 * container: then its file name has to be the same.
 */
export function findNamedSession<S extends Nameable>(
  sessions: readonly S[],
  { id, files }: SessionName,
): S | undefined {
  if (id === undefined) return findByLog(sessions, files);
  const known = sessions.filter(({ sessionId }) => sessionId === id);
  if (files.length === 0) return onlyOne(known);
  const byLog = findByLog(known, files);
  if (byLog !== undefined) return byLog;
  const names = files.map(fileName);
  return onlyOne(known.filter((session) => session.files.some((file) => names.includes(fileName(file)))));
}

/** Its own log before one that merely holds some of its turns. */
function findByLog<S extends Nameable>(sessions: readonly S[], files: readonly string[]): S | undefined {
  const holding = sessions.filter((session) => session.files.some((file) => files.includes(file)));
  return onlyOne(holding.filter((session) => files.includes(session.files[0]!))) ?? onlyOne(holding);
}

function onlyOne<T>(found: readonly T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined;
}

/** Clients on Windows may ask a program that runs beside it. */
function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
