/** What stands as a flag on the axis: compactions, other models, forks and sub-agents. */
import { type EpochMs, MAIN_CHAIN, OWN_CHAINS } from "../../core/model.ts";
import type { DrawnTurn } from "./read_turns.ts";

/** What each is, after the letter that stands on its flag. */
export const FLAG_TEXTS = {
  compaction: "C compacted",
  model: "M another model",
  fork: "F fork",
  subagent: "S sub-agent begins",
} as const;
export type FlagKind = keyof typeof FLAG_TEXTS;

/** A flag, and where it stands. */
export interface Flag {
  readonly kind: FlagKind;
  /** Place of the turn that it stands at, among those that are drawn. */
  readonly place: number;
  /** A few words: the model, the fork's short id, the sub-agent's name. */
  readonly label: string;
}

interface Fork {
  readonly shortId: string;
  readonly startedAt?: string;
}

/**
 * @param turns In order of time
 * @param forks Those made from this session; where its time is not known, or not between its turns, a fork has no flag
 * @param parent The session that this one was forked from
 */
export function findFlags(
  turns: readonly DrawnTurn[],
  forks: readonly Fork[] = [],
  parent?: string,
): readonly Flag[] {
  const flags: Flag[] = parent === undefined || turns.length === 0
    ? []
    : [{ kind: "fork", place: 0, label: `forked from ${parent}` }];
  const models = new Map<string, string>();
  const seen = new Set<string>();
  for (const [place, turn] of turns.entries()) {
    const { chain } = turn;
    const model = `${turn.provider}/${turn.model}`;
    const last = models.get(chain);
    if (!OWN_CHAINS.has(chain) && !seen.has(chain)) flags.push({ kind: "subagent", place, label: chain });
    if (turn.isAfterCompaction || turn.cause === "compacted") {
      flags.push({ kind: "compaction", place, label: "compacted" });
    }
    if (last !== undefined && last !== model) flags.push({ kind: "model", place, label: turn.model });
    seen.add(chain);
    // Side requests go to whichever model is cheap: that is no change of the session's.
    if (chain === MAIN_CHAIN || !OWN_CHAINS.has(chain)) models.set(chain, model);
  }
  for (const { shortId, startedAt } of forks) {
    const place = placeAt(turns, startedAt === undefined ? undefined : Date.parse(startedAt));
    if (place !== undefined) flags.push({ kind: "fork", place, label: shortId });
  }
  return flags.sort((a, b) => a.place - b.place);
}

/** The last turn that began by then. Copies of a log begin where their original did: those were not made at its start. */
function placeAt(turns: readonly DrawnTurn[], at: EpochMs | undefined): number | undefined {
  if (at === undefined) return undefined;
  const place = turns.findLastIndex((turn) => turn.at !== undefined && turn.at <= at);
  return place === -1 ? undefined : place;
}
