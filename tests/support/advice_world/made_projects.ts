/**
 * Projects in which people work in different ways, one kind each. Whatever is random comes from the seed.
 *
 * Where nothing else is said a session has a front of its own, so that what one session does is nothing to another.
 */
import { seededRandom } from "../random.ts";
import { edgeProjects } from "./edge_projects.ts";
import { idOf, WORLD_BEGIN } from "./world_time.ts";
import { ChainWriter, Keys } from "./write_chain.ts";
import {
  type Boundary,
  type Conversation,
  FABLE,
  type Kept,
  type Knowable,
  OPUS,
  type Pings,
  type Project,
  SMALL,
  SONNET,
  TIERED,
  type WorldModel,
} from "./world.ts";

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];

/** How people work: the pause before their next request, in milliseconds. */
type Pace = (writer: ChainWriter) => number;

const steady: Pace = (writer) => writer.between(5 * SECOND, 280 * SECOND);
const thinking: Pace = (writer) =>
  writer.chance(0.5) ? writer.between(5 * MINUTE, 59 * MINUTE) : writer.between(8 * SECOND, 4 * MINUTE);
const keeping: Pace = (writer) =>
  writer.chance(0.4) ? writer.between(6 * MINUTE, 40 * MINUTE) : writer.between(8 * SECOND, 250 * SECOND);
const leaving: Pace = (writer) =>
  writer.chance(0.35)
    ? writer.between(61 * MINUTE, 7 * HOUR)
    : writer.chance(0.1)
    ? writer.between(6 * MINUTE, 50 * MINUTE)
    : writer.between(8 * SECOND, 4 * MINUTE);

interface Kind {
  readonly name: string;
  readonly source?: "claude" | "pi";
  readonly model?: WorldModel;
  readonly kept?: Kept;
  readonly frontKept?: Kept;
  readonly pace: Pace;
  readonly sessions?: number;
  readonly turns?: number;
  /** Between the last request of a session and the first of the next. @default 2 to 20 hours */
  readonly apart?: Pace;
  readonly sharesFront?: true;
  readonly warmed?: Pings;
  readonly lifetimes?: Knowable;
  readonly keepAlive?: Knowable;
  /** Before each request but the first. */
  readonly before?: (writer: ChainWriter, place: number, pauseMs: number) => void;
}

const KINDS: readonly Kind[] = [
  { name: "thinker", pace: thinking, sessions: 5, turns: 22 },
  { name: "keeper", source: "pi", pace: keeping },
  { name: "bursts", kept: "1h", pace: steady, sessions: 5, turns: 24 },
  { name: "away", pace: leaving, sessions: 3 },
  { name: "away_hour", kept: "1h", source: "pi", pace: leaving, sessions: 3 },
  { name: "cheap_reads", model: FABLE, pace: thinking },
  { name: "half_reads", model: SONNET, source: "pi", kept: "1h", pace: thinking },
  { name: "long_prompts", model: TIERED, pace: keeping, turns: 40 },
  // System prompts for an hour, messages for five minutes: both kinds of write in one turn.
  { name: "mixed", frontKept: "1h", pace: thinking },
  { name: "warmed", source: "pi", pace: keeping, warmed: { everyMs: 4.5 * MINUTE, count: 6 } },
  {
    name: "switched",
    pace: thinking,
    before(writer, place) {
      if (place === 9) writer.model = SONNET;
    },
  },
  {
    name: "moved",
    source: "pi",
    pace: thinking,
    before(writer, place) {
      if (place === 7) writer.kept = "1h";
    },
  },
  {
    name: "evicted",
    kept: "1h",
    pace: thinking,
    keepAlive: "within",
    before(writer, _place, pauseMs) {
      if (pauseMs > 10 * MINUTE && writer.chance(0.4)) writer.drop(writer.between(6 * MINUTE, pauseMs - 1));
    },
  },
  {
    name: "compacted",
    pace: steady,
    turns: 30,
    before(writer, place) {
      if (place % 11 === 10) writer.compact(writer.between(2000, 5000));
    },
  },
  {
    name: "changes",
    pace: thinking,
    turns: 30,
    lifetimes: "within",
    keepAlive: "at least",
    before(writer) {
      if (writer.chance(0.15)) writer.change(writer.between(0, writer.pieces - 1));
    },
  },
  {
    name: "shared",
    pace: keeping,
    apart: (writer) => writer.between(30 * SECOND, 4 * MINUTE),
    sharesFront: true,
    keepAlive: "at most",
  },
  {
    name: "unseen",
    pace: keeping,
    turns: 8,
    apart: (writer) => writer.between(6 * MINUTE, 50 * MINUTE),
    sharesFront: true,
    lifetimes: "at most",
    keepAlive: "at most",
  },
];

