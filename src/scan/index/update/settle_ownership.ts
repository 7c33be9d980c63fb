/** Brings the count up to date after logs changed: which copy of a response counts, and what its logs add up to then. */
import type { Discovery } from "../../logs/discover.ts";
import type { GapChanges } from "../tables/gaps.ts";
import type { IndexStore } from "../tables/store.ts";
import type { KeyIndex } from "../tables/keys.ts";
import { LOG_PATH, LOGS } from "../tables/directories.ts";
import { readParts } from "../tables/parts.ts";
import { writeGuestSession, writeSums } from "../tables/logs.ts";
import { OWN_SHARE } from "../sums/shares.ts";
import type { Settlement, SettleTask, UnreadLog } from "./log_tasks.ts";
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
  const tasks = conflicts.map((ids): SettleTask => ({
    logs: ids.flatMap((id) => {
      const row = store.get<SharingLog>(
        `SELECT f.id, ${LOG_PATH} AS path, guest, lost, entangled, tied FROM ${LOGS} WHERE f.id = ?`,
        id,
      );
      const log = row && logs.get(row.path);
      if (row === undefined || log === undefined) return [];
      return { ...row, source: log.source.id, file: log.file };
    }),
  }));
  const apply = ({ settled }: Settlement) => {
    for (const { id, guest, isLost, sums, ...how } of settled) {
      for (const part of readParts(store, id)) gaps.remove(part);
      gaps.add(sums.part);
      writeSums(store, id, sums, how);
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

/**
 * The same task without the logs that cannot be read this time, and so that what they count is counted once; undefined where
 * there is nothing of that. One that lost turns shares just those, as far as anybody knows.
 */
function holdKeys(keys: KeyIndex, { logs }: SettleTask, { unreadable }: Settlement): SettleTask | undefined {
  const unfinished = new Set(unreadable.filter(({ isUnfinished }) => isUnfinished).map(({ id }) => id));
  const holding = logs.filter(({ id, lost }) => unfinished.has(id) && lost === "");
  if (holding.length === 0) return undefined;
  const unread = new Set(unreadable.map(({ id }) => id));
  const heldKeys = Uint32Array.from(holding.flatMap(({ id }) => [...keys.knownKeysOf(id)]));
  return { logs: logs.filter(({ id }) => !unread.has(id)), heldKeys };
}
