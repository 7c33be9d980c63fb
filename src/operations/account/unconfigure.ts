/** `unconfigure`: removes what `configure` wrote, and nothing else. Needs neither a key nor the gateway. */
import { idsWith } from "../../agents/agents.ts";
import { removeProvider } from "../../launch/configure.ts";
import { shortenPath } from "../report/cells.ts";
import { choice, defineInput, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { openSettings } from "./open_settings.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";

const input = defineInput({
  agent: choice(idsWith("providerSetup"), "The agent", { required: true }),
  force: toggle(`Remove a provider "opper" that opper-agent did not write`),
});

export const unconfigure = defineOperation({
  name: "unconfigure",
  summary: "Undo configure",
  description: "Removes the provider opper from Pi's models.json, and everything that configure created " +
    "for it. No other byte of the file changes.",
  needs: ["user_files"],
  input,
  output: async () => (await import("./unconfigure_output.ts")).unconfigureOutput,
  commandLine: { agent: { positional: true } },
  examples: [{ command: "unconfigure pi", explains: "as it was before configure pi" }],

  async run(input, context) {
    const file = await openSettings(context, input);
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(context.now)!,
      agent: input.agent,
      file: file.path,
      removed: await removeProvider(file),
    };
  },

  view(output, _input, context) {
    const file = shortenPath(output.file, context.home);
    return [{
      kind: "text",
      text: output.removed
        ? `Removed the provider "opper" from ${file}.`
        : `There is no provider "opper" in ${file}: nothing was changed.`,
    }];
  },
});
