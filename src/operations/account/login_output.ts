/** Schema of what `login` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";

export const loginOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  keyName: z.string().describe("Name that the key is stored under"),
  key: z.string().describe("The key's ends; what is between them is left out"),
  host: z.string().describe("The gateway that the key is for"),
  checked: z.boolean().describe("Whether the gateway was asked, and accepted the key"),
  models: z.number().optional().describe("Models that the gateway lists for this key; absent when it was not asked"),
  isDefault: z.boolean().describe("Whether this is the default key"),
  replaced: z.boolean().describe("Whether another key had this name before"),
  file: z.string(),
  notes: z.array(z.string()),
});
