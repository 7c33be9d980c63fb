/**
 * The nouns of the program: a session, its turns, their tokens and their cost.
 *
 * Everything here is plain readonly data that survives JSON. Nothing here knows which tool wrote a log: `provider`
 * says who bills, and the tool is only ever an id.
 */

import type { TurnEvidence } from "./turn_evidence.ts";

/** US dollars. */
export type Usd = number;
/** A whole number of tokens, zero or more. */
export type Tokens = number;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;
/** A length of time in milliseconds. */
export type DurationMs = number;

/**
 * Tokens of one response, or a sum of such. The five counts are disjoint: where a provider reports cached tokens inside
 * its input, the source subtracts them. Reasoning tokens are inside `output`.
 */
export interface TokenUsage {
  /** Prompt tokens that were neither read from nor written to the cache. */
  readonly input: Tokens;
  readonly cacheRead: Tokens;
  /** Written at the provider's standard lifetime (Anthropic: 5 minutes, OpenAI: 30 minutes). */
  readonly cacheWrite: Tokens;
  /** Written for one hour (Anthropic only). Not contained in `cacheWrite`. */
  readonly cacheWrite1h: Tokens;
  readonly output: Tokens;
}

export const NO_USAGE: TokenUsage = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 };

/** Who bills, and for which model. `provider` is lower case and never the name of the tool that wrote the log. */
export interface ModelRef {
  readonly provider: string;
  readonly model: string;
}

/** Whether the same provider bills the same model: another provider has other prices and caches. */
export function isSameModel(a: ModelRef, b: ModelRef): boolean {
  return a.provider === b.provider && a.model === b.model;
}

/** What the tool itself wrote down as the price of a turn. The parts need not add up to `usd`. */
export interface ReportedCost {
  readonly usd: Usd;
  readonly input?: Usd;
  readonly cacheRead?: Usd;
  /** Five-minute and one-hour writes together. */
  readonly cacheWrite?: Usd;
  readonly output?: Usd;
  /** True when it is what the provider charged, not what the tool computed. */
  readonly isBill?: true;
  /**
   * In the seller's own unit, where it bills in one: `usd` follows from it by the seller's public rate, or is 0 where there
   * is none.
   */
  readonly credits?: number;
}

/** What a price depends on beside the model and the tokens. What is absent is the provider's standard. */
export interface PriceTerms {
  /** Where the request was kept to, in the provider's own word, in lower case: `us`. */
  readonly region?: string;
  /** How it was served, in the provider's own word, in lower case: `priority`, `flex`, `batch`. */
  readonly tier?: string;
  /** Searches that the provider made on its side. They are billed by the piece. */
  readonly webSearches?: number;
  /** Tokens that were written to a cache, if any, are among `input`: the tool's version had no count of them. */
  readonly hidesWrites?: true;
}

/** Why a provider says that it found less in its cache than it might have (Anthropic's cache diagnostics, 2026-11). */
export type MissReason = "model_changed" | "system_changed" | "tools_changed" | "messages_changed";

/** The chain of a session's own conversation. Sub-agents and side requests have chains of their own. */
export const MAIN_CHAIN = "main";

/** Chains that are the session's own work rather than a sub-agent's. */
export const OWN_CHAINS: ReadonlySet<string> = new Set([MAIN_CHAIN, "compaction", "branch_summary", "tool"]);

