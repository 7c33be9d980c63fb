/** The answer of `doctor --costs`: the agents' own figures beside ours. */
import type { DifferenceCause } from "../../core/cost/compare_costs.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import { type Money, usdCell } from "../report/cells.ts";
import type { DoctorOutput } from "./doctor_output.ts";
import { countOf } from "../report/notes.ts";
import { shortestPrefixes } from "../report/session_filter.ts";
import type { Block } from "../contract/view.ts";

/** @param sessions All of them */
export async function compareCosts(
  scan: UsageIndex,
  sessions: readonly { readonly sessionId: string }[],
): Promise<DoctorOutput["costs"]> {
  const compared = await scan.compareCosts();
  const shortIds = shortestPrefixes(sessions.map(({ sessionId }) => sessionId));
  return compared.map(({ source, sessionId, file, origin, toolUsd, usd, cause, detail }) => ({
    source,
    sessionId,
    shortId: shortIds.get(sessionId) ?? sessionId,
    file,
    origin,
    toolUsd,
    usd,
    differenceUsd: usd === undefined ? undefined : toolUsd - usd,
    cause,
    detail,
  }));
}

const CAUSES: Readonly<Record<DifferenceCause, string>> = {
  equal: "agrees",
  requests_without_lines: "requests that no line of the log shows",
  web_searches: "searches that no line of the log shows",
  older_total: "the log went on after the agent had added up",
  fork: "a fork: the agent's sum goes on from its parent's",
  counted_with_others: "the agent's sum includes an earlier session",
  guessed: "the agent guessed a price",
  unpriced: "no price is known here",
  bill: "the provider's bill is not its list price",
  other_prices: "other prices",
};

/** The table for `doctor --costs`: sessions whose agent says another cost than we do, and how many agree. */
export function costBlocks(costs: NonNullable<DoctorOutput["costs"]>, money: Money): readonly Block[] {
  const different = costs.filter(({ cause }) => cause !== "equal");
  const agreeing = costs.length - different.length;
  const table: Block = {
    kind: "table",
    title: "Costs by the agents themselves",
    columns: [
      { key: "session", title: "Session" },
      { key: "source", title: "Source", priority: 2 },
      { key: "origin", title: "By its", priority: 3 },
      { key: "toolUsd", title: "Agent", align: "right" },
      { key: "usd", title: "Here", align: "right" },
      { key: "differenceUsd", title: "Difference", align: "right" },
      { key: "cause", title: "Likely because", priority: 1, shrink: "keep_start" },
    ],
    rows: different.map(({ sessionId, shortId, source, origin, toolUsd, usd, differenceUsd, cause, detail }) => [
      { text: shortId, value: sessionId },
      { text: source },
      { text: origin },
      usdCell(toolUsd, money),
      usdCell(usd, money),
      usdCell(differenceUsd, money),
      { text: detail === undefined ? CAUSES[cause] : `${CAUSES[cause]}: ${detail}`, value: cause },
    ]),
    empty: agreeing === 0 ? "No agent recorded the cost of a session." : "All agree.",
  };
  if (agreeing === 0) return [table];
  const text = `${countOf(agreeing, different.length === 0 ? "session" : "other session")} ` +
    `${agreeing === 1 ? "agrees" : "agree"} to a millionth of a dollar.`;
  return [table, { kind: "text", text, tone: "dim" }];
}
