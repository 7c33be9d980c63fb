/** Days of UTC, and names that mean one model: what lines of a bill and turns of logs are told apart by. */
import type { EpochMs } from "../model.ts";
import type { BillLine } from "./bill.ts";

/** What is in some group, of some model. */
export type Placed = Pick<BillLine, "at" | "group" | "models">;

/** Its own, else its day. */
export function groupName({ group, at }: Pick<Placed, "group" | "at">): string {
  return group ?? dayOf(at);
}

/** `2026-11-20`, of UTC; `?` where no time is known. */
function dayOf(at: EpochMs | undefined): string {
  return at === undefined ? "?" : new Date(at).toISOString().slice(0, 10);
}

/**
 * A model has several names: as it is asked for, as it is billed, with and without the day of its release. Two of them are
 * one model when some line or turn has both.
 *
 * @param all The names that each line and turn has
 * @returns one name for all that mean the same: of those the first one that was seen
 */
export function groupByModel(all: readonly (readonly string[])[]): (models: readonly string[]) => string {
  const leaders = new Map<string, string>();
  const leaderOf = (name: string): string => {
    let leader = name;
    while (leaders.has(leader)) leader = leaders.get(leader)!;
    return leader;
  };
  for (const names of all) {
    const [first, ...others] = names.map(plainName);
    for (const other of others) {
      const [a, b] = [leaderOf(first!), leaderOf(other)];
      if (a !== b) leaders.set(b, a);
    }
  }
  return ([name]) => name === undefined ? "?" : leaderOf(plainName(name));
}

/**
 * Gateways and logs differ in case, in a `~` before it, in the day of the release behind it, and in the order of its words:
 * `anthropic/claude-sonnet-4.6` is billed as `anthropic/claude-4.6-sonnet-20260217`. A way of serving (`:free`) is another
 * price, and stays.
 */
function plainName(name: string): string {
  const [, author = "", words = "", variant = ""] = /^(?:(.*)\/)?([^/:]*)(:.*)?$/.exec(name.trim().toLowerCase()) ?? [];
  const kept = words.split("-").filter((word) => !/^\d{8}$/.test(word)).sort();
  return `${author.replace(/^~/, "")}/${kept.join("-")}${variant}`;
}
