/**
 * What a gateway says of a response that a log has: who served it, what was charged, what was tried before. Logs have an
 * id of the response and no more; the rest is asked for once (`enrich`) and kept, since gateways forget.
 *
 * Source: OpenRouter's OpenAPI file of 2026-08-22, `GET /api/v1/generation`, and its SDK of 2026-09-23.
 */
import type { DurationMs, EpochMs, Tokens, Usd } from "./model.ts";

/** What the ids of OpenRouter's responses begin with. Turns with another id are never asked for, and cost nobody anything. */
export const GENERATION_PREFIX = "gen-";

/** The id of a response, if it is one that can be asked for. */
export function askableId(id: string | undefined): string | undefined {
  return id !== undefined && id.startsWith(GENERATION_PREFIX) ? id : undefined;
}

/**
 * When a response was asked for, as its id itself says: newer ones are `gen-<unix seconds>-…`.
 *
 * @returns undefined for an id of another form
 */
export function generationTime(id: string): EpochMs | undefined {
  const seconds = /^gen-(?:batch-)?(1\d{9}|2\d{9})-/.exec(id)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/** One host that a request was sent to, in the order of the attempts; the last one served it where it was served. */
export interface UpstreamAttempt {
  /** As OpenRouter names it: `Anthropic`, `Google`, `Amazon Bedrock`; an open list. */
  readonly provider: string;
  /** HTTP status that it answered with, where that is known. */
  readonly status?: number;
  readonly latencyMs?: DurationMs;
}

/** What is known of one response. Unknown is absent, never zero. */
export interface GenerationEvidence {
  readonly id: string;
  /** Charged by the gateway, in US dollars. With {@linkcode isByok} its fee alone. */
  readonly usd: Usd;
  /** Charged by the upstream itself, to a key of the person's own. */
  readonly upstreamUsd?: Usd;
  readonly isByok?: true;
  /** Saved by reads of the cache; negative where writes cost more than plain input. */
  readonly cacheDiscountUsd?: Usd;
  /** Who served it. */
  readonly upstream?: string;
  /** More than one is a failover. @default none known */
  readonly attempts?: readonly UpstreamAttempt[];
  /** The gateway's own name of the model (`anthropic/claude-4.6-sonnet-20260217`), which is not what was asked for. */
  readonly model?: string;
  readonly promptTokens?: Tokens;
  readonly cachedTokens?: Tokens;
  readonly completionTokens?: Tokens;
  readonly reasoningTokens?: Tokens;
  readonly latencyMs?: DurationMs;
  readonly generationMs?: DurationMs;
  readonly tier?: string;
  /** Such as `openrouter/auto`, where a router chose the model. */
  readonly router?: string;
  readonly finishReason?: string;
  readonly isCancelled?: true;
  /** As the client sent it: Pi sends its own session's id. */
  readonly sessionId?: string;
  readonly requestId?: string;
  /** Of the response that this one repeats out of the gateway's cache of responses. Such a one costs nothing. */
  readonly replayOf?: string;
  readonly region?: string;
  readonly createdAt?: EpochMs;
}

/** What a person pays for it in all. */
export function billedUsd({ usd, upstreamUsd }: Pick<GenerationEvidence, "usd" | "upstreamUsd">): Usd {
  return usd + (upstreamUsd ?? 0);
}

/** What answers are made of: looking up is all that a scan does with evidence. */
export interface EvidenceReader {
  /** Changes with whatever is added or taken away; 0 where there is none. */
  readonly revision: number;
  /** Undefined for a response that was not asked for, or of which the gateway knows nothing. */
  find(id: string): GenerationEvidence | undefined;
}

/** How many turns there are that a gateway can be asked about, and of how many it has said something. */
export interface AskableCount {
  readonly ids: number;
  readonly found: number;
}

/** How much there is. */
export interface EvidenceCounts {
  readonly found: number;
  /** Asked for, and not known to the gateway. */
  readonly missing: number;
  /** Answered in a way that could not be understood, and to be asked again. */
  readonly unread: number;
  readonly lastAskedAt?: EpochMs;
  /** Of the file. */
  readonly bytes: number;
}
