/** Brings the count up to date after logs changed: which copy of a response counts, and what its logs add up to then. */
import type { Discovery } from "../../logs/discover.ts";
import type { GapChanges } from "../tables/gaps.ts";
import type { IndexStore } from "../tables/store.ts";
import type { KeyIndex } from "../tables/keys.ts";
import { readSamples } from "../tables/parts.ts";
import { writeGuestSession, writeSums } from "../tables/logs.ts";
import { OWN_SHARE } from "../sums/shares.ts";
import type { SettleTask } from "./log_tasks.ts";
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
 * @param dropLog Called with a log that can no longer be read: the others were settled without it
 */
export async function settleOwnership(
  { store, keys, gaps, work }: SettleParts,
  discovery: Discovery,
  dropLog: (id: number, path: string, error: string) => void,
): Promise<void> {
  const conflicts = keys.findConflicts();
  if (conflicts.length === 0) return;
  const logs = new Map(discovery.files.map((log) => [log.file.path, log]));
  const tasks = conflicts.map((ids): SettleTask => ({
    logs: ids.flatMap((id) => {
      const row = store.get<SharingLog>(
        "SELECT id, path, guest, lost, entangled, tied FROM files WHERE id = ?",
        id,
      );
      const log = row && logs.get(row.path);
      if (row === undefined || log === undefined) return [];
      return { ...row, source: log.source.id, file: log.file };
    }),
  }));
  for await (const { result } of work.run("settle", tasks)) {
    for (const { id, path, error } of result!.unreadable) dropLog(id, path, error);
    for (const { id, guest, isLost, sums, ...how } of result!.settled) {
      for (const samples of readSamples(store, id)) gaps.remove(samples);
      gaps.add(sums.samples);
      writeSums(store, id, sums, how);
      if (guest !== OWN_SHARE) writeGuestSession(store, id, !isLost);
    }
  }
}
