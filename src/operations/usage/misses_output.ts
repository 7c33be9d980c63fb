/** Schema of what `misses` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { currencySchema, pricesAsOfSchema, rerouteSchema } from "../report/schemas.ts";
import { MISS_KEYS } from "./miss_keys.ts";

const sumSchema = z.object({
  misses: z.number().describe("How many there are"),
  missedTokens: z.number().describe("Prompt tokens that the cache should have given, and did not"),
  missUsd: z.number().optional().describe("What that cost more than reading them; absent when no price is known"),
  unpriced: z.number().optional().describe("Misses without a known price: missing from missUsd"),
});

const missSchema = z.object({
  at: z.string().describe("When the request was sent"),
  source: z.string(),
  sessionId: z.string(),
  shortId: z.string(),
  cwd: z.string().optional(),
  provider: z.string(),
  model: z.string(),
  gapMs: z.number().describe("Since the request before in the same conversation"),
  cause: z.string().describe(
    "rerouted, expired, compacted, model_changed, prefix_changed, unexplained, or what the provider said",
  ),
  missedTokens: z.number().describe("Sent again"),
  missUsd: z.number().optional().describe("What that cost more; absent when no price is known"),
  upstream: z.string().optional().describe("Who served it behind the provider, where that is known"),
  rerouted: rerouteSchema.optional().describe("There where another host served it than the request before"),
});

export type ListedMiss = z.infer<typeof missSchema>;

export const missesOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  by: z.enum(MISS_KEYS).describe("What the rows are added up by"),
  since: z.string().optional().describe("Where the span begins"),
  until: z.string().optional().describe("Where it ends"),
  timezone: z.string(),
  pricesAsOf: pricesAsOfSchema,
  currency: currencySchema.optional(),
  total: sumSchema.describe("Sum of all, listed or not"),
  sessions: z.number().describe("How many sessions lost a cache"),
  totalRows: z.number().describe("Rows that there are, listed or not"),
  rows: z.array(sumSchema.extend({ key: z.string().describe("The cause, day, project and so on that the row is for") }))
    .describe("Times in order, anything else by cost"),
  list: z.array(missSchema).describe("Single misses, the dearest first"),
  nextCursor: z.string().optional().describe("For the misses that are cheaper"),
  notes: z.array(z.string()),
});

export type MissesOutput = z.infer<typeof missesOutput>;
