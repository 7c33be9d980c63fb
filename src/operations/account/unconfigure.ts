/** `unconfigure`: removes what `configure` wrote, and nothing else. Needs neither a key nor the gateway. */
import { CHILD_KEY_VARIABLE } from "../../agents/launcher.ts";
import { removeProvider } from "../../launch/configure.ts";
import { shortenPath } from "../report/cells.ts";
import { choice, defineInput, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { replacedView } from "./configure.ts";
import { openSettings, SETUP_IDS } from "./open_settings.ts";
import { unsettingLines } from "./shell_lines.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";

const input = defineInput({
  agent: choice(SETUP_IDS, "The agent", { required: true }),
  force: toggle(`Remove a provider "opper" that opper-agent did not write. The file as it was is kept`),
});

export const unconfigure = defineOperation({
  name: "unconfigure",
  summary: "Undo configure",
  description: "Removes what configure wrote into an agent's settings, and everything that it created for " +
    "that. No other byte of the file changes, and what was changed since is not removed. Shows " +
    "how to unset variables that configure printed.",
  needs: ["user_files"],
  input,
  output: async () => (await import("./unconfigure_output.ts")).unconfigureOutput,
  commandLine: { agent: { positional: true } },
  examples: [{ command: "unconfigure claude", explains: "as it was before configure claude" }],

  async run(input, context) {
    const { setup, file } = await openSettings(context, input);
    const { env, os } = context.account.machine;
    const names = [...setup.variables ?? [], ...setup.keyBy === "variable" ? [CHILD_KEY_VARIABLE] : []];
    const removal = file === undefined ? { removed: false, replaced: [] } : await removeProvider(file);
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(context.now)!,
      agent: input.agent,
      file: file?.path,
      title: file?.file.title,
      removed: removal.removed,
      replaced: [...removal.replaced],
      keptAt: removal.keptAt,
      shell: [...unsettingLines(names.filter((name) => env[name]), os)],
    };
  },

  view(output, _input, context) {
    const file = output.file === undefined ? undefined : shortenPath(output.file, context.home);
    return [
      {
        kind: "text",
        text: file === undefined
          ? "No file of this agent has anything of ours."
          : output.removed
          ? `Removed ${output.title} from ${file}.`
          : `There is nothing of ours in ${file}: nothing was changed.`,
      },
      ...replacedView(output, context.home),
      ...output.shell.length === 0 ? [] : [
        { kind: "text" as const, text: "If you set these for this agent alone:", tone: "dim" as const },
        ...output.shell.map((text) => ({ kind: "text" as const, text, isTyped: true as const })),
      ],
    ];
  },
});
