/**
 * The contract of a cache strategy: from what a chain left in the provider's cache, and what this user's history says
 * about that provider, to whether it is still there at a given time.
 *
 * Strategies are pure functions, keyed on provider and model (strategies.ts), never on the tool that wrote the log.
 */
import type { DurationMs, EpochMs, ModelRef, Tokens } from "../model.ts";
import type { ServedBy } from "./served_requests.ts";

export type CacheStrategyId =
  | "anthropic_ephemeral"
  | "documented_window"
  | "empirical_dropoff"
  | "recorded"
  | "unknown";

export type ColdReason = "expired" | "never_written" | "model_changed" | "compacted";

/**
 * What the requests of one chain left in the provider's cache. Everything a strategy needs of the turns, and small, so
 * that the index can keep it. Made by `anchorOf` (anchor.ts).
 */
export interface CacheAnchor {
  /** The model of the last request. The cache belongs to it alone. */
  readonly model: ModelRef;
  /** Start of the last request that read or wrote the cache (for automatic caches: of the last request). */
  readonly at: EpochMs;
  /** Tokens of prompt prefix held after that request. Zero when nothing was ever cached. */
  readonly tokens: Tokens;
  /** The part of `tokens` that was written for one hour. */
  readonly oneHourTokens: Tokens;
  /**
   * Set where the chain's log shows no write of an explicit cache, only reads: for how long it was written is not known.
   */
  readonly hidesWrites?: true;
  /** When it expires, where the agent says so itself of the last request that used it. */
  readonly expiresAt?: EpochMs;
  /** Whose cache it is, where a gateway said who served the request. The cache belongs to that one alone. */
  readonly upstream?: string;
  /** Who served the last requests. @default that is not known of the last one */
  readonly served?: ServedBy;
  /** Why the next request cannot hit the prefix, whatever the clock says. */
  readonly lost?: Exclude<ColdReason, "expired">;
}

/** How sure we are, for people and for programs. */
export interface CacheEvidence {
  /** One sentence: the document and its date, or the figures. */
  readonly basis: string;
  /** Pairs of turns that say something about the lifetime; only with `empirical_dropoff`. */
  readonly samples?: number;
  readonly survivals?: number;
  readonly drops?: number;
  /** Longest idle time after which at least nine in ten were still there. */
  readonly warmUntilMs?: DurationMs;
  /** Shortest idle time after which at most half were still there. */
  readonly coldFromMs?: DurationMs;
  /** What the samples were pooled over. */
  readonly pool?: "model" | "provider";
}

export type CacheState =
  | {
    /** `maybe`: past what is promised, or the evidence is thin. */
    readonly state: "warm" | "maybe";
    readonly tokens: Tokens;
    readonly ttlMs: DurationMs;
    readonly expiresAt: EpochMs;
    readonly evidence: CacheEvidence;
    readonly note?: string;
  }
  | {
    readonly state: "cold";
    readonly reason: ColdReason;
    /** Tokens that were held and are gone. */
    readonly tokens: Tokens;
    readonly ttlMs?: DurationMs;
    readonly expiresAt?: EpochMs;
    readonly evidence?: CacheEvidence;
    readonly note?: string;
  }
  | {
    readonly state: "unknown";
    readonly reason: string;
    readonly tokens: Tokens;
    readonly evidence?: CacheEvidence;
    readonly note?: string;
  };

/** One observation: two consecutive turns of a chain, the idle time between them, and whether the prefix survived it. */
export interface GapSample {
  readonly model: ModelRef;
  /** Start of the later request. */
  readonly at: EpochMs;
  /** From start to start. */
  readonly gapMs: DurationMs;
  readonly survived: boolean;
  /** Who served both, where that is known. */
  readonly upstream?: string;
}

/** What a fit needs beyond a minute of idle time. */
export const NEEDED_SURVIVALS = 3;
export const NEEDED_DROPS = 2;

/** A lifetime learned from samples. See survival.ts. */
export interface LearnedLifetime {
  readonly pool: "model" | "provider";
  readonly provider: string;
  /** Absent when pooled over the provider. */
  readonly model?: string;
  /** The host behind the provider that served all of them. @default whichever did */
  readonly upstream?: string;
  readonly samples: number;
  readonly survivals: number;
  readonly drops: number;
  /** Undefined while there are too few samples on either side. */
  readonly fit?: {
    readonly warmUntilMs: DurationMs;
    readonly coldFromMs: DurationMs;
    /** Between the two: the estimate that is shown as the lifetime. */
    readonly ttlMs: DurationMs;
  };
}

/** Learned lifetimes, looked up by model first and by provider second. */
export interface LifetimeTable {
  /** @param upstream The host behind the provider, whose own lifetimes go before those of all. @default it is not known */
  lookUp(model: ModelRef, upstream?: string): LearnedLifetime | undefined;
}

/** What is known of how long one kind of cache holds. Pure. */
export interface CacheStrategy {
  readonly id: CacheStrategyId;
  /** @param now At least `anchor.at` in ordinary use; an earlier time (a clock that was set back) counts as no idle time. */
  stateAt(anchor: CacheAnchor, now: EpochMs, lifetimes: LifetimeTable): CacheState;
  /**
   * From when on the state is cold, and always the same, of a cache that is not settled (settled_state.ts). Undefined
   * when that is learned: it is then cold from `coldFromMs` of the fit on, if there is one.
   */
  coldFrom(anchor: CacheAnchor): EpochMs | undefined;
  /** Lifetimes that the provider documents, in ascending order. @default none */
  readonly documentedMs?: readonly DurationMs[];
  /** Its evidence in a few words, for a line on a screen: `basis` has all of it. */
  sayBriefly(evidence: CacheEvidence, provider: string | undefined): string;
}
