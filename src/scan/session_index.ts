/**
 * Sessions as the index knows them: writes the rollups of changed sessions, and answers for any time.
 *
 * A session is all logs with the same source, id and discriminator: its own log and those of its sub-agents.
 */
import { learnLifetimes, lifetimeTable } from "../core/cache/survival.ts";
import type { GapSample, LearnedLifetime } from "../core/cache/strategy.ts";
import type { EpochMs, ModelRef, SessionFacts } from "../core/model.ts";
import type { PriceBook } from "../core/pricing.ts";
import { resumeCost, rollUpSession, type SessionTurn } from "../core/rollup.ts";
import { reportSession, type Session, type SessionReport } from "../core/session_report.ts";
import type { IndexStore } from "./index_store.ts";
import { SESSION_TURN_COLUMNS, sessionTurnOfRow, type SessionTurnRow } from "./turn_rows.ts";

interface SessionRow {
  readonly id: number;
  readonly source: string;
  readonly body: string;
}

/** Gives the price data, at best without loading them. */
export interface PriceSource {
  bookFor(models: Iterable<ModelRef>): Promise<PriceBook>;
}

/** Recomputes what the index keeps of every session whose logs or turns changed, and drops sessions without logs. */
export async function refreshSessions(
  store: IndexStore,
  prices: PriceSource,
  pause?: () => Promise<void>,
): Promise<void> {
  const dirty = store.all<{ id: number; source: string }>("SELECT id, source FROM sessions WHERE dirty = 1");
  if (dirty.length === 0) return;
  for (const { id, source } of dirty) {
    await pause?.();
    store.run("DELETE FROM samples WHERE session = ?", id);
    const read = await readSession(store, id, source, prices, Infinity);
    if (read === undefined) {
      store.run("DELETE FROM sessions WHERE id = ?", id);
      continue;
    }
    const { session, samples } = read;
    store.run(
      "UPDATE sessions SET dirty = 0, last_activity = ?, body = ? WHERE id = ?",
      session.lastActivityAt ?? null,
      bodyOf(session),
      id,
    );
    for (const { model, at, gapMs, survived } of samples) {
      store.run(
        "INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?)",
        id,
        model.provider,
        model.model,
        at,
        gapMs,
        Number(survived),
      );
    }
  }
  store.writeMeta("lifetimes", JSON.stringify(learnLifetimes(readSamples(store, Infinity))));
}

/** Builds a session from its logs' facts and turns, as they stood at a time; undefined when it had not begun. */
async function readSession(
  store: IndexStore,
  id: number,
  source: string,
  prices: PriceSource,
  until: EpochMs,
): Promise<{ readonly session: Session; readonly samples: readonly GapSample[] } | undefined> {
  const logs = store.all<{ path: string; facts: string }>(
    "SELECT path, facts FROM files WHERE session = ? ORDER BY path",
    id,
  ).map(({ path, facts }) => ({ path, facts: JSON.parse(facts) as SessionFacts }));
  if (logs.length === 0) return undefined;
  const facts = mergeFacts(logs);
  if (facts.startedAt !== undefined && facts.startedAt > until) return undefined;
  const all = readSessionTurns(store, id);
  const turns = until === Infinity ? all : all.filter((turn) => (turn.endedAt ?? turn.at) <= until);
  const pending = facts.pending !== undefined && facts.pending.at <= until ? facts.pending : undefined;
  const lastTurnAt = turns.reduce(
    (last, turn) => Math.max(last, turn.endedAt ?? turn.at),
    facts.startedAt ?? -Infinity,
  );
  const lastActivityAt = (facts.lastActivityAt ?? -Infinity) <= until ? facts.lastActivityAt : lastTurnAt;
  let rollup = rollUpSession(turns, pending, undefined);
  const { anchor, resume } = rollup;
  if (anchor !== undefined && (resume.warm === undefined || resume.cold === undefined)) {
    rollup = { ...rollup, resume: resumeCost(turns, anchor, await prices.bookFor([anchor.model])) };
  }
  // Kept beside the rest: what makes the ids takes longer to load than a warm scan.
  const isTraced = rollup.models.some(({ provider, turns }) => provider === "opper" && turns > 0);
  const traceId = isTraced ? (await import("../core/trace_id.ts")).traceIdOf(facts.file) : undefined;
  const { samples, ...kept } = rollup;
  const session = {
    ...facts,
    source,
    ...(traceId === undefined ? {} : { traceId }),
    lastActivityAt: Number.isFinite(lastActivityAt) ? lastActivityAt : undefined,
    pending,
    rollup: kept,
  };
  return { session, samples };
}

