/** Joins the traces that launches opened with what the logs say of their sessions. Asks nobody but the scan. */
import { addUsage, cacheHitRatio, type Cost, type EpochMs, NO_USAGE, type TokenUsage } from "../../core/model.ts";
import { addAllCosts, sumCosts } from "../../core/cost/cost.ts";
import type { ChainRollup } from "../../core/rollup.ts";
import type { SessionRecord } from "../../launch/ledger/records.ts";
import type { LocalSession } from "../../launch/summary.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { IndexedSession } from "../../scan/index/ask/lazy_report.ts";

/** All names that a file may have in the index. */
export type PathNames = (path: string) => readonly string[];

/** What a trace is joined by. */
export type TracedRecord = Pick<
  SessionRecord,
  "traceId" | "sessionId" | "sessionFile" | "source" | "subagentId" | "parentTraceId"
>;

/** The session that a trace is of, or that its sub-agent worked for. */
export interface TracedSession {
  readonly session: IndexedSession;
  /** Whether it is of the whole session. */
  readonly isWhole: boolean;
  /** Whether turns of a chain are the trace's: a sub-agent with a trace of its own is no part of its session's. */
  holds(chain: string): boolean;
}

/** Finds the sessions of traces. What a launch did not report with its file is told by its agent and its own id. */
export class TraceJoin {
  readonly #all: readonly IndexedSession[];
  readonly #namesOf: PathNames;
  readonly #byTrace: ReadonlyMap<string, TracedRecord>;
  #byId: Map<string, IndexedSession> | undefined;
  #chains: Map<IndexedSession, Set<string>> | undefined;

  /** @param records All that there are of the traces' sessions: a sub-agent is found by its parent's */
  constructor(all: readonly IndexedSession[], records: readonly TracedRecord[], namesOf: PathNames) {
    this.#all = all;
    this.#namesOf = namesOf;
    this.#byTrace = new Map(records.map((record) => [record.traceId, record]));
  }

  /** Undefined for a session that is kept in no log, or in one that is not read. */
  find(record: TracedRecord): TracedSession | undefined {
    if (record.source === undefined) {
      const session = this.#ofFile(record.sessionFile);
      return session && { session, isWhole: true, holds: () => true };
    }
    const found = this.#locate(record);
    if (found === undefined) return undefined;
    const { session, chain } = found;
    if (chain !== undefined) return { session, isWhole: false, holds: (other) => other === chain };
    const others = this.#chainsOf(session);
    return { session, isWhole: others.size === 0, holds: (other) => !others.has(other) };
  }

  #ofFile(file: string | undefined): IndexedSession | undefined {
    if (file === undefined) return undefined;
    const names = this.#namesOf(file);
    return this.#all.find(({ files }) => files.some((file) => names.includes(file)));
  }

  /** @returns with the chain of a sub-agent, whose log is a part of another session */
  #locate(record: TracedRecord): { readonly session: IndexedSession; readonly chain?: string } | undefined {
    const own = this.#ofId(record);
    if (own !== undefined) return { session: own, chain: record.subagentId };
    // The log of a thread that another one started is of the session at the root of both.
    const seen = new Set([record.traceId]);
    for (let at = record.parentTraceId; at !== undefined && !seen.has(at);) {
      seen.add(at);
      const parent = this.#byTrace.get(at);
      const session = parent === undefined ? undefined : this.#ofId(parent);
      if (session !== undefined) return { session, chain: record.subagentId ?? record.sessionId };
      at = parent?.parentTraceId;
    }
    return undefined;
  }

  #ofId({ source, sessionId }: TracedRecord): IndexedSession | undefined {
    // The first of those that share an id, as everywhere.
    this.#byId ??= new Map(
      this.#all.toReversed().map((session) => [keyOf(session.source, session.sessionId), session]),
    );
    return source === undefined ? undefined : this.#byId.get(keyOf(source, sessionId));
  }

  #chainsOf(session: IndexedSession): ReadonlySet<string> {
    if (this.#chains === undefined) {
      this.#chains = new Map();
      for (const record of this.#byTrace.values()) {
        if (record.source === undefined) continue;
        const found = this.#locate(record);
        if (found?.chain === undefined) continue;
        const chains = this.#chains.get(found.session) ?? new Set();
        this.#chains.set(found.session, chains.add(found.chain));
      }
    }
    return this.#chains.get(session) ?? new Set();
  }
}

function keyOf(source: string, sessionId: string): string {
  return `${source}\0${sessionId}`;
}

/** What a trace's part of a session adds up to. */
export interface TracedFigures {
  readonly turns: number;
  readonly usage: TokenUsage;
  readonly cost: Cost;
  readonly cacheHitRatio?: number;
}

/** Of the whole of its time, in whichever launches. */
export function tracedFigures({ session, isWhole, holds }: TracedSession): TracedFigures {
  const { turns, usage, cost } = session;
  if (isWhole) return { turns, usage, cost, cacheHitRatio: session.cacheHitRatio };
  return addUp(session.chains.filter(({ chain }) => holds(chain)));
}

function addUp(chains: readonly ChainRollup[]): TracedFigures {
  const usage = chains.map(({ usage }) => usage).reduce(addUsage, NO_USAGE);
  return {
    turns: chains.reduce((sum, { turns }) => sum + turns, 0),
    usage,
    cost: addAllCosts(chains.map(({ cost }) => cost)),
    cacheHitRatio: cacheHitRatio(usage),
  };
}

/** What these sessions did since a time, by trace id: a resumed session's earlier turns are left out. */
export async function readTraced(
  scan: UsageIndex,
  records: readonly TracedRecord[],
  { since, now, namesOf }: { readonly since: EpochMs; readonly now: EpochMs; readonly namesOf: PathNames },
): Promise<ReadonlyMap<string, LocalSession>> {
  const asOf = { now, isPast: false };
  const join = new TraceJoin(await scan.sessions(asOf), records, namesOf);
  const found = new Map<string, LocalSession>();
  for (const record of records) {
    const traced = join.find(record);
    if (traced === undefined) continue;
    const turns = ((await scan.explainedTurns(traced.session.id, asOf)) ?? [])
      .filter(({ at, chain }) => at >= since && traced.holds(chain));
    found.set(record.traceId, {
      turns: turns.length,
      usage: turns.map(({ usage }) => usage).reduce(addUsage, NO_USAGE),
      cost: sumCosts(turns),
    });
  }
  return found;
}