/** One billed response. */
export interface Turn {
  /** Identity of the response itself: the same in forks, resumes and copies of the log. Unique within a source. */
  readonly key: string;
  /** When the request was sent where the log has it, else the best the log has. */
  readonly at: EpochMs;
  /** When the response was complete, where the log has it. At least `at`. */
  readonly endedAt?: EpochMs;
  readonly model: ModelRef;
  readonly usage: TokenUsage;
  /**
   * The requests of this model that made the one response, in their order, where there were several. `usage` is what is
   * billed; where these add up to it, each is priced by the length of its own prompt.
   */
  readonly requests?: readonly TokenUsage[];
  readonly terms?: PriceTerms;
  /**
   * {@linkcode MAIN_CHAIN}, or the id of a sub-agent: requests of such a chain share a growing prompt, so that a later one
   * can hit what an earlier one cached. `compaction`, `branch_summary`, `tool` and `sidechain` hold side requests, whose
   * prompts have nothing to do with each other.
   */
  readonly chain: string;
  readonly reported?: ReportedCost;
  /** The cache lifetime the request asked for, where the log says so. */
  readonly requestedTtlMs?: DurationMs;
  /** True when the conversation of this chain was compacted since its previous turn: a smaller prefix is expected. */
  readonly afterCompaction?: boolean;
  /** True when it was sent to keep the chain's cache warm, and says nothing in the conversation. */
  readonly keepsWarm?: boolean;
  readonly missReason?: MissReason;
  /** When the cached prefix expires, where the agent says so itself. Goes before every rule of ours. */
  readonly cacheExpiresAt?: EpochMs;
  /** What a gateway can be asked about this response by. Only of the form that one gives out that can be asked (evidence.ts). */
  readonly responseId?: string;
  /** What it said, once it was asked. The engine sets it (scan/logs/turns/turn_table.ts); no source does. */
  readonly evidence?: TurnEvidence;
  /**
   * There where this is no response but a {@linkcode UsageTotal}: the engine has those among turns (usage_total.ts), as far
   * as both are priced, weighed and added up. No source sets it.
   */
  readonly total?: Pick<UsageTotal, "requests">;
}

/**
 * What an agent counts for a session, or for a part of one, without saying what each response took. It is in sums of tokens
 * and money and never shown as a turn: there is no telling when its requests were sent, and what each of them cached.
 */
export interface UsageTotal {
  /** Unique within a source, as a turn's is: a later total under the same key takes the place of the earlier one. */
  readonly key: string;
  readonly model: ModelRef;
  readonly usage: TokenUsage;
  readonly reported?: ReportedCost;
  /** How many requests it is of, where the agent counts them. */
  readonly requests?: number;
  /** @default {@linkcode MAIN_CHAIN} */
  readonly chain?: string;
  /** When it was begun, or the session was: where sums are by day, all of it stands on this one. */
  readonly firstAt: EpochMs;
  /** When something was added to it last. */
  readonly lastAt: EpochMs;
}

/** How many totals there are among what was added up. */
export interface TotalCount {
  readonly count: number;
  /** Requests that they are of. Absent where one of them does not say. */
  readonly requests?: number;
}

/** The request of a response that met what the cache held before. */
export function firstRequest({ requests, usage }: Pick<Turn, "requests" | "usage">): TokenUsage {
  return requests?.[0] ?? usage;
}

/** The request of a response that says what the cache holds after it. */
export function lastRequest({ requests, usage }: Pick<Turn, "requests" | "usage">): TokenUsage {
  return requests?.at(-1) ?? usage;
}

/** Where a dollar figure comes from: the tool's log, the price data, both, or nowhere (nothing could be priced). */
export type CostBasis = "reported" | "computed" | "mixed" | "none";

/** All of them, in the order in which the index numbers them. */
export const COST_BASES: readonly CostBasis[] = ["none", "reported", "computed", "mixed"];

/** A sum of money that says how far it can be trusted. */
export interface Cost {
  readonly usd: Usd;
  readonly basis: CostBasis;
  /** Turns with tokens for which no price is known, a {@linkcode UsageTotal} being one. They are missing from `usd`. */
  readonly unpricedTurns: number;
  /** Turns of a service tier or region that has no known price: they are in `usd` at the standard one. @default none */
  readonly standardRateTurns?: number;
  /** Of the turns that say so, whatever they are in dollars. @default none says so */
  readonly credits?: Credits;
  /** What of `usd` the seller itself charged, by the log or by what a gateway was asked. @default nothing is known to be */
  readonly billed?: BilledPart;
  /** What agents had written down for the turns whose bill a gateway was asked for. @default for none */
  readonly recordedUsd?: Usd;
}

