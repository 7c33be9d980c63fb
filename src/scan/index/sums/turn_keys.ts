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
  const words: number[] = [];
  const [keySeed, replaySeed] = [seedOf(`key ${source}`), seedOf(`replay ${source}`)];
  let delegations: Set<string> | undefined;
  for (const { turn: { key, originalKey, replayKey, delegation } } of turns) {
    pushHash(words, keySeed, key);
    if (originalKey !== undefined) pushHash(words, keySeed, originalKey);
    if (replayKey !== undefined) pushHash(words, replaySeed, replayKey);
    // Once a log: that it has several turns of one piece of work is nothing to be settled.
    if (delegation === undefined) continue;
    delegations ??= new Set();
    delegations.add(delegation.key);
    if (delegation.within !== undefined) delegations.add(delegation.within);
  }
  if (delegations !== undefined) {
    const seed = seedOf(`delegation ${source}`);
    for (const key of delegations) pushHash(words, seed, key);
  }
  return Uint32Array.from(words);
}

/** The turns' keys alone. */
export function ownKeysOfTurns(source: string, turns: readonly { readonly turn: Identified }[]): TurnKeys {
  return keysOfTurns(source, turns.map(({ turn: { key } }) => ({ turn: { key } })));
}

/** Two runs of FNV-1a with seeds of their own, and their bits mixed. Guards against accidents, not attacks. */
type Seed = readonly [number, number];

function seedOf(text: string): Seed {
  return runOver([0x811c9dc5, 0x9dc5811c], text);
}

function pushHash(words: number[], seed: Seed, text: string): void {
  const [a, b] = runOver(seed, text);
  words.push(mixBits(a), mixBits(b) & 0xff000000);
}

function runOver([a, b]: Seed, text: string): Seed {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x01000193);
  }
  return [a, b];
}

/** So that every bit depends on every character: those of FNV's last ones hardly move the highest. */
function mixBits(bits: number): number {
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
