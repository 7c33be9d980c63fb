/** Schema of what `config` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { SETTING_RULES } from "./setting_rules.ts";

const settingSchema = z.object({
  key: z.enum(SETTING_RULES.map(({ key }) => key)).describe("What config set takes"),
  value: z.union([
    z.string(),
    z.number(),
    z.array(z.string()),
    z.object({
      code: z.string().describe("Of currency: its three letters"),
      perUsd: z.number().describe("How much of it one US dollar is"),
      asOf: z.string().describe("Day of the rate"),
    }),
    z.record(z.string(), z.number().describe("Of budget: what is meant to be spent")),
    z.record(z.string(), z.array(z.number()).describe("Of limits: percentages at which watch rings")),
    z.record(z.string(), z.boolean().describe("Of enrich, by gateway: true is asked without a question before")),
    z.record(z.string(), z.string().describe("Of export, by flag: what stands for it")),
    z.record(
      z.string(),
      z.object({
        name: z.string().describe("Of a plan: what its provider calls it"),
        usdPerMonth: z.number().describe("What it costs, however much is used"),
      }),
    ),
  ]).optional().describe("Of plan, by provider. Absent: not set"),
  from: z.array(z.enum(["flag", "environment", "file", "default"])).describe("Where the value is from; lists add up"),
  flag: z.string().optional().describe("The flag that says the same for one command"),
});

export const configOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  file: z.string(),
  exists: z.boolean().describe("Whether the file is there"),
  changed: z.boolean().describe("Whether the file was"),
  settings: z.array(settingSchema).describe("Every setting, with the value that holds now"),
});

export type ConfigOutput = z.infer<typeof configOutput>;
