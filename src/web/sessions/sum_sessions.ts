/** What sessions add up to: of those that are listed, and of those that are selected. */
import { addAllCosts } from "../../core/cost/cost.ts";
import { addUsage, type Cost, NO_USAGE, type TokenUsage, type Usd } from "../../core/model.ts";
import type { ListedSession } from "./read_sessions.ts";

/** Figures of several sessions together. */
export interface SessionsSum {
  readonly sessions: number;
  /** Of those that have some. */
  readonly turns: number;
  readonly usage: TokenUsage;
  readonly cost: Cost;
  /** Turns that missed, as far as that is known. */
  readonly misses: number;
  /** What they cost. Undefined where no price of one is known, and some missed. */
  readonly missUsd?: Usd;
}

export function sumSessions(sessions: readonly ListedSession[]): SessionsSum {
  let [turns, misses, missUsd, isPriced] = [0, 0, 0, false];
  let usage = NO_USAGE;
  for (const session of sessions) {
    turns += session.turns ?? 0;
    misses += session.misses ?? 0;
    usage = addUsage(usage, session.usage);
    if (session.missUsd === undefined) continue;
    missUsd += session.missUsd;
    isPriced = true;
  }
  return {
    sessions: sessions.length,
    turns,
    usage,
    cost: addAllCosts(sessions.map(({ cost }) => cost)),
    misses,
    missUsd: misses === 0 || isPriced ? missUsd : undefined,
  };
}

/** Rows that are selected, by their short ids: `pick=01a1fb64-8,e99afcf6`. Ids may have commas of their own. */
export function readPicked(query: Readonly<Record<string, string>>): ReadonlySet<string> {
  const ids = (query["pick"] ?? "").split(",").filter((id) => id !== "");
  return new Set(ids.map((id) => id.replaceAll("%2C", ",")));
}

/** What the address has once some more are selected, or no longer. @param ids What becomes what the last of them becomes */
export function switchPicked(picked: ReadonlySet<string>, ids: readonly string[]): string {
  const isOn = !picked.has(ids.at(-1)!);
  const next = isOn ? new Set([...picked, ...ids]) : picked.difference(new Set(ids));
  return [...next].map((id) => id.replaceAll(",", "%2C")).join(",");
}
