/** Puts the sessions whose logs changed together anew. */
import { addTurns, mergeRollups, type RollupState } from "../core/rollup.ts";
import type { IndexStore } from "./index_store.ts";
import { factsOf, readSessionLogs, type SessionLog } from "./log_rows.ts";
import type { LogTurns } from "./log_turns.ts";
import {
  decodeSession,
  encodeSession,
  makeSession,
  mergeFacts,
  type PriceSource,
  type StoredSession,
} from "./make_session.ts";

/** Brings what the index keeps of the sessions that are marked as changed up to date, and drops those without logs. */
export async function refreshSessions(
  store: IndexStore,
  turns: LogTurns,
  prices: PriceSource,
  pause?: () => Promise<void>,
): Promise<void> {
  const changed = store.all<{ readonly id: number; readonly source: string; readonly body: string | null }>(
    "SELECT id, source, body FROM sessions WHERE dirty = 1",
  );
  for (const { id, source, body } of changed) {
    await pause?.();
    const logs = readSessionLogs(store, id);
    if (logs.length === 0) {
      store.run("DELETE FROM sessions WHERE id = ?", id);
      continue;
    }
    const state = await addUpLogs(logs, () => turns.readSession(id));
    const before = () => body === null ? undefined : decodeSession(JSON.parse(body) as StoredSession);
    const session = await makeSession(source, mergeFacts(factsOf(logs)), state, prices, Infinity, before);
    store.run(
      "UPDATE sessions SET dirty = 0, last_activity = ?, body = ? WHERE id = ?",
      session.lastActivityAt ?? null,
      encodeSession(session),
      id,
    );
  }
}

/** @param readTurns Called when the sums of the logs do not say it all */
async function addUpLogs(
  logs: readonly SessionLog[],
  readTurns: () => ReturnType<LogTurns["readSession"]>,
): Promise<RollupState> {
  const merged = logs.some(({ entangled }) => entangled === 1)
    ? undefined
    : mergeRollups(logs.map(({ rollup }) => JSON.parse(rollup) as RollupState));
  return merged ?? addTurns(undefined, await readTurns())!.state;
}
