/** Projects whose pauses are exact, and those that can be worked out by hand. */
import { idOf, WORLD_BEGIN, WORLD_NOW } from "./world_time.ts";
import { type Asked, ChainWriter, type Keys } from "./write_chain.ts";
import { type Kept, OPUS, type Project } from "./world.ts";

const [MINUTE, HOUR] = [60_000, 3_600_000];

/** What a session is that was written by hand: nothing in it is random but what stands here. */
interface HandWritten {
  readonly name: string;
  readonly source?: "claude" | "pi";
  readonly kept?: Kept;
  readonly frontTokens?: number;
  readonly at?: number;
  readonly asks: readonly Asked[];
}

const plain = { grows: 0, tail: 0, output: 0 };

/** At five minutes and at an hour the entry has just ended, and a millisecond before it has not. */
const EDGES = [5 * MINUTE, 5 * MINUTE - 1, HOUR, HOUR - 1, 0, 1, 5 * MINUTE + 1, HOUR + 1, 5 * MINUTE, HOUR];

/** Moments at which a ping is due: the request goes out instead. A millisecond later both do. */
const DUE = [4.5 * MINUTE, 4.5 * MINUTE + 1, 9 * MINUTE, 9 * MINUTE + 1, 9 * MINUTE - 1, 54 * MINUTE, 54 * MINUTE + 1]
  .concat([108 * MINUTE, 108 * MINUTE - 1, 45 * MINUTE, 50 * MINUTE, 50 * MINUTE - 1, 114 * MINUTE, 114 * MINUTE - 1]);

const HAND_WRITTEN: readonly HandWritten[] = [
  // 100,000 tokens, asked twice within half an hour. At $5 a million: 0.625 * 2 = $1.25 as it was, 1 + 0.05 = $1.05 for an
  // hour.
  { name: "by_hand", frontTokens: 100_000, asks: [plain, { ...plain, after: 30 * MINUTE }] },
  // 100,000 tokens are written again after the pause, and so many new ones: an hour saves 1.9 - 2 * 0.75 = 0.4 of the input
  // price on the former and costs 0.75 more on the latter. At $5: 0.2 - 60,000 * 3.75 / 1e6 = $0.025 more,
  { name: "below_even", frontTokens: 100_000, asks: [plain, { ...plain, after: 30 * MINUTE, grows: 60_000 }] },
  // and 0.2 - 50,000 * 3.75 / 1e6 = $0.0125 less.
  { name: "over_even", frontTokens: 100_000, asks: [plain, { ...plain, after: 30 * MINUTE, grows: 50_000 }] },
  { name: "edges", asks: [{}, ...EDGES.map((after) => ({ after, grows: 3000 }))] },
  { name: "edge_hour", source: "pi", kept: "1h", asks: [{}, ...EDGES.map((after) => ({ after, grows: 3000 }))] },
  { name: "due", asks: [{}, ...DUE.map((after) => ({ after }))] },
  { name: "due_hour", kept: "1h", source: "pi", asks: [{}, ...DUE.map((after) => ({ after }))] },
  // Ended half an hour ago: 6 pings of 4.5 minutes have been due since, and none of 54.
  {
    name: "just_now",
    at: WORLD_NOW - 75 * MINUTE - 1,
    asks: [{}, { after: 25 * MINUTE }, { after: 20 * MINUTE }],
  },
  { name: "alone", source: "pi", asks: [{}] },
];

export function edgeProjects(keys: Keys, random: () => number): readonly Project[] {
  return HAND_WRITTEN.map(({ name, source = "claude", kept = "5m", frontTokens, at = WORLD_BEGIN, asks }) => {
    const id = idOf(name, 0);
    const writer = new ChainWriter({ id, at, model: OPUS, kept, frontTokens }, keys, random);
    for (const ask of asks) writer.ask(ask);
    return { name, source, conversations: [{ id, chains: [writer.chain] }], lifetimes: "exact", keepAlive: "exact" };
  });
}
