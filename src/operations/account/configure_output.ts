/** Schema of what `configure` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { idsWith } from "../../agents/agents.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";

export const configureOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  agent: z.enum(idsWith("providerSetup")).describe("The agent whose file it is"),
  file: z.string(),
  changed: z.boolean().describe("False when everything was as it should be"),
  created: z.boolean().describe("Whether the file is new"),
  provider: z.string(),
  host: z.string().describe("The gateway that was written into the file"),
  key: z.string().describe("The key's ends; what is between them is left out"),
  models: z.number().describe("Models that were written into the file"),
  catalogue: z.enum(["gateway", "cache", "stale_cache", "built_in"]).describe("Where the list of models comes from"),
  notes: z.array(z.string()),
});
