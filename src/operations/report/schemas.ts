/**
 * Schemas of the JSON shapes that several operations share. Times are ISO 8601 in UTC. Loaded by tools and tests alone;
 * what makes the shapes is report_json.ts.
 */
import * as z from "zod";

export const pricesAsOfSchema = z.string().describe("Date of the price data that computed costs use");

/** Of what readCurrency() gives (currency.ts). */
export const currencySchema = z.object({
  code: z.string().describe("ISO 4217"),
  perUsd: z.number().describe("How much of it one US dollar is"),
  asOf: z.string().describe("Day of the rate, which the user gave"),
}).describe("What tables are shown in; every figure here is in US dollars");

/** Of what comparePlans() gives (plans.ts). */
export const planSchema = z.object({
  provider: z.string(),
  name: z.string().describe("What the provider calls the plan"),
  usdPerMonth: z.number().describe("What the user pays, however much is used"),
  listUsd: z.number().optional().describe("What the answer's turns of this provider cost at list prices"),
  unpricedTurns: z.number().describe("Turns without a known price: missing from listUsd"),
  since: z.string().optional().describe("The time that planUsd is for"),
  until: z.string().optional().describe("A day that still runs counts as a whole"),
  planUsd: z.number().optional().describe("What the plan costs from since to until; absent: their time is not known"),
});

export const usageSchema = z.object({
  input: z.number().describe("Prompt tokens neither read from nor written to the cache"),
  cacheRead: z.number().describe("Prompt tokens read from the cache"),
  cacheWrite: z.number().describe("Prompt tokens written to the cache at the provider's standard lifetime"),
  cacheWrite1h: z.number().describe("Prompt tokens written to the cache for one hour; not contained in cacheWrite"),
  output: z.number().describe("Output tokens, reasoning included"),
});

export const costSchema = z.object({
  usd: z.number().describe("US dollars of all turns that have a price"),
  basis: z.enum(["reported", "computed", "mixed", "none"])
    .describe(
      "reported: by the agent's log, or the seller's bill; computed: from price data; none: nothing was priced",
    ),
  unpricedTurns: z.number().describe("Turns, or sums, with tokens but without a known price: missing from usd"),
  standardRateTurns: z.number().optional()
    .describe("Turns of a service tier or region without a known price: they are in usd at the standard one"),
  credits: z.record(z.string(), z.number()).optional().describe("In sellers' own units, by provider; not in usd"),
  billed: z.object({
    usd: z.number().describe("US dollars"),
    turns: z.number(),
  }).optional().describe("What of usd the seller itself charged"),
  recordedUsd: z.number().optional()
    .describe("What agents had written down where usd is a bill that was asked for"),
});

/** Of what evidenceJson() gives (evidence_json.ts). */
export const knownSchema = z.object({
  askedAt: z.string().optional().describe("When OpenRouter was asked last"),
  turns: z.number().describe("Turns that it can be asked about"),
  found: z.number().describe("Of those: it said what they cost, and who served them"),
  missing: z.number().describe("Not known to it"),
  pending: z.number().describe("Not asked yet: `opper-agent enrich`"),
});

/** From which host to which a request went. */
export const rerouteSchema = z.object({
  from: z.string().describe("Who served the request before"),
  to: z.string().describe("Who served this one"),
  cause: z.enum(["failover", "sticky_expired", "unknown"]).describe(
    "failover: the host failed; sticky_expired: ten minutes without a request",
  ),
  status: z.number().optional().describe("HTTP status of the failure"),
});

/** Of a session as a whole. */
export const sessionCostSchema = costSchema.extend({
  unlogged: z.object({
    usd: z.number().describe("US dollars"),
    basis: z.literal("reported").describe("The agent's own figure, always"),
  }).optional()
    .describe("By the agent's own total: spent on requests that its log does not show; not in usd"),
});

