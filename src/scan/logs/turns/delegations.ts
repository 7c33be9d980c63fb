/** Work that was handed to sub-agents, as the turns of a log name it. */
import type { RecordedTurn } from "../../../agents/source.ts";

/** Keys of the work that turns are of, each once a log: that it has several turns of one is nothing to be settled. */
export function delegationsOf(turns: Iterable<Pick<RecordedTurn, "delegation"> | undefined>): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const turn of turns) {
    if (turn?.delegation === undefined) continue;
    keys.add(turn.delegation.key);
    if (turn.delegation.within !== undefined) keys.add(turn.delegation.within);
  }
  return keys;
}
