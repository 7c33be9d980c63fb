/** Keeps the database that was read from last open for the log that comes next. */
import { databaseMark, type ForeignDatabase, openForeignDatabase } from "../../../host/foreign_database.ts";
import { noteOpenStore } from "../open_stores.ts";

interface Kept {
  readonly path: string;
  /** A copy is of a moment. */
  readonly mark: string | undefined;
  readonly database: ForeignDatabase;
}

let kept: Kept | undefined;

/** A database for the time of one log, in this thread. @throws {ForeignDatabaseError} */
export function takeDatabase(path: string, inPlace: boolean): { readonly database: ForeignDatabase; giveBack(): void } {
  const mark = inPlace ? "" : databaseMark(path);
  let taken = kept;
  // Nobody else has what is taken out.
  kept = undefined;
  if (taken === undefined || taken.path !== path || taken.mark !== mark) {
    taken?.database.close();
    taken = { path, mark, database: openForeignDatabase(path, inPlace) };
  }
  return {
    database: taken.database,
    giveBack() {
      if (kept !== undefined) return taken.database.close();
      kept = taken;
      noteOpenStore(closeKept);
    },
  };
}

function closeKept(): void {
  kept?.database.close();
  kept = undefined;
}
