/** SQLite. The only module that opens a database. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** An open database. Its methods throw SQLite's own errors. */
export type Database = DatabaseSync;
export type Statement = StatementSync;
/** What a column holds, and what stands for a question mark. */
export type SqlValue = SQLInputValue;

/**
 * @param path a file, made when missing, or `:memory:`
 * @throws {Error} when it can be neither opened nor made
 */
export function openDatabase(path: string): Database {
  return new DatabaseSync(path);
}
