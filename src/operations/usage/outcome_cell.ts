/** What became of the cache at a turn, in a few words. Pure: the terminal and the page show the same. */
import { missCauseText } from "../report/via_text.ts";
import { type Money, moneyText } from "../report/cells.ts";
import { formatTokens } from "../report/format.ts";
import type { Cell } from "../contract/view.ts";
import type { SessionOutput } from "./session_output.ts";

/** What is told of a turn. */
type Outcome = Pick<
  NonNullable<SessionOutput["turns"]>[number],
  "outcome" | "cause" | "missedTokens" | "missedUsd" | "rerouted"
>;

/** `hit`, or `miss: expired, 120k tokens, $1.23`. */
export function outcomeCell(turn: Outcome, money: Money): Cell {
  switch (turn.outcome) {
    case "hit":
      return { text: "hit", tone: "good" };
    case "miss": {
      const cost = turn.missedUsd === undefined ? "" : `, ${moneyText(turn.missedUsd, money)}`;
      return {
        text: `miss: ${missCauseText({ ...turn, cause: turn.cause ?? "unexplained" })}, ${
          formatTokens(turn.missedTokens)
        } tokens${cost}`,
        value: turn.cause,
        tone: "bad",
      };
    }
    case "first":
      return { text: "first", tone: "dim" };
    case "none":
      return { text: "-", value: null, tone: "dim" };
  }
}
