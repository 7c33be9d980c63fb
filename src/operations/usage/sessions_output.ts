/** Schema of what `sessions` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { costSchema, currencySchema, evidenceSchema, pricesAsOfSchema, sessionSchema } from "../report/schemas.ts";

const valueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.string()).readonly(),
  z.record(z.string(), z.number()).readonly(),
]);

export const sessionsOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  pricesAsOf: pricesAsOfSchema,
  currency: currencySchema.optional(),
  total: z.number().describe("Sessions that match, listed or not"),
  totalCost: costSchema.describe("Cost of all sessions that match, listed or not"),
  sessions: z.array(sessionSchema).describe("In the order that was asked for; with brief none, columns have them"),
  columns: z.record(z.string(), z.array(valueSchema)).optional()
    .describe("With brief: by name, a value a session; null: not known, or none"),
  evidence: z.array(evidenceSchema).optional().describe("With brief: what states rest on, by number from 0"),
  nextCursor: z.string().optional(),
  notes: z.array(z.string()),
});

export type SessionsOutput = z.infer<typeof sessionsOutput>;
