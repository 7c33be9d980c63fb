/** Schema of what `sessions` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { costSchema, pricesAsOfSchema, sessionSchema } from "../report/schemas.ts";

export const sessionsOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  pricesAsOf: pricesAsOfSchema,
  total: z.number().describe("Sessions that match, listed or not"),
  totalCost: costSchema.describe("Cost of all sessions that match, listed or not"),
  sessions: z.array(sessionSchema).describe("In the order that was asked for"),
  nextCursor: z.string().optional(),
  notes: z.array(z.string()),
});
