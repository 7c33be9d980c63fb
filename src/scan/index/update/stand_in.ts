/**
 * What stands in for logs that say of no turn that another log has it, where they share turns with logs that say so: their
 * identities tell which turns those copied, and nothing that they count can be lost to a copy. So they need not be read again.
 */
import { MAIN_CHAIN, NO_USAGE } from "../../../core/model.ts";
import type { RecordedTurn } from "../../../agents/source.ts";
import type { ClaimingLog } from "../sums/ownership.ts";
import { hashIdentities, longIdentity, type TurnKeys } from "../sums/turn_keys.ts";
import type { ShownLog } from "./settle_logs.ts";

/** A log of which all turns are its own, as far as it says. */
export interface OwnTurns {
  readonly path: string;
  /** Identities of all of them, as they were hashed. */
  readonly ownKeys: TurnKeys;
}

/**
 * Each with the turns that others copied.
 *
 * @param shown The others: all that share turns with any of them
 * @returns undefined where identities do not tell: two of them, or a log that says nothing of it, show the same
 */
export function standIn(own: readonly OwnTurns[], shown: readonly ShownLog[]): readonly ClaimingLog[] | undefined {
  const owners = findOwners(own);
  if (owners === undefined) return undefined;
  const copied = own.map(() => new Set<string>());
  for (const { source, turns } of shown) {
    const find = (kind: "keys" | "replayKeys", texts: readonly string[]) => {
      const hashed = hashIdentities(source, { ...NOTHING, [kind]: texts }, NO_DELEGATIONS);
      return texts.map((_, place) => owners.get(longIdentity(hashed, 2 * place)));
    };
    const ownerOfKey = find("keys", turns.map(({ turn }) => turn.key));
    for (const [place, owner] of ownerOfKey.entries()) {
      if (owner === undefined) continue;
      const { turn } = turns[place]!;
      if (turn.copied !== true) return undefined;
      copied[owner]!.add(turn.key);
    }
    const replayed = [...turns.keys()].filter((place) => turns[place]!.turn.replayKey !== undefined);
    const ownerOfReplay = find("replayKeys", replayed.map((place) => turns[place]!.turn.replayKey!));
    // The same response under another key: which one counts is told by all that is known of both.
    if (replayed.some((place, at) => ownerOfReplay[at] !== undefined && ownerOfKey[place] === undefined)) {
      return undefined;
    }
    const originals = turns.map(({ turn }) => turn.originalKey).filter((key) => key !== undefined);
    for (const [at, owner] of find("keys", originals).entries()) {
      if (owner !== undefined) copied[owner]!.add(originals[at]!);
    }
  }
  return own.map(({ path }, place) => ({
    path,
    startedAt: undefined,
    turns: [...copied[place]!].map((key): RecordedTurn => ({ ...OWN_TURN, key })),
    isPart: true,
  }));
}

const NOTHING = { keys: [], originalKeys: [], replayKeys: [] };
const NO_DELEGATIONS: ReadonlySet<string> = new Set();

/** Of which nothing but its key, and that it is no copy, is asked. */
const OWN_TURN: Omit<RecordedTurn, "key"> = {
  at: 0,
  model: { provider: "", model: "" },
  usage: NO_USAGE,
  chain: MAIN_CHAIN,
};

/** Places of the logs by identity; undefined where one is shown twice. */
function findOwners(own: readonly OwnTurns[]): ReadonlyMap<number, number> | undefined {
  const owners = new Map<number, number>();
  for (const [owner, { ownKeys }] of own.entries()) {
    for (let place = 0; place < ownKeys.length; place += 2) {
      const identity = longIdentity(ownKeys, place);
      if (owners.has(identity)) return undefined;
      owners.set(identity, owner);
    }
  }
  return owners;
}
