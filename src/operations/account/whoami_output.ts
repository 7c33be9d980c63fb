/** Schema of what `whoami` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";

export const whoamiOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  key: z.string().describe("The key's ends; what is between them is left out"),
  origin: z.enum(["environment", "stored"]).describe("environment: from OPPER_API_KEY"),
  keyName: z.string().optional().describe("Name of the stored key"),
  user: z.object({
    email: z.string().optional().describe("As it was stored"),
    name: z.string().optional().describe("As it was stored"),
  }).optional().describe("Whose key it is, where that is stored beside it"),
  host: z.string().describe("The gateway that the key is for"),
  accepted: z.boolean().optional().describe("Absent when the gateway did not say"),
  models: z.number().optional().describe("Models that the gateway lists for this key"),
  problem: z.string().optional().describe("Why the key is not accepted, or why that is not known"),
  notes: z.array(z.string()),
});
