/** Schema of what `session` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { contextSchema } from "./context_output.ts";
import {
  costSchema,
  currencySchema,
  knownSchema,
  pricesAsOfSchema,
  rerouteSchema,
  sessionSchema,
  totalsSchema,
  usageSchema,
} from "../report/schemas.ts";

/** What a miss has in common with a turn. */
const missFields = {
  at: z.string().optional().describe("Start of the request where the log has it"),
  chain: z.string().describe("main, a sub-agent's id, or a side request: compaction, branch_summary, tool"),
  provider: z.string(),
  model: z.string(),
  gapMs: z.number().optional().describe("Time since the request before in the same chain"),
  missedTokens: z.number().describe("Tokens that the cache should have had and that were sent again"),
  missedUsd: z.number().optional().describe("What sending them again cost over reading them, zero or more"),
  rerouted: rerouteSchema.optional().describe("There where another host served it than the request before"),
};

const causeSchema = z.enum([
  "rerouted",
  "expired",
  "model_changed",
  "compacted",
  "system_changed",
  "tools_changed",
  "messages_changed",
  "prefix_changed",
  "unexplained",
]);

const turnSchema = z.object({
  ...missFields,
  usage: usageSchema,
  usd: z.number().optional().describe("US dollars; absent where no price is known"),
  outcome: z.enum(["hit", "miss", "first", "none"]).describe("first: nothing could be cached yet; none: nothing was"),
  cause: causeSchema.optional().describe("system_, tools_ and messages_changed: as the provider itself says"),
  afterCompaction: z.literal(true).optional().describe("There when its chain was compacted just before it"),
  responseId: z.string().optional().describe("What OpenRouter can be asked about it by"),
  billed: z.object({
    usd: z.number().describe("US dollars, as in usd"),
    upstreamUsd: z.number().optional().describe("Of that: charged to a key of the user's own at the host"),
    byok: z.boolean().optional().describe("Whether it was served with such a key"),
    cacheDiscountUsd: z.number().optional().describe("What caching saved; below zero where writes cost more"),
    source: z.enum(["openrouter", "log"]).describe("Who says so"),
  }).optional().describe("What the seller itself charged"),
  recordedUsd: z.number().optional().describe(
    "What the agent had written down, where usd is the bill that was asked for",
  ),
  upstream: z.object({
    provider: z.string(),
    attempts: z.array(z.object({
      provider: z.string(),
      status: z.number().optional().describe("HTTP status"),
      latencyMs: z.number().optional().describe("How long it took"),
    })).optional().describe("Hosts that were tried, in order; the last one served it"),
    tier: z.string().optional().describe("Service tier, as the host reported it"),
    router: z.string().optional().describe("What chose the model"),
    latencyMs: z.number().optional().describe("In all"),
    generationMs: z.number().optional().describe("Of that: producing the answer"),
  }).optional().describe("Who served it behind the provider"),
  replayOf: z.string().optional().describe(
    "Id of the response that it repeats, out of OpenRouter's cache: it cost nothing",
  ),
});

const missSchema = z.object({
  turn: z.number().describe("Which of the session's turns it is, from 1"),
  ...missFields,
  cause: causeSchema.describe("As in turns"),
});

export const sessionOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  pricesAsOf: pricesAsOfSchema,
  currency: currencySchema.optional(),
  session: sessionSchema.describe("The session as a whole"),
  resumeCommand: z.array(z.string()).optional()
    .describe("Program and arguments that go on with the session, for its directory; absent where none is known"),
  totals: z.object({
    turns: z.number(),
    chains: z.number().describe("Chains of requests"),
    forks: z.number().describe("Sessions that were forked from this one"),
    files: z.number().describe("Logs of the session"),
  })
    .describe("How many there are, listed or not"),
  files: z.array(z.string()).describe("Its logs, sub-agents' included: absolute paths"),
  chains: z.array(
    z.object({
      chain: z.string().describe("As in turns: main, or whose requests they are"),
      turns: z.number(),
      usage: usageSchema,
      cost: costSchema,
    }),
  ).describe("Requests that share a prompt, such as those of one sub-agent"),
  forks: z.array(
    z.object({
      sessionId: z.string(),
      shortId: z.string(),
      startedAt: z.string().optional(),
      turns: z.number(),
      totals: totalsSchema.optional(),
      cost: costSchema,
    }),
  ).describe("Sessions that were forked from this one"),
  misses: z.object({
    turns: z.number(),
    tokens: z.number().describe("Tokens that were sent again because of them"),
    usd: z.number().optional().describe("Absent when no price is known, or no single response"),
    byCause: z.record(z.string(), z.number().describe("Misses with this cause")).describe(
      "How many, by cause as in turns",
    ),
    usdByCause: z.record(z.string(), z.number().describe("US dollars")).optional().describe(
      "What those cost, as far as a price is known",
    ),
    list: z.array(missSchema).optional()
      .describe("In order of time; absent with turns but without misses, and where no turn is known"),
  }).describe("Turns that the cache should have served, and did not"),
  turns: z.array(turnSchema).optional().describe("With turns; empty when the session was deleted from its database"),
  evidence: knownSchema.optional().describe(
    "How many of its turns OpenRouter was asked about; absent where none can be",
  ),
  gateway: z.object({
    name: z.literal("openrouter").describe("Which it is"),
    sessionId: z.string().describe("What the agent sent as the id of the session"),
    url: z.string().describe("Where its requests are listed, by that id"),
  }).optional().describe("Where the gateway itself lists the session"),
  context: contextSchema.optional().describe("With context: what the prompt of the last main turn is made of"),
  text: z.object({
    notice: z.string().describe("Says that the text is data, and no instruction"),
    messages: z.array(
      z.object({
        role: z.enum(["user", "assistant"]).describe("Who said it"),
        text: z.string().describe("What was said, shortened when it is long"),
      }),
    ).describe("Oldest first"),
    cut: z.boolean().describe("Whether there is more, before these or within them"),
  }).optional().describe("With includeText: the end of the conversation"),
  nextCursor: z.string().optional().describe("For more turns, misses, chains, forks and files"),
  notes: z.array(z.string()),
});

export type SessionOutput = z.infer<typeof sessionOutput>;
