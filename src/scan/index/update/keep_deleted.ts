/**
 * Keeps what the index has of logs that were deleted from a database which is still there: from the scan that misses them,
 * and over a change of prices or rules, for which all other logs are read again.
 */
import type { Discovery } from "../../logs/discover.ts";
import { decodeBuckets } from "../bytes/part_buckets.ts";
import { decodeFacts } from "../sums/said_of_log.ts";
import { OWN_SHARE } from "../sums/shares.ts";
import type { TurnKeys } from "../sums/turn_keys.ts";
import {
  type DeletedLogs,
  findDividedSessions,
  readDeletedLogs,
  rowsOfDeleted,
  writeDeletedLogs,
} from "../tables/deleted_logs.ts";
import { setOfKeys } from "../tables/key_list.ts";
import { KeyIndex } from "../tables/keys.ts";
import {
  forgetProblems,
  insertLog,
  readGuests,
  readLog,
  readLogPath,
  readSessionLogs,
  type StoredLog,
  writeGuestSession,
} from "../tables/logs.ts";
import { addPart, readParts } from "../tables/parts.ts";
import type { Bytes, IndexStore } from "../tables/store.ts";
import type { Changes } from "./list_changes.ts";
import type { DeletedLog } from "./missing_logs.ts";

/**
 * Notes which logs were deleted, and which of them are there again.
 *
 * @returns the changes, of which those logs are gone that cost nothing
 */
export function noteDeleted(store: IndexStore, changes: Changes, discovery: Discovery): Changes {
  const before = readDeletedLogs(store);
  if (before.length === 0 && changes.deleted.length === 0) return changes;
  const lists = new Map<string, DeletedLogs>();
  const add = ({ source, database, files }: DeletedLogs) => {
    const key = `${source} ${database}`;
    lists.set(key, { source, database, files: [...lists.get(key)?.files ?? [], ...files] });
  };
  const paths = new Set(discovery.files.map(({ file }) => file.path));
  const gone = new Set(changes.gone.flatMap(({ id, path }) => [id, ...readGuests(store, path)]));
  for (const list of before) {
    const isLeft = (id: number) => {
      const path = gone.has(id) ? undefined : readLogPath(store, id);
      return path !== undefined && !paths.has(path);
    };
    add({ ...list, files: list.files.filter(isLeft) });
  }
  const isKept = ({ file: { id, path } }: DeletedLog) =>
    [id, ...readGuests(store, path)].some((row) => hasSums(store, row));
  const kept = changes.deleted.filter(isKept);
  for (const { file: { id, source, path }, database } of kept) {
    const files = [id, ...readGuests(store, path)];
    // Nobody can look into them.
    for (const file of files) forgetProblems(store, file);
    add({ source, database, files });
  }
  writeDeletedLogs(store, [...lists.values()]);
  const isNoted = new Set(kept);
  const others = changes.deleted.filter((log) => !isNoted.has(log)).map(({ file }) => file);
  return { ...changes, gone: [...changes.gone, ...others], deleted: kept };
}

function hasSums(store: IndexStore, id: number): boolean {
  return readLog(store, id)?.session !== null && readParts(store, id).some((part) => decodeBuckets(part).length > 0);
}

/**
 * Takes those off the list that nothing is lost with: other logs of the same session show each of their responses. A copy of
 * the database has them, or the file that an agent moved the session to.
 *
 * @param keys After all that changed was read
 * @returns what is to be dropped
 */
export function takeShownElsewhere(
  store: IndexStore,
  keys: KeyIndex,
): readonly { readonly id: number; readonly path: string }[] {
  const lists = readDeletedLogs(store);
  const deleted = rowsOfDeleted(lists);
  const found = findDividedSessions(store).flatMap(({ id, session }) => {
    const others = readSessionLogs(store, session).map((log) => log.id).filter((other) => !deleted.has(other));
    const known = keys.keysOfLogs(new Set([id, ...others]));
    const setOf = (ids: readonly number[]) =>
      setOfKeys(Uint32Array.from(ids.flatMap((other) => [...known.get(other) ?? []])));
    const own = setOf([id]);
    return own.size > 0 && own.isSubsetOf(setOf(others)) ? [{ id, path: readLogPath(store, id)! }] : [];
  });
  if (found.length === 0) return [];
  const rows = new Set(found.flatMap(({ id, path }) => [id, ...readGuests(store, path)]));
  writeDeletedLogs(store, lists.map((list) => ({ ...list, files: list.files.filter((id) => !rows.has(id)) })));
  return found;
}

/** All that the index has of a log that nobody can read. */
interface CarriedLog {
  readonly of: DeletedLogs;
  readonly log: StoredLog;
  readonly isListed: boolean;
  readonly parts: readonly Bytes[];
  readonly keys: TurnKeys;
}

/** What is to be put into an index that is emptied: their costs stay those of the prices that they had. */
export function takeDeleted(store: IndexStore): readonly CarriedLog[] {
  const lists = readDeletedLogs(store);
  if (lists.length === 0) return [];
  const keys = new KeyIndex(store).keysOfLogs(rowsOfDeleted(lists));
  return lists.flatMap((of) =>
    of.files.flatMap((id): readonly CarriedLog[] => {
      const row = readLog(store, id);
      if (row === undefined) return [];
      const { session, ...log } = row;
      return [{
        of,
        log: { ...log, facts: decodeFacts(log.said) },
        isListed: session !== null,
        parts: readParts(store, id),
        keys: Uint32Array.from(keys.get(id) ?? []),
      }];
    })
  );
}

/** @param add Told of each log, with what else is known of it */
export function putBack(
  store: IndexStore,
  logs: readonly CarriedLog[],
  add: (id: number, keys: TurnKeys, parts: readonly Bytes[]) => void,
): void {
  const lists = new Map<DeletedLogs, number[]>();
  for (const [place, { of, log, isListed, parts, keys }] of logs.entries()) {
    const id = place + 1;
    const [first = new Uint8Array(0), ...others] = parts;
    insertLog(store, id, log, { problems: [], part: first });
    for (const part of others) addPart(store, id, part);
    if (!isListed && log.guest !== OWN_SHARE) writeGuestSession(store, id, false);
    add(id, keys, parts);
    const files = lists.get(of);
    if (files === undefined) lists.set(of, [id]);
    else files.push(id);
  }
  writeDeletedLogs(store, [...lists].map(([of, files]) => ({ ...of, files })));
}
