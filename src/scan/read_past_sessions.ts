/** Every session as it stood at a time in the past. */
import { lifetimeTable } from "../core/cache/survival.ts";
import type { EpochMs } from "../core/model.ts";
import { addTurns } from "../core/rollup.ts";
import { reportSession, type Session } from "../core/session_report.ts";
import { readPastLifetimes } from "./gap_pools.ts";
import { costsOf, SessionNeighbours } from "../core/tool_total.ts";
import type { IndexStore } from "./index_store.ts";
import { factsOf, readSessionLogs } from "./log_rows.ts";
import type { LogTurns } from "./log_turns.ts";
import { makeSession, mergeFacts, type PriceSource } from "./make_session.ts";
import { type IndexedSession, withId } from "./lazy_report.ts";
import { readStoredSessions } from "./read_sessions.ts";

/** What happened later is left out. */
export async function readPastSessions(
  store: IndexStore,
  turns: LogTurns,
  prices: PriceSource,
  now: EpochMs,
): Promise<IndexedSession[]> {
  const lifetimes = lifetimeTable(readPastLifetimes(store, now));
  const found: { readonly id: number; readonly session: Session }[] = [];
  for (const { id, session: stored } of readStoredSessions(store)) {
    const session = (stored.lastActivityAt ?? -Infinity) > now
      ? await readPastSession(store, turns, prices, { id, source: stored.source }, now)
      : stored;
    if (session !== undefined) found.push({ id, session });
  }
  const neighbours = new SessionNeighbours(found.map(({ session }) => session));
  return found.map(({ id, session }) =>
    withId(reportSession(session, now, lifetimes, costsOf(session, neighbours)), id)
  );
}

/** Undefined when it had not begun. */
async function readPastSession(
  store: IndexStore,
  logTurns: LogTurns,
  prices: PriceSource,
  { id, source }: { readonly id: number; readonly source: string },
  until: EpochMs,
): Promise<Session | undefined> {
  const facts = mergeFacts(factsOf(await logTurns.complete(readSessionLogs(store, id))));
  if (facts.startedAt !== undefined && facts.startedAt > until) return undefined;
  const turns = (await logTurns.readSession(id)).filter((turn) => (turn.endedAt ?? turn.at) <= until);
  const lastTurnAt = turns.reduce(
    (last, turn) => Math.max(last, turn.endedAt ?? turn.at),
    facts.startedAt ?? -Infinity,
  );
  const lastActivityAt = (facts.lastActivityAt ?? -Infinity) <= until ? facts.lastActivityAt : lastTurnAt;
  const { state } = addTurns(undefined, turns)!;
  // What the tool added up later is not what it had by then.
  return await makeSession(source, { ...facts, lastActivityAt, toolTotal: undefined }, state, prices, until);
}
