/** Schema of what `configure` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { SETUP_IDS } from "./open_settings.ts";

export const configureOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  agent: z.enum(SETUP_IDS).describe("The agent that was asked for"),
  file: z.string().optional().describe("Its file; absent for one that is set up by variables alone"),
  changed: z.boolean().describe("False when everything was as it should be"),
  created: z.boolean().describe("Whether the file is new"),
  replaced: z.array(z.string()).describe("Keys of the file that --force replaced"),
  keptAt: z.string().optional().describe("Where the file is kept as it was before --force"),
  provider: z.string(),
  host: z.string().describe("The gateway that the agent is told of"),
  key: z.string().describe("The key's ends; what is between them is left out"),
  keyBy: z.enum(["text", "command", "variable"]).describe(
    "How the agent comes by the key: it is in the file, a command prints it, or OPPER_API_KEY has it",
  ),
  models: z.number().describe("Models of the gateway. An agent whose file lists models has all of them"),
  catalogue: z.enum(["gateway", "cache", "stale_cache", "built_in"]).describe("Where the list of models comes from"),
  shell: z.array(z.string()).describe("Lines for the shell that the agent is started from. None holds the key"),
  advice: z.array(z.string()).describe("How the provider is used"),
  notes: z.array(z.string()),
});
