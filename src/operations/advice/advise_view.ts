/** How `advise` is shown to people. */
import type { View } from "../contract/view.ts";
import type { AdviseOutput } from "./advise_output.ts";

/** Drawn from what `--json` says. */
export function viewAdvice(output: AdviseOutput): View {
  return [
    { kind: "text", text: `Recorded: $${output.recorded.usd.toFixed(2)}` },
    ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const })),
  ];
}
