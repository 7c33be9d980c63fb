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
    cache: cacheSchema,
    lossUsd: z.number().optional().describe("What expiring will cost the next request: cold minus warm, zero or more"),
  })).describe("Soonest to expire first"),
  nextCursor: z.string().optional(),
  totalLifetimes: z.number(),
  lifetimes: z.array(z.object({
    pool: z.enum(["model", "provider"]),
    provider: z.string(),
    model: z.string().optional(),
    samples: z.number(),
    survivals: z.number(),
    drops: z.number(),
    fit: z.object({ warmUntilMs: z.number(), coldFromMs: z.number(), ttlMs: z.number() }).optional(),
  })).describe("Lifetimes learned from this machine's history"),
  notes: z.array(z.string()),
});
