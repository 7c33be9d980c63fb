/** Schema of what `config` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { SETTING_RULES } from "./settings.ts";

const settingSchema = z.object({
  key: z.enum(SETTING_RULES.map(({ key }) => key)).describe("What config set takes"),
  value: z.union([z.string(), z.number(), z.array(z.string())]).optional().describe("Absent: not set"),
  from: z.array(z.enum(["flag", "environment", "file", "default"])).describe("Where the value is from; lists add up"),
  flag: z.string().describe("The flag that says the same for one command"),
});

export const configOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  file: z.string(),
  exists: z.boolean().describe("Whether the file is there"),
  changed: z.boolean().describe("Whether the file was"),
  settings: z.array(settingSchema).describe("Every setting, with the value that holds now"),
});
