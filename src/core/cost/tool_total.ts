/**
 * An agent's own total for a session, beside the sum of the session's turns: requests that no line of the log shows
 * (titles, summaries, searches) are in the one and not in the other.
 *
 * The tool's total is believed only where it is the session's own: a fork's goes on from its parent's, and so does that
 * of a session that was begun in a process which had one before (claude-code#70604).
 */
import type { Cost, Usd } from "../model.ts";
import type { ModelRollup } from "../rollup.ts";
import type { KeptRollup, Session } from "../session.ts";

/** What a session cost. */
export interface SessionCost extends Cost {
  /** What the tool paid for requests that its log does not show, by its own total. Not in `usd`. */
  readonly unlogged?: { readonly usd: Usd; readonly basis: "reported" };
}

/** Sums of floating-point numbers differ by less, and nobody pays it. */
const NEGLIGIBLE_USD: Usd = 1e-6;

export type TotalDoubt = "guessed" | "fork" | "counted_with_others";

/** What is weighed of a session. */
export interface CountedSession extends
  Pick<
    Session,
    "source" | "sessionId" | "cwd" | "startedAt" | "lastActivityAt" | "parentSessionId" | "toolTotal"
  > {
  readonly rollup: Pick<KeptRollup, "cost" | "models" | "copiedTurns">;
}

/** The sessions that may have been counted together, found without going through all for each. */
export class SessionNeighbours {
  readonly #sessions: readonly CountedSession[];
  #byPlace: ReadonlyMap<string, readonly CountedSession[]> | undefined;
  #byProcess: ReadonlyMap<string, readonly CountedSession[]> | undefined;

  /** @param sessions All of them. Put in order only once somebody asks */
  constructor(sessions: readonly CountedSession[]) {
    this.#sessions = sessions;
  }

  /** Those in the same directory, and those that the same process counted. */
  of({ source, cwd, toolTotal }: CountedSession): readonly CountedSession[] {
    // By the directory alone: two texts joined for each of thousands take longer than another look at the source.
    this.#byPlace ??= Map.groupBy(this.#sessions, ({ cwd }) => cwd ?? "");
    const inPlace = this.#byPlace.get(cwd ?? "") ?? [];
    const since = toolTotal?.countedSince;
    if (since === undefined) return inPlace;
    this.#byProcess ??= Map.groupBy(
      this.#sessions.filter(({ toolTotal }) => toolTotal?.countedSince !== undefined),
      ({ source, toolTotal }) => `${source} ${toolTotal!.countedSince}`,
    );
    const ofProcess = this.#byProcess.get(`${source} ${since}`) ?? [];
    return ofProcess.length < 2 ? inPlace : [...inPlace, ...ofProcess];
  }
}

/**
 * Whether an agent's total may add something to a session's cost, as far as the session alone can tell: another one may
 * still have been counted with it.
 */
export function mayCostMore({ toolTotal, rollup, parentSessionId }: DoubtedSession): boolean {
  return toolTotal !== undefined && isComparable(rollup.cost) && toolTotal.usd - rollup.cost.usd > NEGLIGIBLE_USD &&
    ownDoubtOf({ toolTotal, rollup, parentSessionId }) === undefined;
}

/** An agent adds up list prices: what was charged is something else, and what lies between is not what was not logged. */
function isComparable({ billed }: Cost): boolean {
  return billed === undefined;
}

type DoubtedSession = Pick<CountedSession, "toolTotal" | "parentSessionId"> & {
  readonly rollup: Pick<KeptRollup, "cost" | "copiedTurns">;
};

function ownDoubtOf({ toolTotal, rollup, parentSessionId }: DoubtedSession): TotalDoubt | undefined {
  if (toolTotal?.guessed) return "guessed";
  return parentSessionId !== undefined || (rollup.copiedTurns ?? 0) > 0 ? "fork" : undefined;
}

