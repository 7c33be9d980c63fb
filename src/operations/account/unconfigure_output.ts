/** Schema of what `unconfigure` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { SETUP_IDS } from "./open_settings.ts";

export const unconfigureOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  agent: z.enum(SETUP_IDS).describe("The agent that was asked for"),
  file: z.string().optional().describe("Its file; absent for one that is set up by variables alone"),
  title: z.string().optional().describe("What is ours in that file"),
  removed: z.boolean().describe("False when there was nothing to remove"),
  replaced: z.array(z.string()).describe("Keys of the file that were not ours, and went by --force"),
  keptAt: z.string().optional().describe("Where the file is kept as it was before --force"),
  shell: z.array(z.string()).describe("Lines that take away variables that are set, and that configure may have named"),
});
