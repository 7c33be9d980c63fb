/** Keeps the database that was read from last open for the log that comes next. */
import { type ForeignDatabase, openForeignDatabase } from "../../../host/foreign_database.ts";
import type { PartOfDatabase } from "../log_reader.ts";
import { noteOpenStore } from "../open_stores.ts";

interface Kept {
  readonly path: string;
  /** What it was opened for: a copy is of a moment. */
  readonly mark: string;
  readonly database: ForeignDatabase;
}

let kept: Kept | undefined;

/**
 * A database for the time of one log, in this thread.
 *
 * @param mark As it was before its logs were listed: what is kept was opened later than a list with the same one was made, and
 * is as new as that says
 * @throws {ForeignDatabaseError}
 */
export function takeDatabase(
  path: string,
  { inPlace, mark }: Pick<PartOfDatabase, "inPlace" | "mark">,
): { readonly database: ForeignDatabase; giveBack(): void } {
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
