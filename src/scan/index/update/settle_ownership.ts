/** Brings the count up to date after logs changed: which copy of a response counts, and what its logs add up to then. */
import type { Discovery } from "../../logs/discover.ts";
import type { GapChanges } from "../tables/gaps.ts";
import type { IndexStore } from "../tables/store.ts";
import type { KeyIndex } from "../tables/keys.ts";
import { LOG_PATH, LOGS } from "../tables/directories.ts";
import { readLog, writeGuestSession, writeSums } from "../tables/logs.ts";
import { decodeFacts } from "../sums/said_of_log.ts";
import { OWN_SHARE } from "../sums/shares.ts";
import type { HeldTurns, Settlement, SettleTask, UnreadLog } from "./log_tasks.ts";
import type { LogWork } from "./log_work.ts";
import type { SharingLog } from "./settle_logs.ts";

/** An index whose logs were read, before their copies are weighed. */
export interface SettleParts {
  readonly store: IndexStore;
  readonly keys: KeyIndex;
  readonly gaps: GapChanges;
  readonly work: LogWork;
}

/**
 * Marks the sessions whose sums changed.
 *
 * @param leaveLog Called with a log that cannot be read: the others were settled without it
 */
export async function settleOwnership(
  { store, keys, gaps, work }: SettleParts,
  discovery: Discovery,
  leaveLog: (log: UnreadLog) => void,
): Promise<void> {
  const conflicts = keys.findConflicts();
  if (conflicts.length === 0) return;
  const logs = new Map(discovery.files.map((log) => [log.file.path, log]));
  const rows = conflicts.map((ids) =>
    ids.flatMap((id) =>
      store.all<SharingRow>(
        `SELECT f.id, ${LOG_PATH} AS path, guest, lost, entangled, tied, said = x'' AS isSmall, session FROM ${LOGS} WHERE f.id = ?`,
        id,
      )
    )
  );
  // Deleted from their databases, or where nobody could look: what they count is counted once.
  const unseen = rows.flat().filter(({ path }) => !logs.has(path));
  const heldBy = holdUnseen(store, keys, unseen);
  const ownKeys = keys.ownKeys();
  const tasks = rows.map((some): SettleTask => {
    const held = some.flatMap(({ id }) => heldBy.get(id) ?? []);
    const ownKeysOf = held.length === 0 && haveSessionsOfTheirOwn(some) ? ownKeys : undefined;
    return {
      logs: some.flatMap(({ session: _, ...row }) => {
        const log = logs.get(row.path);
        if (log === undefined) return [];
        // A copy: with a part of a memory all of it goes to the other thread.
        const ownKeys = ownKeysOf?.get(row.id)?.slice();
        return [{ ...row, source: log.source.id, file: log.file, ownKeys }];
      }),
      ...(held.length === 0 ? {} : { held }),
    };
  }).filter(({ logs }) => logs.length > 0);
  const apply = ({ settled }: Settlement) => {
    for (const { id, guest, isLost, sums, alone, ...how } of settled) {
      for (const part of writeSums(store, id, sums, how, alone)) gaps.remove(part);
      gaps.add(sums.part);
      if (guest !== OWN_SHARE) writeGuestSession(store, id, !isLost);
    }
  };
  const again: SettleTask[] = [];
  for await (const { index, result } of work.run("settle", tasks)) {
    const held = holdKeys(keys, tasks[index]!, result!);
    if (held === undefined) apply(result!);
    else again.push(held);
    for (const log of result!.unreadable) leaveLog(log);
  }
  if (again.length === 0) return;
  for await (const { result } of work.run("settle", again)) {
    apply(result!);
    for (const log of result!.unreadable) leaveLog(log);
  }
}

interface SharingRow extends SharingLog {
  readonly session: number | null;
}

/** Whether no two of them are, or may be, of one session. */
function haveSessionsOfTheirOwn(logs: readonly SharingRow[]): boolean {
  const sessions = new Set(logs.map(({ session }) => session));
  return sessions.size === logs.length && !sessions.has(null) && logs.every(({ guest }) => guest === OWN_SHARE);
}

/**
 * The same task without the logs that cannot be read this time, and so that what they count is counted once; undefined where
 * there is nothing of that. One that lost turns shares just those, as far as anybody knows.
 */
function holdKeys(
  keys: KeyIndex,
  { logs, held = [] }: SettleTask,
  { unreadable }: Settlement,
): SettleTask | undefined {
  const unfinished = new Set(unreadable.filter(({ isUnfinished }) => isUnfinished).map(({ id }) => id));
  const holding = logs.filter(({ id, lost }) => unfinished.has(id) && lost === "");
  if (holding.length === 0) return undefined;
  const unread = new Set(unreadable.map(({ id }) => id));
  const found = [...keys.keysOfLogs(new Set(holding.map(({ id }) => id))).values()];
  return {
    logs: logs.filter(({ id }) => !unread.has(id)),
    held: [...held, ...found.map((own) => ({ keys: Uint32Array.from(own) }))],
  };
}

/** What logs count that are not there to be read, by their rows. */
function holdUnseen(
  store: IndexStore,
  keys: KeyIndex,
  logs: readonly SharingLog[],
): ReadonlyMap<number, HeldTurns> {
  if (logs.length === 0) return new Map();
  const found = keys.keysOfLogs(new Set(logs.map(({ id }) => id)));
  return new Map(logs.map(({ id, lost }) => {
    const own = { keys: Uint32Array.from(found.get(id) ?? []) };
    if (lost === "") return [id, own];
    const said = readLog(store, id)!.said;
    return [id, { ...own, since: (said.length === 0 ? undefined : decodeFacts(said)?.startedAt) ?? Infinity }];
  }));
}
