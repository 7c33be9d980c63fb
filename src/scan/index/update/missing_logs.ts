/** What became of logs that the index has, and that a scan does not find: they are gone, were deleted, or cannot be seen. */
import { LOGGED_AGENTS } from "../../../agents/agents.ts";
import { restBelow } from "../../../core/folder.ts";
import type { Discovery } from "../../logs/discover.ts";
import { readDeletedLogs, rowsOfDeleted } from "../tables/deleted_logs.ts";
import { type IndexedFile, readFileOfRow } from "../tables/indexed_files.ts";
import type { IndexStore } from "../tables/store.ts";

/** A log that its agent deleted. */
export interface DeletedLog {
  readonly file: IndexedFile;
  /** Path of the database that it was in. */
  readonly database: string;
}

/** Logs that are not found. */
export interface MissingLogs {
  readonly gone: readonly IndexedFile[];
  /** Logs that were in a database which is still there, and can be read. Those that were found so before are none. */
  readonly deleted: readonly DeletedLog[];
  /** Logs that are known, and lie where nobody could look: what is known of them counts. */
  readonly unseen: number;
}

/** What became of logs that are no longer found. @param missing Of those that were deleted before some, all, or none */
export function sortMissing(
  store: IndexStore,
  missing: readonly IndexedFile[],
  discovery: Discovery,
): MissingLogs {
  const before = readDeletedLogs(store);
  if (missing.length === 0 && before.length === 0) return { gone: [], deleted: [], unseen: 0 };
  const databases = discovery.databases ?? [];
  const isThere = (id: string, path: string) =>
    databases.some(({ source, file }) => source.id === id && file.path === path);
  const known = rowsOfDeleted(before);
  // With their database they are gone.
  const without = before.filter(({ source, database }) => !isThere(source, database))
    .flatMap(({ files }) => files.map((id) => readFileOfRow(store, id)).filter((file) => file !== undefined));
  const { gone: lost, unseen } = dropUnseen(
    [...missing.filter(({ id }) => !known.has(id)), ...without],
    discovery,
  );
  const gone: IndexedFile[] = [];
  const deleted: DeletedLog[] = [];
  for (const file of lost) {
    const { source, sourceVersion, path } = file;
    // Another version of a source may have other names for the same logs.
    const database = databases.find((found) =>
      found.source.id === source && found.source.logs.version === sourceVersion &&
      path.startsWith(`${found.file.path}#`)
    );
    if (database === undefined) gone.push(file);
    else deleted.push({ file, database: database.file.path });
  }
  return { gone, deleted, unseen };
}

/**
 * Of what seems to be gone those logs that lie where nobody could look this time are still there. Of lines they go: as does
 * one that nobody can read.
 */
function dropUnseen(missing: readonly IndexedFile[], { problems }: Discovery): Omit<MissingLogs, "deleted"> {
  if (missing.length === 0 || problems.length === 0) return { gone: missing, unseen: 0 };
  const gone = missing.filter(({ source, path }) => {
    const stores = LOGGED_AGENTS.find(({ id }) => id === source)?.logs.stores ?? [];
    if (stores.every(({ form }) => form === "lines")) return true;
    return !problems.some((problem) =>
      restBelow(path, problem.path) !== undefined || path.startsWith(`${problem.path}#`)
    );
  });
  return { gone, unseen: missing.length - gone.length };
}
