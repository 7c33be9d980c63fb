/** What it means to whoever asks for a log that SQLite, or the runtime around it, failed. */

/** Longer texts are not read: as long as a line of a log may be. */
export const MOST_TEXT_BYTES = 32 << 20;

/** A fault of the disk, no place for files beside it, and what has to be undone first by who may write. */
export const CANNOT_OPEN: readonly number[] = [8, 10, 14];

/** What SQLite's codes mean to whoever asks for a log, and whether it lasts. */
const REASONS: Readonly<Record<number, readonly [reason: string, isLasting: boolean]>> = {
  1: ["its tables are not as they were a moment ago", false],
  5: ["another program has locked it", false],
  6: ["another program has locked it", false],
  8: ["a program that was killed left changes that only who may write there can undo", false],
  10: ["the disk could not be read", false],
  11: ["it is damaged or cut off", true],
  14: ["it cannot be opened", false],
  18: [`it has a text of more than ${MOST_TEXT_BYTES >> 20} MiB`, true],
  26: ["it is no SQLite database, or an encrypted one", true],
};

/** In words for people that follow "because", and whether it will be so for as long as nobody writes to the database. */
export interface SqliteFailure {
  readonly reason: string;
  readonly isLasting: boolean;
}

/** @param error What was thrown by a call of SQLite, or of the runtime before there was one */
export function explainSqliteFailure(error: unknown): SqliteFailure {
  const code = sqliteCodeOf(error);
  if (code > 0) {
    const [reason, isLasting] = REASONS[code] ?? ["SQLite failed", false];
    return { reason: `${reason} (SQLite's error ${code})`, isLasting };
  }
  // The runtime's own words when it may not be opened, the system's when it cannot be copied.
  const [words = ""] = error instanceof Error ? error.message.split(/:? ?["'/]| \(os error/) : [];
  return {
    reason: words === "" ? "it cannot be read" : words.charAt(0).toLowerCase() + words.slice(1),
    isLasting: false,
  };
}

/** The primary one: the low byte of SQLite's extended one. 0 for errors of others. */
export function sqliteCodeOf(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
}
