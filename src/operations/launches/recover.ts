/** `recover`: removes what killed launches left, puts back what killed writers changed, and reports both. */
import { removeLeftFiles } from "../../launch/left_files.ts";
import { placedPaths } from "../../launch/placed/placed_paths.ts";
import { recoverAll } from "../../launch/placed/recover_all.ts";
import type { RecoveryNote } from "../../launch/placed/settle_place.ts";
import { defineInput } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import type { Tone } from "../contract/view.ts";

const TONES: Partial<Record<RecoveryNote["outcome"], Tone>> = { failed: "bad", unreadable: "warn", kept: "warn" };

export const recover = defineOperation({
  name: "recover",
  summary: "Clean up after a launch that was killed",
  description: "Puts back files that a killed launch replaced, and files that a killed command had " +
    "half written. Launches that still run are left alone, and so are files that changed since. " +
    "Every other command does the same when it starts; this one reports what was done.",
  needs: ["programs", "user_files"],
  input: defineInput({}),
  output: async () => (await import("./recover_output.ts")).recoverOutput,
  examples: [{ command: "recover", explains: "after a crash or a power loss" }],

  async run(_input, context) {
    removeLeftFiles(context.stateDirectory, context.now);
    const notes = await recoverAll(context.stateDirectory, placedPaths(context.account.machine));
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(context.now)!,
      repaired: notes.map(({ path, outcome, message }) => ({ path, outcome, message })),
    };
  },

  view: ({ repaired }) => [{
    kind: "table",
    columns: [
      { key: "outcome", title: "Outcome" },
      { key: "message", title: "What was done", priority: 1, shrink: "keep_start" },
    ],
    rows: repaired.map(({ outcome, message }) => [{ text: outcome, tone: TONES[outcome] }, { text: message }]),
    empty: "There was nothing to repair.",
  }],
});