/** The text that the index keeps of a session. What every reader pays for is short: most have one log. */
function bodyOf({ files, ...session }: Session): string {
  return JSON.stringify(files.length === 1 ? session : { ...session, files });
}

function sessionOfBody(body: string): Session {
  const session = JSON.parse(body) as Omit<Session, "files"> & { files?: readonly string[] };
  return { ...session, files: session.files ?? [session.file] };
}

/** The session's own log speaks; those of sub-agents fill gaps. Copies of one log agree, or the first by start does. */
function mergeFacts(
  logs: readonly { path: string; facts: SessionFacts }[],
): Omit<Session, "source" | "rollup"> {
  const ordered = logs.toSorted((a, b) =>
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

/** All turns in the session's logs in order of time, copied history included (`counted` false). */
export function readSessionTurns(store: IndexStore, id: number): SessionTurn[] {
  const rows = store.all<SessionTurnRow>(
    `SELECT ${SESSION_TURN_COLUMNS} FROM files f JOIN turns t ON t.file = f.id WHERE f.session = ?
      ORDER BY t.at, t.file, t.seq`,
    id,
  );
  // Several logs of one session may show the same turn, at times that differ: the one that counts stands for it.
  const best = new Map<string, SessionTurnRow>();
  for (const row of rows) {
    const known = best.get(row.key);
    if (known === undefined || (known.lost !== 0 && row.lost === 0)) best.set(row.key, row);
  }
  const chosen = best.size === rows.length ? rows : rows.filter((row) => best.get(row.key) === row);
  return chosen.map(sessionTurnOfRow);
}

export interface IndexedSession extends SessionReport {
  /** Row of the index: valid until the index is closed. */
  readonly id: number;
}

/**
 * Every session as it stood at `now`, the last active first.
 *
 * @param isPast True when `now` was asked for rather than read from the clock: what happened later is then left out
 */
export async function readSessions(
  store: IndexStore,
  now: EpochMs,
  isPast: boolean,
  prices: PriceSource,
): Promise<IndexedSession[]> {
  const lifetimes = lifetimeTable(readLifetimes(store, now, isPast));
  const rows = store.all<SessionRow & { last_activity: number | null }>(
    `SELECT id, source, body, last_activity FROM sessions WHERE body IS NOT NULL
      ORDER BY last_activity DESC, source, session_id, discriminator`,
  );
  const reports: IndexedSession[] = [];
  for (const row of rows) {
    const session = isPast && (row.last_activity ?? -Infinity) > now
      ? (await readSession(store, row.id, row.source, prices, now))?.session
      : sessionOfBody(row.body);
    if (session !== undefined) reports.push({ id: row.id, ...reportSession(session, now, lifetimes) });
  }
  return reports;
}

/** What this user's history says about cache lifetimes. */
export function readLifetimes(store: IndexStore, now: EpochMs, isPast: boolean): readonly LearnedLifetime[] {
  if (isPast) return learnLifetimes(readSamples(store, now));
  const stored = store.readMeta("lifetimes");
  return stored === undefined ? [] : JSON.parse(stored) as LearnedLifetime[];
}

function readSamples(store: IndexStore, until: EpochMs): GapSample[] {
  return store.all<{ provider: string; model: string; at: number; gapMs: number; survived: number }>(
    "SELECT provider, model, at, gap_ms AS gapMs, survived FROM samples WHERE at <= ? ORDER BY rowid",
    Math.min(until, Number.MAX_SAFE_INTEGER),
  ).map(({ provider, model, survived, ...rest }) => ({
    ...rest,
    model: { provider, model },
    survived: survived === 1,
  }));
}
