/**
 * The identities of turns as numbers of one size, so that the index can hold those of every log and find the logs that
 * share one (tables/keys.ts). Two texts may have one number: whoever finds a match compares the turns themselves.
 */
import type { RecordedTurn } from "../../../agents/source.ts";

/**
 * Two words an identity: 32 bits of its hash, and 8 more as the highest of the second word, whose others are free for
 * the id of a log.
 */
export type TurnKeys = Uint32Array<ArrayBuffer>;

type Identified = Pick<RecordedTurn, "key" | "originalKey" | "replayKey" | "delegation">;

/**
 * All by which a turn may be the same as another log's: its key, the key it may have in a parent's log, what it has in
 * common with replays of it, and the delegated work that it is of.
 *
 * @param source Id: tools do not share responses
 */
export function keysOfTurns(source: string, turns: readonly { readonly turn: Identified }[]): TurnKeys {
  let count = 0;
  let delegations: Set<string> | undefined;
  for (const { turn: { originalKey, replayKey, delegation } } of turns) {
    count += 1 + Number(originalKey !== undefined) + Number(replayKey !== undefined);
    // Once a log: that it has several turns of one piece of work is nothing to be settled.
    if (delegation === undefined) continue;
    delegations ??= new Set();
    delegations.add(delegation.key);
    if (delegation.within !== undefined) delegations.add(delegation.within);
  }
  const keys = new Uint32Array(2 * (count + (delegations?.size ?? 0)));
  const [keySeed, replaySeed] = [seedOf(`key ${source}`), seedOf(`replay ${source}`)];
  let place = 0;
  for (const { turn: { key, originalKey, replayKey } } of turns) {
    place = putHash(keys, place, keySeed, key);
    if (originalKey !== undefined) place = putHash(keys, place, keySeed, originalKey);
    if (replayKey !== undefined) place = putHash(keys, place, replaySeed, replayKey);
  }
  if (delegations !== undefined) {
    const seed = seedOf(`delegation ${source}`);
    for (const key of delegations) place = putHash(keys, place, seed, key);
  }
  return keys;
}

/** The turns' keys alone. */
export function ownKeysOfTurns(source: string, turns: readonly { readonly turn: Identified }[]): TurnKeys {
  return keysOfTurns(source, turns.map(({ turn: { key } }) => ({ turn: { key } })));
}

/** Two runs of FNV-1a with seeds of their own, and their bits mixed. Guards against accidents, not attacks. */
type Seed = readonly [number, number];
const PRIME = 0x01000193;

function seedOf(text: string): Seed {
  let [a, b] = [0x811c9dc5, 0x9dc5811c];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, PRIME);
    b = Math.imul(b ^ code, PRIME);
  }
  return [a, b];
}

/** For two texts a turn, so that it makes no object: not that of a destructuring either. @returns where the next goes */
function putHash(keys: TurnKeys, place: number, seed: Seed, text: string): number {
  let a = seed[0];
  let b = seed[1];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, PRIME);
    b = Math.imul(b ^ code, PRIME);
  }
  keys[place] = mixBits(a);
  keys[place + 1] = mixBits(b) & 0xff000000;
  return place + 2;
}

/** So that every bit depends on every character: those of FNV's last ones hardly move the highest. */
function mixBits(bits: number): number {
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
