/** Schema of what `cost` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import {
  costSchema,
  currencySchema,
  knownSchema,
  planSchema,
  pricesAsOfSchema,
  totalsSchema,
  usageSchema,
} from "../report/schemas.ts";
import { USAGE_KEYS } from "../report/usage_keys.ts";

const spentSchema = z.object({
  turns: z.number(),
  totals: totalsSchema.optional(),
  usage: usageSchema,
  cost: costSchema,
});

export const sumSchema = spentSchema.extend({
  cacheHitRatio: z.number().optional(),
  withoutCacheUsd: z.number().optional().describe("What it would have cost without any cache; absent when unknown"),
  savedUsd: z.number().optional().describe("withoutCacheUsd less cost.usd; below zero where writes cost more"),
  unknownSavings: z.number().optional().describe("Priced turns of which that is not known: taken as none saved"),
  misses: z.number().describe("Turns that lost a cache"),
  missUsd: z.number().optional().describe("What those cost more than hits; absent when no price is known"),
});

const rowSchema = sumSchema.extend({
  key: z.string().describe("The day, model, project and so on that the row is for"),
  partial: z.literal(true).optional().describe("There where the span begins or ends within the period"),
  parts: z.array(sumSchema.extend({ key: z.string().describe("By the second key") })).optional().describe(
    "By split, the dearest first",
  ),
  previous: spentSchema.optional().describe("The same key in the span before"),
});

export type CostRow = z.infer<typeof rowSchema>;
export type CostSum = z.infer<typeof sumSchema>;

export const costOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  by: z.enum(USAGE_KEYS).describe("What the rows are added up by"),
  split: z.enum(USAGE_KEYS).optional().describe("What their parts are"),
  since: z.string().optional().describe("Where the span begins"),
  until: z.string().optional().describe("Where it ends"),
  timezone: z.string(),
  pricesAsOf: pricesAsOfSchema,
  currency: currencySchema.optional(),
  plans: z.array(planSchema).optional().describe("What the user pays by the month, beside list prices"),
  total: sumSchema.describe("Sum of all rows, listed or not"),
  previous: z.object({
    since: z.string().describe("Where it begins"),
    until: z.string().describe("Where it ends"),
    total: sumSchema.describe("Sum of all of it"),
  }).optional().describe("The span before"),
  totalRows: z.number().describe("Rows that there are, listed or not"),
  rows: z.array(rowSchema).describe("Times in order, anything else by cost"),
  nextCursor: z.string().optional().describe("For the rows that are less recent, or less expensive"),
  evidence: knownSchema.optional()
    .describe("How many turns of all logs OpenRouter was asked about; absent where none can be"),
  notes: z.array(z.string()),
});

export type CostOutput = z.infer<typeof costOutput>;
