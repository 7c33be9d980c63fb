/**
 * What was said to models in a made-up world: conversations as lists of requests, which can be sent again under another
 * setting. Whether a cache gives anything is for the provider to say (simulated_provider.ts) and is nowhere in here.
 *
 * Nothing in this folder imports anything of the replay that it proves, nor of what it rests on.
 */

/** For how long a mark asks the provider to keep what stands before it. */
export type Kept = "5m" | "1h";

export const KEPT_MS: Readonly<Record<Kept, number>> = { "5m": 5 * 60_000, "1h": 60 * 60_000 };

/** A place in a prompt at which its beginning may be kept: two prompts with the same key are the same up to here. */
export interface Boundary {
  readonly key: number;
  /** Up to here. */
  readonly tokens: number;
}

/** One request: what is asked, and when. */
export interface Ask {
  /** When it is sent, epoch milliseconds. */
  readonly at: number;
  readonly lastsMs: number;
  readonly model: WorldModel;
  /** The front (instructions and tools) ends at the first boundary. Marks stand there and at the last one. */
  readonly prompt: readonly Boundary[];
  /** Tokens behind the last mark. */
  readonly tail: number;
  readonly output: number;
  /** What the marks asked for when it really happened: that of the front, and the last. */
  readonly front: Kept;
  readonly rest: Kept;
  readonly afterCompaction?: true;
}

/** Requests that go on from each other. */
export interface Chain {
  readonly id: string;
  readonly role: "main" | "sub";
  readonly asks: readonly Ask[];
  /** When the provider dropped all that it held of this chain, for reasons of its own. */
  readonly droppedAt: readonly number[];
}

export interface Conversation {
  readonly id: string;
  /** The first is the main one. */
  readonly chains: readonly Chain[];
  /** The one that it goes on from: its log begins with a copy of that one's. */
  readonly forkOf?: Conversation;
}

/** Requests that are repeated with one token of output, so that the cache stays: so often after each, and so far apart. */
export interface Pings {
  readonly everyMs: number;
  readonly count: number;
}

/**
 * How near logs can come to the truth: to the billionth; within the bounds; within them, and what is said is too careful if
 * anything; or not below the least. The last is of few returns, of which the highest bound is only likely.
 */
export type Knowable = "exact" | "within" | "at most" | "at least";

export interface Project {
  readonly name: string;
  readonly source: "claude" | "pi";
  readonly conversations: readonly Conversation[];
  /** Pings that were really sent. */
  readonly warmed?: Pings;
  readonly lifetimes: Knowable;
  readonly keepAlive: Knowable;
}

/** US dollars per million tokens by the public lists of November 2026, typed in by hand. */
export interface WorldModel {
  readonly name: string;
  readonly input: number;
  readonly read: number;
  readonly output: number;
  /** Factor for all of a request whose prompt is longer. */
  readonly long?: { readonly above: number; readonly factor: number };
}

export const OPUS: WorldModel = { name: "claude-opus-4-6", input: 5, read: 0.5, output: 25 };
/** Reads at 0.025 times the input. */
export const FABLE: WorldModel = { name: "claude-fable-5-1", input: 10, read: 0.25, output: 50 };
/** Reads at 0.05 times the input. */
export const SONNET: WorldModel = { name: "claude-sonnet-5-5", input: 2, read: 0.1, output: 10 };
export const SMALL: WorldModel = { name: "claude-haiku-4-5", input: 1, read: 0.1, output: 5 };
export const TIERED: WorldModel = {
  name: "claude-haiku-5-5",
  input: 0.1,
  read: 0.01,
  output: 0.5,
  long: { above: 100_000, factor: 5 },
};
