/** Rebuilds the sessions whose logs changed. */
import { mergeRollups, type RollupState } from "../../../core/rollup.ts";
import type { IndexStore } from "../tables/store.ts";
import type { UnreadLog } from "./log_tasks.ts";
import { readSessionLogs } from "../tables/logs.ts";
import { type NamedSession, readChangedSessions, storeSession } from "../tables/session_rows.ts";
import { type CompleteLog, type LogTurns, UnreadableLogError } from "../log_turns.ts";
import { addPricedTurns } from "../sums/add_priced_turns.ts";
import { makeSession, mergeFacts, type PriceSource, type SessionSums } from "../sums/make_session.ts";
import { encodeSession } from "../sums/stored_session.ts";

/** An index whose logs are up to date, and what reads turns that it does not keep. */
export interface RefreshParts {
  readonly store: IndexStore;
  readonly turns: LogTurns;
  readonly prices: PriceSource;
  readonly pause?: () => Promise<void>;
  /** Takes a log that cannot be read out of the index, unless it cannot be read this time alone. */
  leaveLog(log: UnreadLog): void;
}

/** Brings what the index keeps of the sessions that are marked as changed up to date, and drops those without logs. */
export async function refreshSessions(parts: RefreshParts): Promise<void> {
  for (const session of readChangedSessions(parts.store)) {
    await parts.pause?.();
    while (!await refreshSession(session, parts));
  }
}

/** @returns false when a log had to be dropped: it is another session then */
async function refreshSession(row: NamedSession, parts: RefreshParts): Promise<boolean> {
  const { id, source } = row;
  const { store, turns, prices, leaveLog } = parts;
  const stored = readSessionLogs(store, id);
  if (stored.length === 0) {
    store.remove("sessions", "id = ?", id);
    return true;
  }
  try {
    const logs = await turns.complete(stored);
    const added = await addUpLogs(logs, prices, () => turns.readSession(id));
    const session = await makeSession(source, mergeFacts(logs), added, prices, Infinity);
    // Of a small log, whose facts the index leaves out.
    const own = stored.find(({ path, said }) => path === session.file && said.length === 0)?.id ?? null;
    storeSession(store, row, own, encodeSession(session, own === null));
    return true;
  } catch (error) {
    if (!(error instanceof UnreadableLogError)) throw error;
    const { path, reason, isUnfinished } = error;
    leaveLog({ id: stored.find((log) => log.path === path)!.id, path, error: reason, isUnfinished });
    // As it was, until the log can be read: the next scan comes back to it.
    if (isUnfinished) store.run("UPDATE sessions SET dirty = 0 WHERE id = ?", id);
    return isUnfinished;
  }
}

/** @param readTurns Called when the sums of the logs do not say it all */
async function addUpLogs(
  logs: readonly CompleteLog[],
  prices: PriceSource,
  readTurns: () => ReturnType<LogTurns["readSession"]>,
): Promise<SessionSums> {
  const added = await Promise.all(logs.map(async (log) => ({ isDeleted: log.isDeleted, ...await log.addUp() })));
  const misses = added.flatMap((log) => log.misses);
  if (added.some(({ isDeleted }) => isDeleted)) return { state: mergeRollups(withoutTwice(added))!, misses };
  const isShared = logs.some(({ entangled }) => entangled === 1);
  const state = isShared ? undefined : mergeRollups(added.map((log) => log.state));
  return state === undefined ? (await addPricedTurns(undefined, (await readTurns())!, prices))! : { state, misses };
}

/** What logs add up to of which some are gone. What is cached of a chain is told by those that are there, or the latest. */
function withoutTwice(logs: readonly (Pick<CompleteLog, "isDeleted"> & SessionSums)[]): readonly RollupState[] {
  const chains = new Set<string>();
  return logs.toSorted((a, b) =>
    Number(a.isDeleted) - Number(b.isDeleted) || (b.state.lastAt ?? 0) - (a.state.lastAt ?? 0)
  )
    .map(({ state }) => ({
      ...state,
      prefixes: state.prefixes.filter(({ chain }) => chains.size < chains.add(chain).size),
    }));
}
