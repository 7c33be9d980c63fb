/**
 * What answers ask of every session to choose, order and add up: a few numbers, the first of a stored session
 * (stored_session.ts). They are in a column of their own, so that an answer that shows twenty sessions reads the rest of
 * twenty. As text, since SQLite writes a number into a list with fewer digits than it has.
 */
import { mayCostMore } from "../../../core/cost/tool_total.ts";
import { type Cost, COST_BASES, type CostBasis, type DurationMs, type EpochMs, type Usd } from "../../../core/model.ts";
import type { KeptRollup, Session } from "../../../core/session.ts";

/** In this order. */
export type FigureList = readonly [
  startedAt: EpochMs | null,
  /** From the start: numbers that are not large are short, and take no memory of their own. */
  lastActivity: DurationMs | null,
  /**
   * When the provider's cache was used last, by the session's own request, or expires, where the agent says so; null when
   * nothing was ever cached. From the last activity, or where there is none from the start, as every time behind it.
   */
  cacheUsed: DurationMs | null,
  usd: Usd,
  traits: number,
];

const FIGURES = 5;

/** Bits of a session's traits; its basis of cost is above them. */
const HAS_OPEN_PRICES = 1;
const IS_COMPUTED = 2;
const HAS_TOTAL = 4;
const MAY_COST_MORE = 8;
const HAS_PLAIN_ANCHOR = 16;
/** Times are as they are, not from the start. */
const IS_ABSOLUTE = 32;
const BASIS_SHIFT = 6;

/**
 * @param isPlain Whether its anchor is one that {@linkcode FigureList} and what stands behind it say all of
 * @param isAbsolute Whether its times are such that differences between them are not exact
 */
export function figuresOf(session: Session, isPlain: boolean, isAbsolute: boolean): FigureList {
  const { startedAt, lastActivityAt, rollup: { anchor, cost, models } } = session;
  const costs = [cost, ...models.map((model) => model.cost)];
  const isOpen = !Number.isFinite(cost.usd) ||
    costs.some(({ unpricedTurns, standardRateTurns, credits, billed }) =>
      unpricedTurns > 0 || standardRateTurns !== undefined || credits !== undefined || billed !== undefined
    );
  const start = isAbsolute ? 0 : startedAt ?? 0;
  return [
    startedAt ?? null,
    lastActivityAt === undefined ? null : lastActivityAt - start,
    anchor === undefined ? null : (anchor.expiresAt ?? anchor.at) - (isAbsolute ? 0 : lastActivityAt ?? start),
    cost.usd,
    traitsOf(
      COST_BASES.indexOf(cost.basis),
      isOpen,
      models.some(({ cost: { basis } }) => basis === "computed" || basis === "mixed"),
      session,
      isPlain,
      isAbsolute,
    ),
  ];
}

/** The last of them. @param basis Place in COST_BASES @param isComputed Whether that of a model is computed, or mixed */
export function traitsOf(
  basis: number,
  isOpen: boolean,
  isComputed: boolean,
  session: Pick<Session, "toolTotal" | "parentSessionId"> & {
    readonly rollup: Pick<KeptRollup, "cost" | "copiedTurns">;
  },
  isPlain: boolean,
  isAbsolute: boolean,
): number {
  return (isOpen ? HAS_OPEN_PRICES : 0) | (isComputed ? IS_COMPUTED : 0) |
    (session.toolTotal === undefined ? 0 : HAS_TOTAL) | (mayCostMore(session) ? MAY_COST_MORE : 0) |
    (isPlain ? HAS_PLAIN_ANCHOR : 0) | (isAbsolute ? IS_ABSOLUTE : 0) | basis << BASIS_SHIFT;
}

/** Last time that anything happened; undefined where nothing did. */
export function lastActivityOf(start: EpochMs | null, last: DurationMs | null, traits: number): EpochMs | undefined {
  return last === null ? undefined : (isAbsolute(traits) ? 0 : start ?? 0) + last;
}

/** What times behind the first two are counted from. */
export function baseTimeOf(start: EpochMs | null, last: DurationMs | null, traits: number): EpochMs {
  return isAbsolute(traits) ? 0 : (start ?? 0) + (last ?? 0);
}

function isAbsolute(traits: number): boolean {
  return (traits & IS_ABSOLUTE) !== 0;
}

/** How far what it cost can be trusted. */
export function basisOf(traits: number): CostBasis {
  return COST_BASES[traits >> BASIS_SHIFT]!;
}

/** Whether what its cache holds is told by the numbers of its only model and chain. */
export function hasPlainAnchor(traits: number): boolean {
  return (traits & HAS_PLAIN_ANCHOR) !== 0;
}

/** Those of all sessions that were read, each by its place among them. */
export class SessionFigures {
  /** One list behind the other; NaN for null: a list of both would take several times the memory. */
  readonly #figures: Float64Array;

  /** @param lists One behind the other */
  constructor(lists: readonly (number | null)[]) {
    // `Float64Array.from` takes ten times as long.
    this.#figures = new Float64Array(lists.length);
    for (let place = 0; place < lists.length; place++) this.#figures[place] = lists[place] ?? NaN;
  }

  startedAt(place: number): EpochMs | undefined {
    return this.#at(place, 0) ?? undefined;
  }

  lastActivityAt(place: number): EpochMs | undefined {
    return lastActivityOf(this.#at(place, 0), this.#at(place, 1), this.#traits(place));
  }

  cacheUsedAt(place: number): EpochMs | undefined {
    const used = this.#at(place, 2);
    if (used === null) return undefined;
    return baseTimeOf(this.#at(place, 0), this.#at(place, 1), this.#traits(place)) + used;
  }

  /**
   * Undefined when turns lack a price, have one at a rate that is not theirs, one in credits or one that was billed: the rest
   * of it says what is known.
   */
  cost(place: number): Cost | undefined {
    const traits = this.#traits(place);
    if ((traits & HAS_OPEN_PRICES) !== 0) return undefined;
    return { usd: this.#figures[FIGURES * place + 3]!, basis: basisOf(traits), unpricedTurns: 0 };
  }

  /** Whether the cost of some turns follows from price data; undefined where {@linkcode cost} is. */
  isComputed(place: number): boolean | undefined {
    const traits = this.#traits(place);
    return (traits & HAS_OPEN_PRICES) !== 0 ? undefined : (traits & IS_COMPUTED) !== 0;
  }

  /** Whether its agent has a total of its own. */
  hasTotal(place: number): boolean {
    return (this.#traits(place) & HAS_TOTAL) !== 0;
  }

  /** Whether that may add something to what its turns cost. */
  mayCostMore(place: number): boolean {
    return (this.#traits(place) & MAY_COST_MORE) !== 0;
  }

  #traits(place: number): number {
    return this.#figures[FIGURES * place + 4]!;
  }

  #at(place: number, figure: number): number | null {
    const value = this.#figures[FIGURES * place + figure]!;
    return Number.isNaN(value) ? null : value;
  }
}
