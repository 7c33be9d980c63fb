/** Schema of what `unconfigure` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { idsWith } from "../../agents/agents.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";

export const unconfigureOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  agent: z.enum(idsWith("providerSetup")).describe("The agent whose file it is"),
  file: z.string(),
  removed: z.boolean().describe("False when there was nothing to remove"),
});
