/** Schema of what `logout` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";

export const logoutOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  keyName: z.string().describe("Name that the key was stored under"),
  removed: z.boolean().describe("False when no such key was stored"),
  left: z.array(z.string()).describe("Names of the keys that are still stored"),
  file: z.string(),
  notes: z.array(z.string()),
});
