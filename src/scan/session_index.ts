/**
 * Sessions as the index knows them: puts those whose logs changed together anew, and answers for any time.
 *
 * A session is all logs with the same source, id and discriminator: its own log and those of its sub-agents.
 */
import { lifetimeTable } from "../core/cache/survival.ts";
import type { EpochMs, SessionFacts } from "../core/model.ts";
import { addTurns, mergeRollups, type RollupState } from "../core/rollup.ts";
import { reportSession, type Session, type SessionReport } from "../core/session_report.ts";
import { readPastLifetimes, readUsedLifetimes } from "./gap_pools.ts";
import type { IndexStore, SessionLog } from "./index_store.ts";
import type { LogTurns } from "./log_turns.ts";
import { decodeSession, encodeSession, makeSession, mergeFacts, type PriceSource } from "./make_session.ts";

interface SessionKey {
  readonly id: number;
  readonly source: string;
}

/** Brings what the index keeps of the sessions that are marked as changed up to date, and drops those without logs. */
export async function refreshSessions(
  store: IndexStore,
  turns: LogTurns,
  prices: PriceSource,
  pause?: () => Promise<void>,
): Promise<void> {
  const changed = store.all<SessionKey & { readonly body: string | null }>(
    "SELECT id, source, body FROM sessions WHERE dirty = 1",
  );
  for (const { id, source, body } of changed) {
    await pause?.();
    const logs = store.readSessionLogs(id);
    if (logs.length === 0) {
      store.run("DELETE FROM sessions WHERE id = ?", id);
      continue;
    }
    const state = await addUpLogs(logs, () => turns.readSession(id));
    const before = () => body === null ? undefined : decodeSession(body);
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

function factsOf(logs: readonly SessionLog[]) {
  return logs.map(({ path, facts }) => ({ path, facts: JSON.parse(facts) as SessionFacts }));
}

export interface IndexedSession extends SessionReport {
  /** Row of the index: valid until the index is closed. */
  readonly id: number;
}

interface SessionRow extends SessionKey {
  readonly body: string;
  readonly last_activity: number | null;
}

const READ_SESSIONS = `SELECT id, source, body, last_activity FROM sessions WHERE body IS NOT NULL
  ORDER BY last_activity DESC, source, session_id, discriminator`;

/** Every session as it stands now, the last active first. */
export function readSessions(store: IndexStore, now: EpochMs): IndexedSession[] {
  const lifetimes = lifetimeTable(readUsedLifetimes(store));
  return store.all<SessionRow>(READ_SESSIONS)
    .map(({ id, body }) => ({ ...reportSession(decodeSession(body), now, lifetimes), id }));
}

/** Every session as it stood at a time in the past: what happened later is left out. */
export async function readPastSessions(
  store: IndexStore,
  turns: LogTurns,
  prices: PriceSource,
  now: EpochMs,
): Promise<IndexedSession[]> {
  const lifetimes = lifetimeTable(readPastLifetimes(store, now));
  const reports: IndexedSession[] = [];
  for (const { id, source, body, last_activity } of store.all<SessionRow>(READ_SESSIONS)) {
    const session = (last_activity ?? -Infinity) > now
      ? await readPastSession(store, turns, prices, { id, source }, now)
      : decodeSession(body);
    if (session !== undefined) reports.push({ ...reportSession(session, now, lifetimes), id });
  }
  return reports;
}

/** Undefined when it had not begun. */
async function readPastSession(
  store: IndexStore,
  logTurns: LogTurns,
  prices: PriceSource,
  { id, source }: SessionKey,
  until: EpochMs,
): Promise<Session | undefined> {
  const facts = mergeFacts(factsOf(store.readSessionLogs(id)));
  if (facts.startedAt !== undefined && facts.startedAt > until) return undefined;
  const turns = (await logTurns.readSession(id)).filter((turn) => (turn.endedAt ?? turn.at) <= until);
  const lastTurnAt = turns.reduce(
    (last, turn) => Math.max(last, turn.endedAt ?? turn.at),
    facts.startedAt ?? -Infinity,
  );
  const lastActivityAt = (facts.lastActivityAt ?? -Infinity) <= until ? facts.lastActivityAt : lastTurnAt;
  const { state } = addTurns(undefined, turns)!;
  return await makeSession(source, { ...facts, lastActivityAt }, state, prices, until);
}
