/** Schema of what `enrich` answers with. Loaded by tests and documents alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";

export const enrichOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  gateway: z.enum(["openrouter", "opper"]).describe("Who is asked"),
  host: z.string().optional().describe("Who is asked. Absent: nobody had to be"),
  key: z.string().optional().describe("Where the key is from; never the key"),
  dryRun: z.boolean().describe("Whether nothing was sent, as it was wanted"),
  since: z.string().describe("Older turns are left out"),
  turns: z.number().describe(
    "Turns since then with an id that the gateway can be asked about; of Opper, traces of launches",
  ),
  known: z.number().describe("Of these, answered before, or missing to this key"),
  toAsk: z.number().describe("What this run was to ask about"),
  oldest: z.string().optional().describe("When the oldest of these was"),
  newest: z.string().optional().describe("When the newest of these was"),
  found: z.number().describe("Answers of this run"),
  missing: z.number().describe("Not known to the gateway; not asked again without retryMissing"),
  unread: z.number().describe("Answers that could not be understood; asked again the next time"),
  left: z.number().describe("Without an answer; asked again the next time"),
  billedUsd: z.number().optional().describe(
    "What the gateway, and upstreams by the person's own keys, charged for those found",
  ),
  end: z.enum([
    "nothing",
    "planned",
    "done",
    "interrupted",
    "refused",
    "no_credit",
    "limited",
    "unreachable",
    "forgotten",
  ])
    .describe(
      "nothing: there was nothing to ask; planned: dryRun; refused: the key; limited: it asked to be left alone, five " +
        "times in a row; forgotten: the evidence was deleted",
    ),
  problem: z.string().optional().describe("What was said when it ended early"),
  forgotten: z.object({
    found: z.number().describe("Answers about responses"),
    missing: z.number().describe("Responses that the gateway did not know"),
    traces: z.number().optional().describe("Answers about traces; absent: there were none"),
  }).optional().describe("Rows that forget deleted"),
  notes: z.array(z.string()),
});

export type EnrichAnswer = z.infer<typeof enrichOutput>;
