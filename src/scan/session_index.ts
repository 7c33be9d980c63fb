/**
 * Sessions as the index knows them: puts those whose logs changed together anew, and answers for any time.
 *
 * A session is all logs with the same source, id and discriminator: its own log and those of its sub-agents.
 */
import { lifetimeTable } from "../core/cache/survival.ts";
import type { EpochMs, ModelRef, SessionFacts } from "../core/model.ts";
import type { PriceBook } from "../core/pricing.ts";
import { addTurns, finishRollup, mergeRollups, type RollupState } from "../core/rollup.ts";
import { reportSession, type Session, type SessionReport } from "../core/session_report.ts";
import { readPastLifetimes, readUsedLifetimes } from "./gap_pools.ts";
import type { IndexStore, SessionLog } from "./index_store.ts";
import type { LogTurns } from "./log_turns.ts";

interface SessionKey {
  readonly id: number;
  readonly source: string;
}

/** Gives the price data, at best without loading them. */
export interface PriceSource {
  bookFor(models: Iterable<ModelRef>): Promise<PriceBook>;
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
    const before = body === null ? undefined : sessionOfBody(body);
    const session = await makeSession(source, mergeFacts(logs), state, prices, Infinity, before);
    store.run(
      "UPDATE sessions SET dirty = 0, last_activity = ?, body = ? WHERE id = ?",
      session.lastActivityAt ?? null,
      bodyOf(session),
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

/** @param before The same session as it was: what makes the ids of traces takes longer to load than a warm scan */
async function makeSession(
  source: string,
  facts: SessionFactsOfLogs,
  state: RollupState,
  prices: PriceSource,
  until: EpochMs,
  before: Pick<Session, "traceId" | "file"> | undefined,
): Promise<Session> {
  const { lastActivityAt } = facts;
  const pending = facts.pending !== undefined && facts.pending.at <= until ? facts.pending : undefined;
  let rollup = finishRollup(state, pending, undefined);
  const { anchor, resume } = rollup;
  if (anchor !== undefined && (resume.warm === undefined || resume.cold === undefined)) {
    rollup = finishRollup(state, pending, await prices.bookFor([anchor.model]));
  }
  const isTraced = rollup.models.some(({ provider, turns }) => provider === "opper" && turns > 0);
  const known = before?.file === facts.file ? before.traceId : undefined;
  const trace = !isTraced ? undefined : known ?? (await import("../core/trace_id.ts")).traceIdOf(facts.file);
  return {
    ...facts,
    source,
    ...(trace === undefined ? {} : { traceId: trace }),
    lastActivityAt: Number.isFinite(lastActivityAt) ? lastActivityAt : undefined,
    pending,
    rollup,
  };
}

/** The text that the index keeps of a session. What every reader pays for is short: most have one log. */
function bodyOf({ files, ...session }: Session): string {
  return JSON.stringify(files.length === 1 ? session : { ...session, files });
}

function sessionOfBody(body: string): Session {
  const session = JSON.parse(body) as Omit<Session, "files"> & { files?: readonly string[] };
  return { ...session, files: session.files ?? [session.file] };
}

type SessionFactsOfLogs = Omit<Session, "source" | "rollup" | "traceId">;

/**
 * The session's own log speaks; those of sub-agents fill gaps. Copies of one log agree, or the first by start does.
 *
 * @param logs At least one
 */
function mergeFacts(logs: readonly Pick<SessionLog, "path" | "facts">[]): SessionFactsOfLogs {
  const ordered = logs.map(({ path, facts }) => ({ path, facts: JSON.parse(facts) as SessionFacts })).sort((a, b) =>
    Number(a.facts.subagent ?? false) - Number(b.facts.subagent ?? false) ||
    (a.facts.startedAt ?? Infinity) - (b.facts.startedAt ?? Infinity)
  );
  const own = ordered.filter(({ facts }) => !facts.subagent);
  const first = <K extends keyof SessionFacts>(key: K) =>
    ordered.find(({ facts }) => facts[key] !== undefined)?.facts[key];
  const latest = own.toSorted((a, b) => (b.facts.lastActivityAt ?? 0) - (a.facts.lastActivityAt ?? 0))[0];
  const times = (key: "startedAt" | "lastActivityAt") =>
    ordered.map(({ facts }) => facts[key]).filter((time) => time !== undefined);
  return {
    sessionId: ordered[0]!.facts.sessionId,
    file: ordered[0]!.path,
    files: ordered.map(({ path }) => path),
    cwd: first("cwd"),
    title: latest?.facts.title ?? first("title"),
    parentSessionId: own.find(({ facts }) => facts.parentSessionId !== undefined)?.facts.parentSessionId,
    startedAt: times("startedAt").length === 0 ? undefined : Math.min(...times("startedAt")),
    lastActivityAt: times("lastActivityAt").length === 0 ? undefined : Math.max(...times("lastActivityAt")),
    pending: latest?.facts.pending,
  };
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
    .map(({ id, body }) => ({ id, ...reportSession(sessionOfBody(body), now, lifetimes) }));
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
      : sessionOfBody(body);
    if (session !== undefined) reports.push({ id, ...reportSession(session, now, lifetimes) });
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
  const facts = mergeFacts(store.readSessionLogs(id));
  if (facts.startedAt !== undefined && facts.startedAt > until) return undefined;
  const turns = (await logTurns.readSession(id)).filter((turn) => (turn.endedAt ?? turn.at) <= until);
  const lastTurnAt = turns.reduce(
    (last, turn) => Math.max(last, turn.endedAt ?? turn.at),
    facts.startedAt ?? -Infinity,
  );
  const lastActivityAt = (facts.lastActivityAt ?? -Infinity) <= until ? facts.lastActivityAt : lastTurnAt;
  const { state } = addTurns(undefined, turns)!;
  return await makeSession(source, { ...facts, lastActivityAt }, state, prices, until, undefined);
}
