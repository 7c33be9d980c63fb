/**
 * The identities of turns as numbers of one size, so that the index can hold those of every log and find the logs that
 * share one (tables/keys.ts). Two texts may have one number there: whoever finds a match compares the turns themselves, or
 * all bits of their numbers, as long as they are known.
 */
import type { RecordedTurn } from "../../../agents/source.ts";
import { delegationsOf } from "../../logs/turns/delegations.ts";
import { hashTexts } from "./sum_engine.wasm";
import { reserve, SUM_AT, sumMemory } from "./sum_memory.ts";

/**
 * Two words an identity: 64 bits of its hash. The index keeps the first word and the eight highest bits of the second one,
 * whose others have the id of a log there (tables/key_list.ts); what comes from it has nothing in them.
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
  const identities: Identities = {
    keys: turns.map(({ turn: { key } }) => key),
    originalKeys: turns.map(({ turn: { originalKey } }) => originalKey),
    replayKeys: turns.map(({ turn: { replayKey } }) => replayKey),
  };
  return hashIdentities(source, identities, delegationsOf(turns.map(({ turn }) => turn)));
}

/** By turn. */
export interface Identities {
  readonly keys: readonly string[];
  readonly originalKeys: readonly (string | undefined)[];
  readonly replayKeys: readonly (string | undefined)[];
}

/** The same of turns in lists. @param delegations Of the log's turns, each once */
export function hashIdentities(
  source: string,
  { keys: own, originalKeys, replayKeys }: Identities,
  delegations: ReadonlySet<string>,
): TurnKeys {
  const originals = thereIn(originalKeys);
  const replays = thereIn(replayKeys);
  const work = delegations.size === 0 ? NONE : [...delegations];
  const keys = new Uint32Array(2 * (own.length + originals.length + replays.length + work.length));
  const seeds = seedsOf(source);
  let place = putHashes(keys, 0, seeds.key, own);
  place = putHashes(keys, place, seeds.key, originals);
  place = putHashes(keys, place, seeds.replay, replays);
  putHashes(keys, place, seeds.delegation, work);
  return keys;
}

const NONE: readonly string[] = [];

/** Most logs have one for each turn, or none at all. */
function thereIn(texts: readonly (string | undefined)[]): readonly string[] {
  if (texts.length === 0) return NONE;
  return texts.includes(undefined) ? texts.filter((text) => text !== undefined) : texts as readonly string[];
}

/** @returns the place behind them */
function putHashes(keys: TurnKeys, place: number, seed: Seed, texts: readonly string[]): number {
  if (texts.length === 0) return place;
  if (!hashTogether(keys, place, seed, texts)) {
    for (let at = 0; at < texts.length; at++) putHash(keys, place + 2 * at, seed, texts[at]!);
  }
  return place + 2 * texts.length;
}

const encoder = new TextEncoder();

/**
 * All of a list at once: to take a text's characters one by one takes ten times as long as to hash them.
 *
 * @returns false for texts that are not all of ASCII, or have lines
 */
function hashTogether(keys: TurnKeys, place: number, seed: Seed, texts: readonly string[]): boolean {
  const text = texts.join("\n");
  // At a multiple of four behind the text.
  const found = SUM_AT.given + (text.length + 3 & ~3);
  // A text with lines is more texts than one; what is no ASCII does not fit.
  reserve(9 * text.length + 16);
  const { read, written } = encoder.encodeInto(text, sumMemory.given);
  if (read !== text.length || written !== text.length) return false;
  if (hashTexts(text.length, found, seed[0], seed[1]) !== texts.length) return false;
  keys.set(new Uint32Array(sumMemory.bytes.buffer, found, 2 * texts.length), place);
  return true;
}

/** The turns' keys alone. */
export function ownKeysOfTurns(source: string, turns: readonly { readonly turn: Identified }[]): TurnKeys {
  return keysOfTurns(source, turns.map(({ turn: { key } }) => ({ turn: { key } })));
}

/**
 * An identity as one number: 53 bits of it. That two texts of the few thousand that are compared have the same is one chance
 * in billions.
 *
 * @param place Of its first word
 */
export function longIdentity(keys: TurnKeys, place: number): number {
  return keys[place]! * 2 ** 21 + (keys[place + 1]! >>> 11);
}

/** Two runs of FNV-1a with seeds of their own, and their bits mixed. Guards against accidents, not attacks. */
type Seed = readonly [number, number];
const PRIME = 0x01000193;

interface Seeds {
  readonly key: Seed;
  readonly replay: Seed;
  readonly delegation: Seed;
}

/** By source, worked out once: each log has them. */
const knownSeeds = new Map<string, Seeds>();

function seedsOf(source: string): Seeds {
  let seeds = knownSeeds.get(source);
  if (seeds === undefined) {
    const seed = (kind: string) => makeSeed(`${kind} ${source}`);
    knownSeeds.set(source, seeds = { key: seed("key"), replay: seed("replay"), delegation: seed("delegation") });
  }
  return seeds;
}

function makeSeed(text: string): Seed {
  let [a, b] = [0x811c9dc5, 0x9dc5811c];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, PRIME);
    b = Math.imul(b ^ code, PRIME);
  }
  return [a, b];
}

function putHash(keys: TurnKeys, place: number, seed: Seed, text: string): void {
  let [a, b] = seed;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, PRIME);
    b = Math.imul(b ^ code, PRIME);
  }
  keys[place] = mixBits(a);
  keys[place + 1] = mixBits(b);
}

/** So that every bit depends on every character: those of FNV's last ones hardly move the highest. */
function mixBits(bits: number): number {
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
