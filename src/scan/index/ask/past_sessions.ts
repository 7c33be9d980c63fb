/** Every session as it stood at a time in the past. */
import { lifetimeTable } from "../../../core/cache/lifetime_table.ts";
import type { EpochMs } from "../../../core/model.ts";
import type { Session } from "../../../core/session.ts";
import { reportSession } from "../../../core/session_report.ts";
import { readPastLifetimes } from "./past_lifetimes.ts";
import { costsOf, SessionNeighbours } from "../../../core/cost/tool_total.ts";
import type { IndexStore } from "../tables/store.ts";
import { readSessionLogs } from "../tables/logs.ts";
import type { LogTurns } from "../log_turns.ts";
import { addPricedTurns } from "../sums/add_priced_turns.ts";
import { makeSession, mergeFacts, type PriceSource } from "../sums/make_session.ts";
import { type IndexedSession, withId } from "./lazy_report.ts";
import { readDeletedSessions } from "../tables/deleted_logs.ts";
import { readStoredSessions } from "../tables/sessions.ts";

/** What is known of a time in the past. */
export interface PastSessions {
  readonly sessions: readonly IndexedSession[];
  /** How many had begun that are left out: what they had by then was deleted from their databases. */
  readonly leftOut: number;
}

/** What happened later is left out. */
export async function readPastSessions(
  store: IndexStore,
  turns: LogTurns,
  prices: PriceSource,
  now: EpochMs,
): Promise<PastSessions> {
  const lifetimes = lifetimeTable(readPastLifetimes(store, now));
  const deleted = new Set(readDeletedSessions(store));
  const found: { readonly id: number; readonly session: Session }[] = [];
  let leftOut = 0;
  for (const { id, session: stored } of readStoredSessions(store)) {
    const session = latestTime(stored) > now
      ? await readPastSession(store, turns, prices, { id, source: stored.source }, now)
      : stored;
    if (session === "deleted") leftOut++;
    else if (session !== undefined) found.push({ id, session });
  }
  const neighbours = new SessionNeighbours(found.map(({ session }) => session));
  const sessions = found.map(({ id, session }) => {
    const report = reportSession(session, now, lifetimes, costsOf(session, neighbours));
    return withId(deleted.has(id) ? { ...report, isDeleted: true } : report, id);
  });
  return { sessions, leftOut };
}

/** Of all that is known of a session: a start may be later than its turns, where the clock was set back between them. */
function latestTime({ startedAt = -Infinity, lastActivityAt = -Infinity, rollup }: Session): EpochMs {
  return rollup.chains.reduce((latest, { lastAt }) => Math.max(latest, lastAt), Math.max(startedAt, lastActivityAt));
}

/**
 * Undefined when it had not begun: it had where a turn of its own was complete, which is what `cost` counts at that time,
 * and without one at the time that its log names. Of what was deleted from its database only that time is known.
 */
async function readPastSession(
  store: IndexStore,
  logTurns: LogTurns,
  prices: PriceSource,
  { id, source }: { readonly id: number; readonly source: string },
  until: EpochMs,
): Promise<Session | "deleted" | undefined> {
  const facts = mergeFacts(await logTurns.complete(readSessionLogs(store, id)));
  const all = await logTurns.readSession(id);
  if (all === undefined) return (facts.startedAt ?? -Infinity) <= until ? "deleted" : undefined;
  const turns = all.filter((turn) => (turn.endedAt ?? turn.at) <= until);
  const own = turns.filter(({ counted }) => counted);
  const startedAt = upTo(until, facts.startedAt) ?? own[0]?.at;
  const activeAt = upTo(until, facts.lastActivityAt);
  const isThere = own.length > 0 || (facts.startedAt ?? facts.lastActivityAt ?? -Infinity) <= until;
  if (!isThere) return undefined;
  const lastTurnAt = turns.reduce((last, turn) => Math.max(last, turn.endedAt ?? turn.at), startedAt ?? -Infinity);
  return await makeSession(
    source,
    // What the tool added up later is not what it had by then.
    { ...facts, startedAt, lastActivityAt: activeAt ?? lastTurnAt, toolTotal: undefined },
    (await addPricedTurns(undefined, turns, prices))!,
    prices,
    until,
  );
}

function upTo(until: EpochMs, at: EpochMs | undefined): EpochMs | undefined {
  return at === undefined || at > until ? undefined : at;
}