/** Of how many turns the bill is known, and what it was. */
export interface BilledPart {
  readonly usd: Usd;
  readonly turns: number;
}

/** What was billed in units of the sellers' own, by provider: those of one are not those of another. */
export type Credits = Readonly<Record<string, number>>;

/** What the tool itself added up for a session, whatever its log has lines for. */
export interface ToolTotal {
  readonly usd: Usd;
  /** True when the tool guessed at some of its prices. */
  readonly guessed?: boolean;
  /** Start of the process that counted: sessions that share it may be counted in one sum. */
  readonly countedSince?: EpochMs;
}

/** What a session's log says about the session, apart from its turns. */
export interface SessionFacts {
  /** The tool's own id of the session. Sub-agent logs name their parent's session here. */
  readonly sessionId: string;
  /**
   * Tells sessions apart that share an id (a user may choose Pi's ids freely). Logs with the same source, id and
   * discriminator are one session.
   * @default ""
   */
  readonly discriminator?: string;
  /** True when the log belongs to a sub-agent: its facts only fill gaps that the session's own log leaves. */
  readonly subagent?: boolean;
  readonly cwd?: string;
  /** A name that somebody gave the session; never text from the conversation. */
  readonly title?: string;
  /** The session that this one was forked from, by id. */
  readonly parentSessionId?: string;
  readonly startedAt?: EpochMs;
  /** The latest time that the parsed records of the log mention. */
  readonly lastActivityAt?: EpochMs;
  /** What happened after the last turn of the main chain and decides what the next request can hit. */
  readonly pending?: PendingChange;
  /** The latest that the log has. */
  readonly toolTotal?: ToolTotal;
}

/** A change since the last turn that makes its cached prefix useless for the next request. */
export interface PendingChange {
  readonly at: EpochMs;
  readonly kind: "compacted" | "model_changed";
  /** With `model_changed`: the model that the next request goes to. */
  readonly model?: ModelRef;
}

/** Something in the user's data that could not be used as it stands. Returned beside results, listed by `doctor`. */
export interface Diagnostic {
  readonly path: string;
  /** One-based. Absent when the whole file is meant. */
  readonly line?: number;
  readonly message: string;
}

/** A turn together with what it cost. `usd` is undefined when no price is known. */
export interface PricedTurn extends Turn {
  readonly usd?: Usd;
  readonly basis: "reported" | "computed" | "none";
  /** Whether its tier or region has no known price, so that the standard one stands for it. */
  readonly atStandardRate?: boolean;
  /** What it would have cost more without any cache. @default that is not known */
  readonly savedUsd?: Usd;
}

/** Kind by kind. */
export function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    output: a.output + b.output,
  };
}

/** The same in place: a log may have thousands of turns. */
export function addUsageTo(sum: { -readonly [kind in keyof TokenUsage]: TokenUsage[kind] }, added: TokenUsage): void {
  sum.input += added.input;
  sum.cacheRead += added.cacheRead;
  sum.cacheWrite += added.cacheWrite;
  sum.cacheWrite1h += added.cacheWrite1h;
  sum.output += added.output;
}

/** Prompt tokens of a response: everything but its output. */
export function promptTokens(usage: TokenUsage): Tokens {
  return usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h;
}

/** Of the prompt, cached or not, and of the answer. */
export function totalTokens(usage: TokenUsage): Tokens {
  return promptTokens(usage) + usage.output;
}

/** Share of the prompt that came from the cache, 0 to 1; undefined when there was no prompt. */
export function cacheHitRatio(usage: TokenUsage): number | undefined {
  const prompt = promptTokens(usage);
  return prompt === 0 ? undefined : usage.cacheRead / prompt;
}
