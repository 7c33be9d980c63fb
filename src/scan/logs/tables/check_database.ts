/** Looks at all of a database, for `doctor`. */
import { ForeignDatabaseError, isReadInPlace, openForeignDatabase } from "../../../host/foreign_database.ts";

/** @returns what is wrong with it, a sentence each */
export function checkDatabase(path: string): readonly string[] {
  try {
    const database = openForeignDatabase(path, isReadInPlace(path));
    try {
      const said = database.all("PRAGMA quick_check(10)").map(({ quick_check: text }) => String(text));
      return said.length === 1 && said[0] === "ok" ? [] : said.map((text) => `SQLite finds it damaged: ${text}.`);
    } finally {
      database.close();
    }
  } catch (error) {
    // As the scan said.
    if (error instanceof ForeignDatabaseError) return [`Cannot be read: ${error.message}.`];
    throw error;
  }
}
