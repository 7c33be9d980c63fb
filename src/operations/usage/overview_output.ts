/** Schema of what `overview` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { currencySchema, pricesAsOfSchema, sessionSchema } from "../report/schemas.ts";
import { sumSchema } from "./cost_output.ts";

const spentSchema = sumSchema.extend({
  since: z.string().describe("Where it begins"),
  until: z.string().describe("Not in it itself; of a span that still runs, the time of the answer"),
  sessions: z.number().describe("Sessions with a turn, or the beginning of a sum, in it"),
});

const spanSchema = spentSchema.extend({
  previous: spentSchema.optional()
    .describe("The span before, as much of it as has passed of this one, to the quarter of an hour"),
});

export const overviewOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  timezone: z.string(),
  pricesAsOf: pricesAsOfSchema,
  currency: currencySchema.optional(),
  today: spentSchema.describe("What all sessions took since midnight"),
  spans: z.object({
    today: spanSchema.describe("Since midnight"),
    yesterday: spanSchema.describe("All of it"),
    sevenDays: spanSchema.describe("Today and the six days before"),
    thirtyDays: spanSchema.describe("Today and the 29 days before"),
    month: spanSchema.describe("The month of the calendar"),
  }).describe("What all sessions took in whole days, up to the time of the answer"),
  dearestMisses: z.object({
    sessionId: z.string(),
    shortId: z.string(),
    misses: z.number().describe("Turns that the cache should have served"),
    usd: z.number().describe("What they cost more than hits"),
  }).optional().describe("The session whose misses cost most in the last seven days"),
  atStakeUsd: z.number().optional()
    .describe("What the next requests of all warm caches cost more once they are cold; absent when no price is known"),
  unpricedCaches: z.number().describe("Warm caches without a known price: missing from atStakeUsd"),
  nextExpiresAt: z.string().optional().describe("When the first of the warm ones goes cold"),
  lastColdAt: z.string().optional().describe("When the latest went cold whose time ran out"),
  totalWarm: z.number().describe("Sessions whose cache is warm or may be, listed or not"),
  warm: z.array(sessionSchema).describe("Warm ones first, soonest to expire first, then those that may be warm"),
  totalSessions: z.number().describe("Sessions that are known, listed or not"),
  sessions: z.array(sessionSchema).describe("Latest first"),
  roots: z.array(
    z.object({
      source: z.string(),
      path: z.string().describe("The directory"),
      exists: z.boolean().describe("Whether it is there"),
      files: z.number().describe("Logs in it and below"),
    }),
  )
    .describe("Directories that were searched"),
  next: z.array(
    z.object({ command: z.string().describe("As it is typed"), explains: z.string().describe("What it shows") }),
  ).describe("Commands to type next"),
  notes: z.array(z.string()),
});

export type OverviewOutput = z.infer<typeof overviewOutput>;
