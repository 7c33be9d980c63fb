/** Schema of what `overview` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { costSchema, pricesAsOfSchema, sessionSchema, usageSchema } from "../report/schemas.ts";

export const overviewOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  timezone: z.string(),
  pricesAsOf: pricesAsOfSchema,
  today: z.object({
    since: z.string().describe("When the day began"),
    turns: z.number(),
    sessions: z.number().describe("Sessions with a turn, or the beginning of a sum, today"),
    usage: usageSchema,
    cost: costSchema,
    cacheHitRatio: z.number().optional().describe("Share of prompt tokens read from the cache, 0 to 1"),
  }).describe("What all sessions took since midnight"),
  totalWarm: z.number().describe("Sessions whose cache is warm or may be, listed or not"),
  warm: z.array(sessionSchema).describe("Soonest to expire first"),
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