/** Why a session's tool total is not its own; undefined when it is, or when there is none. */
export function doubtOf(session: CountedSession, neighbours: SessionNeighbours): TotalDoubt | undefined {
  const { toolTotal, rollup } = session;
  if (toolTotal === undefined) return undefined;
  const doubt = ownDoubtOf(session);
  if (doubt !== undefined) return doubt;
  const rest = toolTotal.usd - rollup.cost.usd;
  return rest > NEGLIGIBLE_USD && neighbours.of(session).some((other) => mayInclude(session, rest, other))
    ? "counted_with_others"
    : undefined;
}

/** Whether what is left of a session's total may be what another one cost, which went before it in the same process. */
function mayInclude(
  { source, sessionId, cwd, startedAt, toolTotal }: CountedSession,
  rest: Usd,
  other: CountedSession,
): boolean {
  if (other.source !== source || other.sessionId === sessionId || other.startedAt === undefined) return false;
  const isBefore = startedAt !== undefined && other.startedAt < startedAt;
  if (!isBefore) return false;
  const since = toolTotal?.countedSince;
  const othersSince = since === undefined ? undefined : other.toolTotal?.countedSince;
  if (since !== undefined && othersSince !== undefined) {
    if (othersSince === since) return true;
    // A sum that was begun before goes on by itself, in another process. A later one may be of a session that was resumed.
    if (othersSince < since) return false;
  }
  const isSameProcess = since === undefined || (other.lastActivityAt ?? -Infinity) >= since;
  const cost = other.rollup.cost.usd;
  return isSameProcess && other.cwd === cwd && cost > NEGLIGIBLE_USD && rest >= cost - NEGLIGIBLE_USD;
}

/** A session's cost, and that of each of its models. */
export interface SessionCosts {
  readonly cost: SessionCost;
  readonly models: readonly ModelRollup[];
}

/**
 * A session's cost and that of its models, with what the tool's own total adds: what was not logged or, where turns have no
 * known price, what all of them cost.
 */
export function costsOf(session: CountedSession, neighbours: SessionNeighbours): SessionCosts {
  const { cost, models } = session.rollup;
  return addedCosts(session, neighbours) ?? { cost, models };
}

/** The same, and undefined where the total adds nothing. */
function addedCosts(session: CountedSession, neighbours: SessionNeighbours): SessionCosts | undefined {
  return addsTotal(session, neighbours) ? costsWithTotal(session.rollup, session.toolTotal!.usd) : undefined;
}

/** Whether what the tool itself added up says more of a session's cost than its turns do. */
export function addsTotal(session: CountedSession, neighbours: SessionNeighbours): boolean {
  const { toolTotal, rollup: { cost } } = session;
  return toolTotal !== undefined && isComparable(cost) && toolTotal.usd - cost.usd > NEGLIGIBLE_USD &&
    doubtOf(session, neighbours) === undefined;
}

/** A session's costs with a total that {@linkcode addsTotal | adds} something. @param total Its agent's own */
export function costsWithTotal({ cost, models }: Pick<KeptRollup, "cost" | "models">, total: Usd): SessionCosts {
  const unpriced = cost.unpricedTurns === 0 ? [] : models.filter((model) => model.cost.unpricedTurns > 0);
  return {
    cost: costWithTotal(cost, total),
    models: unpriced.length !== 1 ? models : models.map((model) =>
      model === unpriced[0]
        ? {
          ...model,
          cost: {
            ...model.cost,
            usd: model.cost.usd + total - cost.usd,
            basis: model.cost.basis === "none" ? "reported" as const : "mixed" as const,
            unpricedTurns: 0,
          },
        }
        : model
    ),
  };
}

/** The first of {@linkcode costsWithTotal}. */
export function costWithTotal(cost: Cost, total: Usd): SessionCost {
  if (cost.unpricedTurns === 0) return { ...cost, unlogged: { usd: total - cost.usd, basis: "reported" } };
  return { ...cost, usd: total, basis: cost.basis === "none" ? "reported" : "mixed", unpricedTurns: 0 };
}
