/**
 * Sessions as the index knows them: writes the rollups of changed sessions, and answers for any time.
 *
 * A session is all logs with the same source, id and discriminator: its own log and those of its sub-agents.
 */
import { strategyFor } from "../core/cache/strategies.ts";
import { learnLifetimes, lifetimeTable } from "../core/cache/survival.ts";
import type { GapSample, LearnedLifetime } from "../core/cache/strategy.ts";
import type { EpochMs, ModelRef, SessionFacts } from "../core/model.ts";
import type { PriceBook } from "../core/pricing.ts";
import { addTurns, finishRollup, type RollupState, type SessionTurn } from "../core/rollup.ts";
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

/** Turns of a log that follow those before, and change nothing about them. */
export interface AppendedTurns {
  /** Row of the index. */
  readonly session: number;
  readonly file: number;
  readonly fromSeq: number;
}

/**
 * Brings what the index keeps of sessions up to date: of those that are marked as changed from all their turns, of those
 * to which turns were only added from these; and drops sessions without logs.
 */
export async function refreshSessions(
  store: IndexStore,
  prices: PriceSource,
  appended: readonly AppendedTurns[],
  pause?: () => Promise<void>,
): Promise<void> {
  /** Providers whose caches were observed, or are no longer. */
  const observed = new Set<string>();
  const dirty = new Map(
    store.all<SessionKey>("SELECT id, source FROM sessions WHERE dirty = 1").map((session) => [session.id, session]),
  );
  for (const [id, turns] of Map.groupBy(appended, ({ session }) => session)) {
    if (dirty.has(id)) continue;
    const session = store.get<SessionKey>("SELECT id, source FROM sessions WHERE id = ?", id)!;
    if (!await continueSession(store, session, turns, prices, observed)) dirty.set(id, session);
  }
  for (const session of dirty.values()) {
    await pause?.();
    for (
      const { provider } of store.all<{ provider: string }>(
        "DELETE FROM samples WHERE session = ? RETURNING provider",
        session.id,
      )
    ) observed.add(provider);
    const read = await readSession(store, session, prices, Infinity);
    if (read === undefined) {
      store.run("DELETE FROM sessions WHERE id = ?", session.id);
      store.run("DELETE FROM rollups WHERE session = ?", session.id);
    } else writeSession(store, session.id, read, observed);
  }
  if (observed.size > 0) relearn(store, observed);
}

interface SessionKey {
  readonly id: number;
  readonly source: string;
}

interface ReadSession {
  readonly session: Session;
  readonly state: RollupState;
  readonly samples: readonly GapSample[];
}

/** @returns false when all turns of the session have to be added up anew */
async function continueSession(
  store: IndexStore,
  key: SessionKey,
  appended: readonly AppendedTurns[],
  prices: PriceSource,
  observed: Set<string>,
): Promise<boolean> {
  const kept = store.get<{ state: string }>("SELECT state FROM rollups WHERE session = ?", key.id);
  const facts = readFacts(store, key.id);
  if (kept === undefined || facts === undefined) return false;
  const turns = appended.flatMap(({ file, fromSeq }) =>
    store.all<SessionTurnRow>(
      `SELECT ${SESSION_TURN_COLUMNS} FROM turns t WHERE t.file = ? AND t.seq >= ? ORDER BY t.at, t.seq`,
      file,
      fromSeq,
    )
  ).sort((a, b) => a.at - b.at);
  // Two logs of a session may show one turn, of which one has to be chosen.
  if (new Set(turns.map(({ key }) => key)).size < turns.length) return false;
  const added = addTurns(JSON.parse(kept.state) as RollupState, turns.map(sessionTurnOfRow));
  if (added === undefined) return false;
  const before = store.get<{ body: string }>("SELECT body FROM sessions WHERE id = ?", key.id);
  const { traceId } = sessionOfBody(before!.body);
  const session = await makeSession(key.source, facts, added.state, prices, Infinity, traceId);
  writeSession(store, key.id, { ...added, session }, observed);
  return true;
}

