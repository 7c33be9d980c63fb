/** Schema of what `cache` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { cacheSchema, pricesAsOfSchema } from "../report/schemas.ts";

export const cacheOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  pricesAsOf: pricesAsOfSchema,
  total: z.number().describe("Caches that match, listed or not"),
  caches: z.array(z.object({
    source: z.string(),
    sessionId: z.string(),
    shortId: z.string(),
    cwd: z.string().optional(),
    lastActivityAt: z.string().optional(),
    cache: cacheSchema.describe("State of the session's cache"),
    lossUsd: z.number().optional().describe("What expiring will cost the next request: cold minus warm, zero or more"),
  })).describe("Soonest to expire first"),
  nextCursor: z.string().optional(),
  totalLifetimes: z.number().describe("Lifetimes that were learned, listed or not"),
  lifetimes: z.array(z.object({
    pool: z.enum(["model", "provider"]).describe("Whether it is learned from one model, or from all of a provider"),
    provider: z.string(),
    model: z.string().optional(),
    samples: z.number().describe("Pauses that were seen"),
    survivals: z.number().describe("Pauses that the cache survived"),
    drops: z.number().describe("Pauses that it did not"),
    fit: z.object({
      warmUntilMs: z.number().describe("Longest pause that at least nine in ten survived"),
      coldFromMs: z.number().describe("Shortest pause that at most half survived"),
      ttlMs: z.number().describe("Half way between: the lifetime that is shown"),
    }).optional().describe("Absent while there are too few samples"),
  })).describe("Lifetimes learned from this machine's history"),
  notes: z.array(z.string()),
});
