/** Schema of what `session` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { costSchema, pricesAsOfSchema, sessionSchema, usageSchema } from "../report/schemas.ts";

const turnSchema = z.object({
  at: z.string().optional().describe("Start of the request where the log has it"),
  chain: z.string().describe("main, a sub-agent's id, or a side request: compaction, branch_summary, tool"),
  provider: z.string(),
  model: z.string(),
  gapMs: z.number().optional().describe("Time since the request before in the same chain"),
  usage: usageSchema,
  usd: z.number().optional(),
  outcome: z.enum(["hit", "miss", "first", "none"]).describe("first: nothing could be cached yet; none: nothing was"),
  cause: z.enum([
    "expired",
    "model_changed",
    "compacted",
    "system_changed",
    "tools_changed",
    "messages_changed",
    "prefix_changed",
    "unexplained",
  ]).optional().describe("system_, tools_ and messages_changed: as the provider itself says"),
  missedTokens: z.number().describe("Tokens that the cache should have had and that were sent again"),
  missedUsd: z.number().optional().describe("What sending them again cost over reading them, zero or more"),
});

export const sessionOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  pricesAsOf: pricesAsOfSchema,
  session: sessionSchema,
  totals: z.object({ turns: z.number(), chains: z.number(), forks: z.number(), files: z.number() })
    .describe("How many there are, listed or not"),
  files: z.array(z.string()),
  chains: z.array(z.object({ chain: z.string(), turns: z.number(), usage: usageSchema, cost: costSchema })),
  forks: z.array(z.object({ sessionId: z.string(), shortId: z.string(), turns: z.number(), cost: costSchema })),
  misses: z.object({
    turns: z.number(),
    tokens: z.number(),
    usd: z.number().optional().describe("Absent when no price is known"),
    byCause: z.record(z.string(), z.number()),
  }),
  turns: z.array(turnSchema).optional().describe("With turns"),
  text: z.object({
    notice: z.string(),
    messages: z.array(z.object({ role: z.enum(["user", "assistant"]), text: z.string() })).describe("Oldest first"),
    cut: z.boolean().describe("Whether there is more, before these or within them"),
  }).optional().describe("With includeText: the end of the conversation"),
  nextCursor: z.string().optional().describe("For more turns, chains, forks and files"),
  notes: z.array(z.string()),
});

export type SessionOutput = z.infer<typeof sessionOutput>;
