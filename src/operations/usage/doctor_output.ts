/** Schema of what `doctor` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";

export const doctorOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  roots: z.array(z.object({
    source: z.string(),
    path: z.string(),
    exists: z.boolean(),
    files: z.number(),
    bytes: z.number(),
  })),
  sessions: z.number(),
  files: z.number(),
  bytes: z.number(),
  totalProblems: z.number(),
  problems: z.array(z.object({ path: z.string(), line: z.number().optional(), message: z.string() })),
  prices: z.object({
    date: z.string().describe("Day of the newest list"),
    version: z.string().describe("Of the first list"),
    lists: z.array(z.object({ name: z.string(), version: z.string(), date: z.string() }))
      .describe("The built-in lists: what the first lacks is in the next"),
    unpricedModels: z.array(z.string()).describe("Models in the logs that have no known price"),
    standardRateTurns: z.number().describe("Turns of a service tier or region without a known price"),
    overrides: z.string(),
    overridesExist: z.boolean(),
  }),
  index: z.object({
    path: z.string(),
    usable: z.boolean().describe("False when the answer came from memory, see notes"),
    bytes: z.number(),
    turns: z.number(),
    rows: z.number().describe("Rows that were compared with their checksums"),
    check: z.string().describe("ok: every row was checked. A damaged index is built again, with a warning"),
  }),
  costs: z.array(z.object({
    source: z.string(),
    sessionId: z.string(),
    shortId: z.string(),
    file: z.string(),
    origin: z.enum(["total", "bill", "estimate"]).describe(
      "total: the agent's own sum for the session; bill: what the provider charged; estimate: what the agent computed",
    ),
    toolUsd: z.number(),
    usd: z.number().optional().describe(
      "By our count: with total what all turns cost, otherwise the list price of the turns that the agent priced; absent " +
        "where no price is known",
    ),
    differenceUsd: z.number().optional().describe("toolUsd less usd"),
    cause: z.enum([
      "equal",
      "requests_without_lines",
      "web_searches",
      "older_total",
      "fork",
      "counted_with_others",
      "guessed",
      "unpriced",
      "bill",
      "other_prices",
    ]),
    detail: z.string().optional(),
  })).optional().describe("With costs: the largest difference first"),
  notes: z.array(z.string()),
});

export type DoctorOutput = z.infer<typeof doctorOutput>;