/** All kinds of projects. What cannot be random is the same in all seeds. */
export function makeProjects(seed: number): readonly Project[] {
  const random = seededRandom(seed);
  const keys = new Keys();
  return [
    ...KINDS.map((kind) => makeProject(kind, keys, random)),
    agents(keys, random),
    forked(keys, random),
    ...edgeProjects(keys, random),
  ];
}

function makeProject(kind: Kind, keys: Keys, random: () => number): Project {
  const { name, source = "claude", model = OPUS, kept = "5m", sessions = 4, turns = 18, pace } = kind;
  const front: Boundary | undefined = kind.sharesFront ? { key: keys.next(), tokens: 9000 } : undefined;
  const conversations: Conversation[] = [];
  let at = WORLD_BEGIN;
  for (let session = 0; session < sessions; session++) {
    const id = idOf(name, session);
    const writer = new ChainWriter({ id, at, model, kept, frontKept: kind.frontKept, front }, keys, random);
    writer.ask();
    for (let place = 1; place < turns; place++) {
      const after = pace(writer);
      kind.before?.(writer, place, after);
      writer.ask({ after });
    }
    conversations.push({ id, chains: [writer.chain] });
    at = writer.at + (kind.apart?.(writer) ?? writer.between(2 * HOUR, 20 * HOUR));
  }
  const { lifetimes = "exact", keepAlive = "exact", warmed } = kind;
  return { name, source, conversations, lifetimes, keepAlive, ...(warmed === undefined ? {} : { warmed }) };
}

/** Main conversations that hand work to sub-agents, whose front is one. Single answers take minutes. */
function agents(keys: Keys, random: () => number): Project {
  const name = "agents";
  const front: Boundary = { key: keys.next(), tokens: 7000 };
  const conversations: Conversation[] = [];
  let at = WORLD_BEGIN;
  for (let session = 0; session < 4; session++) {
    const id = idOf(name, session);
    const main = new ChainWriter({ id, at, model: OPUS, kept: "5m" }, keys, random).ask();
    const chains = [];
    for (let place = 1; place < 12; place++) {
      main.ask({ after: thinking(main) });
      if (place % 3 !== 0) continue;
      for (let run = 0; run < 2; run++) {
        const start = main.at + main.between(2, 90) * SECOND;
        const agent = `a${session.toString(16)}${place.toString(16).padStart(2, "0")}${run}`.padEnd(17, "0");
        const sub = new ChainWriter(
          { id: agent, role: "sub", at: start, model: SMALL, kept: "5m", front },
          keys,
          random,
        );
        let after = 0;
        for (let turn = 0; turn < 5; turn++) {
          const lastsMs = sub.between(10, 420) * SECOND;
          sub.ask({ after, lastsMs });
          // From finish to start it is never five minutes; from start to start it is.
          after = lastsMs + sub.between(1, 20) * SECOND;
        }
        chains.push(sub.chain);
      }
    }
    conversations.push({ id, chains: [main.chain, ...chains] });
    at = main.at + main.between(3 * HOUR, 20 * HOUR);
  }
  return { name, source: "claude", conversations, lifetimes: "exact", keepAlive: "exact" };
}

/** Conversations that go on from others, after a pause that may outlast what those left. */
function forked(keys: Keys, random: () => number): Project {
  const name = "forked";
  const conversations: Conversation[] = [];
  let at = WORLD_BEGIN;
  for (const pause of [3 * MINUTE, 20 * MINUTE, 50 * MINUTE, 3 * HOUR]) {
    const id = idOf(name, conversations.length);
    const first = new ChainWriter({ id, at, model: OPUS, kept: "5m" }, keys, random).ask();
    for (let place = 1; place < 8; place++) first.ask({ after: thinking(first) });
    const parent = { id, chains: [first.chain] };
    const fork = first.fork(idOf(name, conversations.length + 1), pause);
    for (let place = 0; place < 6; place++) fork.ask({ after: place === 0 ? 0 : thinking(fork) });
    conversations.push(parent, { id: fork.chain.id, chains: [fork.chain], forkOf: parent });
    at = fork.at + fork.between(2 * HOUR, 20 * HOUR);
  }
  return { name, source: "pi", conversations, lifetimes: "exact", keepAlive: "exact" };
}
