/**
 * What the sessions of a home are known to have cost, from records that are not the agent's own. Such files were written by
 * several hands: a member is read under each of the names that it has in them.
 */
import { addUsage, NO_USAGE, type TokenUsage, type Usd } from "../../../src/core/model.ts";

export interface ExpectedSums {
  readonly turns: number;
  readonly usage: TokenUsage;
  /** As the agent recorded it. @default it records none */
  readonly usd?: Usd;
}

export interface ExpectedSession extends ExpectedSums {
  /** By `provider/model`. */
  readonly models: Readonly<Record<string, ExpectedSums>>;
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
  readonly parent?: string;
  readonly models: Readonly<Record<string, Written>>;
}

/** @param text a map by session id @throws {Error} when a session has no sums */
export function readExpectedSessions(text: string): ExpectedSessions {
  const written = JSON.parse(text) as Readonly<Record<string, WrittenSession>>;
  return new Map(Object.entries(written).map(([id, session]) => [id, readSession(id, session)]));
}

function readSession(id: string, session: WrittenSession): ExpectedSession {
  const turns = session.turns ?? session.billedTurns;
  const usage = session.tokens ?? session.usage;
  if (turns === undefined || usage === undefined) throw new Error(`${id} has no turns or no tokens`);
  const models = Object.entries(session.models).map(([name, sums]) => {
    if (sums.turns === undefined) throw new Error(`${id}: ${name} has no turns`);
    return [name, { turns: sums.turns, usage: readUsage(sums), usd: sums.usd }] as const;
  });
  return {
    turns,
    usage: readUsage(usage),
    usd: session.usd ?? session.recordedUsd ?? session.reportedUsd,
    models: Object.fromEntries(models),
    parent: session.parent,
  };
}

function readUsage({ input, cacheRead, cacheWrite, cacheWrite1h = 0, output }: Written): TokenUsage {
  const counts = { input, cacheRead, cacheWrite, cacheWrite1h, output };
  for (const [kind, count] of Object.entries(counts)) if (count === undefined) throw new Error(`${kind} is missing`);
  return counts as TokenUsage;
}

/** Sub-agents that have no session of their own in the answers are part of who started them. @param shown ids of those that have */
export function joinSubagents(expected: ExpectedSessions, shown: ReadonlySet<string>): ExpectedSessions {
  const joined = new Map<string, ExpectedSession>();
  for (const [id, session] of expected) {
    const owner = ownerOf(id, expected, shown);
    const other = joined.get(owner);
    joined.set(owner, other === undefined ? session : addSessions(other, session));
  }
  return joined;
}

function ownerOf(id: string, expected: ExpectedSessions, shown: ReadonlySet<string>): string {
  const parent = expected.get(id)?.parent;
  return shown.has(id) || parent === undefined ? id : ownerOf(parent, expected, shown);
}

function addSessions(a: ExpectedSession, b: ExpectedSession): ExpectedSession {
  const models: Record<string, ExpectedSums> = { ...a.models };
  for (const [name, sums] of Object.entries(b.models)) models[name] = addSums(models[name], sums);
  return { ...addSums(a, b), models };
}

/** @param a undefined for nothing yet */
export function addSums(a: ExpectedSums = { turns: 0, usage: NO_USAGE }, b: ExpectedSums): ExpectedSums {
  const usd = a.usd === undefined && b.usd === undefined ? undefined : (a.usd ?? 0) + (b.usd ?? 0);
  return { turns: a.turns + b.turns, usage: addUsage(a.usage, b.usage), usd };
}
