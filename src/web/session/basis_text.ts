/** Where a cost is from, in words. Pure. */
import { billedText, creditsText, type Money } from "../../operations/report/cells.ts";
import { countOf } from "../../operations/report/notes.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";

/** `computed from prices; 3 turns have no price; 5.19 credits of github-copilot`. */
export function basisText(
  { basis, unpricedTurns, ...cost }: SessionOutput["session"]["cost"],
  money: Money = {},
): string {
  if (basis === "none" && unpricedTurns === 0) return "nothing was billed";
  const origin = {
    reported: "as the agent reports",
    computed: "computed from prices",
    mixed: "partly reported, partly computed",
    none: "no price known",
  }[basis];
  const credits = creditsText(cost);
  const billed = billedText({ ...cost, unpricedTurns }, money);
  return [
    origin + billed,
    ...(unpricedTurns > 0 && basis !== "none"
      ? [`${countOf(unpricedTurns, "turn")} ${unpricedTurns === 1 ? "has" : "have"} no price`]
      : []),
    ...(credits === undefined ? [] : [credits]),
  ].join("; ");
}
