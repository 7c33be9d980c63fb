/** Schema of what `reconcile` answers with. Loaded by tests and documents alone. */
import * as z from "zod";
import { BILL_CAUSES } from "../../core/bill/bill.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";

const localSchema = z.object({
  usd: z.number().describe("Of all turns that have a figure"),
  turns: z.number(),
  billedTurns: z.number().describe("Of these, such whose figure is the gateway's own"),
  estimatedTurns: z.number().describe("Of these, such whose figure follows from list prices"),
  unpricedTurns: z.number().describe("Of these, such without a figure"),
});

const spanSchema = z.object({
  span: z.enum(["day", "week", "month", "file"]).describe("file: all that the file has"),
  since: z.string().describe("A midnight of UTC"),
  until: z.string().describe("Not included; of a span that runs, when the gateway was asked"),
  billedUsd: z.number().describe("With what upstreams charged to keys of the person's own"),
  byokUsd: z.number().optional().describe("What of it those charged"),
  requests: z.number().optional().describe("As the bill counts them"),
  local: localSchema.describe("What logs have of the same span"),
  differenceUsd: z.number().describe("Billed more than logs have; negative: less"),
  explained: z.array(z.object({
    cause: z.enum(BILL_CAUSES).describe(
      "logs_gone: billed turns whose logs are gone; list_price: turns whose figure is no bill; no_price: turns without a " +
        "figure; other_figure: turns that the gateway itself gave another figure for; not_on_bill: turns that the bill " +
        "does not list",
    ),
    turns: z.number(),
    usd: z.number().optional().describe("Absent: the bill does not say it of these turns"),
  })).describe("Parts of the difference that turns can be shown for"),
  unexplainedUsd: z.number().describe("What is left: other machines and tools, requests that no log has"),
});

const rowSchema = z.object({
  day: z.string().optional().describe("Of UTC"),
  launchId: z.string().optional().describe("Of a bill of launches, instead of the day"),
  model: z.string(),
  upstream: z.string().optional().describe("Absent: not known, or several"),
  billedUsd: z.number().describe("With what upstreams charged to keys of the person's own"),
  requests: z.number().optional().describe("As the bill counts them"),
  local: localSchema.describe("What logs have of the same"),
  differenceUsd: z.number().describe("Billed more than logs have; negative: less"),
});

export const reconcileOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  gateway: z.enum(["openrouter", "opper"]).describe("Whose bill it is"),
  level: z.enum(["key", "activity", "csv", "opper"]).describe(
    "What the bill is: key: sums of one key; activity: days of an account, for a management key; csv: a file; opper: usage " +
      "of launches",
  ),
  month: z.string().optional().describe("As 2026-11, of UTC. Absent: all that a file has"),
  host: z.string().optional().describe("Who was asked. Absent: nobody"),
  key: z.object({
    origin: z.string().describe("Where it is from; never the key"),
    label: z.string().optional().describe("Its ends, as the gateway writes them"),
  }).optional().describe("What the gateway was asked with"),
  file: z.string().optional().describe("As typed"),
  spans: z.array(spanSchema).describe("The longest last"),
  rows: z.array(rowSchema).optional().describe("Days or launches, models and upstreams, where the bill has them"),
  launches: z.number().optional().describe("Launches of the month that Opper was asked about"),
  organization: z.object({
    usd: z.number().optional().describe("With evaluations and guards, of the same month"),
    requests: z.number().optional(),
    outsideUsd: z.number().optional().describe("What of it is of no launch on this machine"),
  }).optional().describe("What Opper says of the whole organization"),
  notes: z.array(z.string()),
});

export type ReconcileAnswer = z.infer<typeof reconcileOutput>;
export type ReconcileSpan = z.infer<typeof spanSchema>;
export type ReconcileRow = z.infer<typeof rowSchema>;