function writeSession(
  store: IndexStore,
  id: number,
  { session, state, samples }: ReadSession,
  observed: Set<string>,
): void {
  store.run(
    "UPDATE sessions SET dirty = 0, last_activity = ?, body = ? WHERE id = ?",
    session.lastActivityAt ?? null,
    bodyOf(session),
    id,
  );
  store.run("INSERT OR REPLACE INTO rollups VALUES (?, ?)", id, JSON.stringify(state));
  for (const { model, at, gapMs, survived } of samples) {
    observed.add(model.provider);
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

/**
 * A lifetime is learned from the samples of one provider: the others are as they were. Where no state of a cache rests on
 * it, it is learned when somebody asks to see it (see {@linkcode readLifetimes}).
 */
function relearn(store: IndexStore, providers: ReadonlySet<string>): void {
  const { learned, outdated } = readLearned(store);
  const isUsed = (provider: string) => strategyFor({ provider, model: "" }).id === "empirical_dropoff";
  const used = [...providers].filter(isUsed);
  const kept: StoredLifetimes = {
    learned: [
      ...learned.filter(({ provider }) => !providers.has(provider)),
      ...used.flatMap((provider) => learnLifetimes(readSamples(store, Infinity, provider))),
    ],
    outdated: [...new Set([...outdated, ...providers])].filter((provider) => !isUsed(provider)),
  };
  store.writeMeta("lifetimes", JSON.stringify(kept));
}

interface StoredLifetimes {
  readonly learned: readonly LearnedLifetime[];
  /** Providers that are not among them although there are samples. */
  readonly outdated: readonly string[];
}

function readLearned(store: IndexStore): StoredLifetimes {
  const stored = store.readMeta("lifetimes");
  return stored === undefined ? { learned: [], outdated: [] } : JSON.parse(stored) as StoredLifetimes;
}

/** Builds a session from its logs' facts and turns, as they stood at a time; undefined when it had not begun. */
async function readSession(
  store: IndexStore,
  { id, source }: SessionKey,
  prices: PriceSource,
  until: EpochMs,
): Promise<ReadSession | undefined> {
  const facts = readFacts(store, id);
  if (facts === undefined || (facts.startedAt !== undefined && facts.startedAt > until)) return undefined;
  const all = readSessionTurns(store, id);
  const turns = until === Infinity ? all : all.filter((turn) => (turn.endedAt ?? turn.at) <= until);
  const lastTurnAt = turns.reduce(
    (last, turn) => Math.max(last, turn.endedAt ?? turn.at),
    facts.startedAt ?? -Infinity,
  );
  const lastActivityAt = (facts.lastActivityAt ?? -Infinity) <= until ? facts.lastActivityAt : lastTurnAt;
  const { state, samples } = addTurns(undefined, turns)!;
  const session = await makeSession(source, { ...facts, lastActivityAt }, state, prices, until, undefined);
  return { session, state, samples };
}

/** @param traceId When it is known already: what makes the ids takes longer to load than a warm scan */
async function makeSession(
  source: string,
  facts: SessionFactsOfLogs,
  state: RollupState,
  prices: PriceSource,
  until: EpochMs,
  traceId: string | undefined,
): Promise<Session> {
  const { lastActivityAt } = facts;
  const pending = facts.pending !== undefined && facts.pending.at <= until ? facts.pending : undefined;
  let rollup = finishRollup(state, pending, undefined);
  const { anchor, resume } = rollup;
  if (anchor !== undefined && (resume.warm === undefined || resume.cold === undefined)) {
    rollup = finishRollup(state, pending, await prices.bookFor([anchor.model]));
  }
  const isTraced = rollup.models.some(({ provider, turns }) => provider === "opper" && turns > 0);
  const trace = !isTraced ? undefined : traceId ?? (await import("../core/trace_id.ts")).traceIdOf(facts.file);
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

/** What the logs of a session say of it; undefined when it has none. */
function readFacts(store: IndexStore, id: number): SessionFactsOfLogs | undefined {
  const logs = store.all<{ path: string; facts: string }>(
    "SELECT path, facts FROM files WHERE session = ? ORDER BY path",
    id,
  ).map(({ path, facts }) => ({ path, facts: JSON.parse(facts) as SessionFacts }));
  return logs.length === 0 ? undefined : mergeFacts(logs);
}

/** The session's own log speaks; those of sub-agents fill gaps. Copies of one log agree, or the first by start does. */
function mergeFacts(logs: readonly { path: string; facts: SessionFacts }[]): SessionFactsOfLogs {
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
  const lifetimes = lifetimeTable(isPast ? readLifetimes(store, now, true) : readLearned(store).learned);
  const rows = store.all<SessionRow & { last_activity: number | null }>(
    `SELECT id, source, body, last_activity FROM sessions WHERE body IS NOT NULL
      ORDER BY last_activity DESC, source, session_id, discriminator`,
  );
  const reports: IndexedSession[] = [];
  for (const row of rows) {
    const session = isPast && (row.last_activity ?? -Infinity) > now
      ? (await readSession(store, row, prices, now))?.session
      : sessionOfBody(row.body);
    if (session !== undefined) reports.push({ id: row.id, ...reportSession(session, now, lifetimes) });
  }
  return reports;
}

/** What this user's history says about cache lifetimes: of all providers, also of those that no state rests on. */
export function readLifetimes(store: IndexStore, now: EpochMs, isPast: boolean): readonly LearnedLifetime[] {
  if (isPast) return learnLifetimes(readSamples(store, now));
  const { learned, outdated } = readLearned(store);
  const fresh = outdated.flatMap((provider) => learnLifetimes(readSamples(store, Infinity, provider)));
  return [...learned, ...fresh].sort((a, b) => a.provider < b.provider ? -1 : a.provider > b.provider ? 1 : 0);
}

/** In no order. @param provider @default all */
function readSamples(store: IndexStore, until: EpochMs, provider?: string): GapSample[] {
  const models = new Map<string, ModelRef>();
  return store.all<{ provider: string; model: string; at: number; gapMs: number; survived: number }>(
    `SELECT provider, model, at, gap_ms AS gapMs, survived FROM samples
      WHERE ${provider === undefined ? "" : "provider = ? AND "}at <= ?`,
    ...(provider === undefined ? [] : [provider]),
    Math.min(until, Number.MAX_SAFE_INTEGER),
  ).map(({ provider, model, at, gapMs, survived }) => {
    const name = `${provider}\0${model}`;
    let ref = models.get(name);
    if (ref === undefined) models.set(name, ref = { provider, model });
    return { model: ref, at, gapMs, survived: survived === 1 };
  });
}
