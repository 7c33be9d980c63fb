/** Schema of what `cost` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { COST_KEYS } from "./cost_keys.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { costSchema, pricesAsOfSchema, totalsSchema, usageSchema } from "../report/schemas.ts";

const rowSchema = z.object({
  key: z.string().describe("The day, model, project and so on that the row is for"),
  turns: z.number(),
  totals: totalsSchema.optional(),
  usage: usageSchema,
  cost: costSchema,
  cacheHitRatio: z.number().optional(),
});

export type CostRow = z.infer<typeof rowSchema>;

export const costOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  by: z.enum(COST_KEYS).describe("What the rows are added up by"),
  timezone: z.string(),
  pricesAsOf: pricesAsOfSchema,
  total: rowSchema.omit({ key: true }).describe("Sum of all rows, listed or not"),
  totalRows: z.number().describe("Rows that there are, listed or not"),
  rows: z.array(rowSchema).describe("Times in order, anything else by cost"),
  nextCursor: z.string().optional().describe("For the rows that are less recent, or less expensive"),
  notes: z.array(z.string()),
});