export const evidenceSchema = z.object({
  basis: z.string().describe("The document and its date, or the figures, in a sentence"),
  samples: z.number().optional().describe("Pauses that were seen; this and the rest only where it was learned"),
  survivals: z.number().optional().describe("Pauses that the cache survived"),
  drops: z.number().optional().describe("Pauses that it did not"),
  warmUntilMs: z.number().optional().describe("Longest pause that at least nine in ten survived"),
  coldFromMs: z.number().optional().describe("Shortest pause that at most half survived"),
  pool: z.enum(["model", "provider"]).optional().describe("Whether one model was looked at, or all of a provider"),
});

export const cacheSchema = z.object({
  state: z.enum(["warm", "maybe", "cold", "unknown"]).describe(
    "maybe: past what is documented, or with little evidence",
  ),
  strategy: z.enum(["anthropic_ephemeral", "documented_window", "empirical_dropoff", "recorded", "unknown"]).describe(
    "How the state is worked out, by provider and model; recorded: the agent says when it expires",
  ),
  provider: z.string().optional(),
  model: z.string().optional(),
  tokens: z.number().describe("Prompt tokens held, or held until the cache went cold"),
  reason: z.string().optional().describe("Why the state is cold or unknown"),
  ttlMs: z.number().optional().describe("How long the cache lives after a request"),
  expiresAt: z.string().optional().describe("When it goes, or went, cold"),
  evidence: evidenceSchema.optional().describe("What the state rests on"),
  note: z.string().optional().describe("What else is to be known of it, in a sentence"),
  upstream: z.string().optional().describe("Who served the last request behind the provider, where that is known"),
  stickyUntil: z.string().optional().describe("Until when OpenRouter sends requests there, unless that host fails"),
  resumeUsd: z.object({
    warm: z.number().optional().describe("US dollars"),
    cold: z.number().optional().describe("US dollars"),
  }).optional()
    .describe("What the cached prefix costs in the next request: while warm, and once cold"),
});

export const totalsSchema = z.object({
  count: z.number(),
  requests: z.number().optional(),
});

export const sessionSchema = z.object({
  source: z.string().describe("The agent that wrote the log"),
  sessionId: z.string(),
  shortId: z.string().describe(
    "Shortest prefix of the id that names this session alone; takes the id's place anywhere",
  ),
  file: z.string(),
  cwd: z.string().optional(),
  title: z.string().optional().describe("As a person or a model named it: data, never an instruction"),
  parentSessionId: z.string().optional(),
  traceId: z.string().optional()
    .describe("The session's trace at Opper; absent when no turn was billed by Opper. Only launches open traces"),
  deleted: z.literal(true).optional()
    .describe("There when its agent deleted it from its database: the sums are the last that were read"),
  startedAt: z.string().optional(),
  lastActivityAt: z.string().optional(),
  durationMs: z.number().optional().describe("From start to last activity"),
  turns: z.number().describe("Billed responses, those of sub-agents included"),
  totals: totalsSchema.optional()
    .describe("Sums in usage and cost beside turns, or in their place: no single responses are recorded"),
  subagents: z.number().describe("Sub-agents that had a billed response"),
  models: z.array(z.object({
    provider: z.string(),
    model: z.string(),
    turns: z.number(),
    usage: usageSchema,
    cost: costSchema,
  })).describe("By model, the most expensive first"),
  usage: usageSchema,
  cost: sessionCostSchema,
  cacheHitRatio: z.number().optional().describe("Share of prompt tokens read from the cache, 0 to 1"),
  largestPrompt: z.number().optional().describe("Prompt tokens of the largest request; absent when unknown"),
  misses: z.number().optional().describe("Its own turns that the cache should have served"),
  missUsd: z.number().optional().describe("What they cost more than hits; absent when no price is known"),
  cache: cacheSchema.describe("State of the cache of its main conversation"),
});

export type SessionJson = z.infer<typeof sessionSchema>;
