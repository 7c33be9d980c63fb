/**
 * What the sessions of a home are known to have cost, from records that are not the agent's own. Such files were written by
 * several hands: a member is read under each of the names that it has in them.
 */
import { addUsage, NO_USAGE, type TokenUsage, type Usd } from "../../../src/core/model.ts";

export interface ExpectedSums {
  /** Undefined where nobody counted them. */
  readonly turns: number | undefined;
  readonly usage: TokenUsage;
  /** As the agent recorded it. @default it records none */
  readonly usd?: Usd;
}

export interface ExpectedSession extends ExpectedSums {
  /** By `provider/model`; undefined where nobody told them apart. */
  readonly models: Readonly<Record<string, ExpectedSums>> | undefined;
  /** The session that it is a sub-agent of. */
  readonly parent?: string;
}

export type ExpectedSessions = ReadonlyMap<string, ExpectedSession>;

type Written = Readonly<Record<string, number | undefined>>;

interface WrittenSession {
  readonly turns?: number;
  readonly billedTurns?: number;
  readonly tokens?: Written;
  readonly usage?: Written;
  readonly usd?: Usd;
  readonly recordedUsd?: Usd;
  readonly reportedUsd?: Usd;
  /** Of credits, by their public rate. */
  readonly usdAtOneCent?: Usd;
  readonly parent?: string;
  readonly models?: Readonly<Record<string, Written>>;
}

/**
 * @param text A map by session id, or one by agent of such maps
 * @param agent Whose are wanted
 * @throws {Error} when a session has no sums
 */
export function readExpectedSessions(text: string, agent: string): ExpectedSessions {
  const all = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const written = (all[agent] ?? all) as Readonly<Record<string, WrittenSession>>;
  // Remarks are texts.
  const sessions = Object.entries(written).filter(([, session]) => typeof session === "object");
  return new Map(sessions.map(([id, session]) => [id, readSession(id, session)]));
}

function readSession(id: string, session: WrittenSession): ExpectedSession {
  const turns = session.turns ?? session.billedTurns;
  const usage = session.tokens ?? session.usage;
  // Under that name what was written for an hour is among what was written.
  const isWithin = session.tokens === undefined;
  if (turns === undefined || usage === undefined) throw new Error(`${id} has no turns or no tokens`);
  const models = session.models && Object.fromEntries(
    Object.entries(session.models).map(([name, sums]) =>
      [name, { turns: sums.turns, usage: readUsage(sums, isWithin), usd: sums.usd }] as const
    ),
  );
  return {
    turns,
    usage: readUsage(usage, isWithin),
    usd: session.usd ?? session.recordedUsd ?? session.reportedUsd ?? session.usdAtOneCent,
    models,
    parent: session.parent,
  };
}

function readUsage(written: Written, isWithin: boolean): TokenUsage {
  const { input, cacheRead, cacheWrite = NaN, cacheWrite1h = 0, output } = written;
  const counts = { input, cacheRead, cacheWrite: cacheWrite - (isWithin ? cacheWrite1h : 0), cacheWrite1h, output };
  for (const [kind, count] of Object.entries(counts)) {
    if (!Number.isFinite(count)) throw new Error(`${kind} is missing`);
  }
  return counts as TokenUsage;
}

/**
 * Sub-agents that have no session of their own in the answers are part of who started them.
 *
 * @param files Of the sessions that are in the answers, by their ids: they tell whose log it is where nobody wrote it down
 */
export function joinSubagents(
  expected: ExpectedSessions,
  files: ReadonlyMap<string, readonly string[]>,
): ExpectedSessions {
  const joined = new Map<string, ExpectedSession>();
  const ownerOf = (id: string): string => {
    if (files.has(id)) return id;
    const parent = expected.get(id)?.parent ??
      [...files].find(([, paths]) => paths.some((path) => path.includes(id)))?.[0];
    return parent === undefined ? id : ownerOf(parent);
  };
  for (const [id, session] of expected) {
    const owner = ownerOf(id);
    const other = joined.get(owner);
    joined.set(owner, other === undefined ? session : addSessions(other, session));
  }
  return joined;
}

function addSessions(a: ExpectedSession, b: ExpectedSession): ExpectedSession {
  const models: Record<string, ExpectedSums> = { ...a.models };
  for (const [name, sums] of Object.entries(b.models ?? {})) models[name] = addSums(models[name], sums);
  return { ...addSums(a, b), models: a.models && b.models && models };
}

/** @param a undefined for nothing yet */
export function addSums(a: ExpectedSums = { turns: 0, usage: NO_USAGE }, b: ExpectedSums): ExpectedSums {
  const usd = a.usd === undefined && b.usd === undefined ? undefined : (a.usd ?? 0) + (b.usd ?? 0);
  const turns = a.turns === undefined || b.turns === undefined ? undefined : a.turns + b.turns;
  return { turns, usage: addUsage(a.usage, b.usage), usd };
}
