/**
 * Makes a home directory full of logs of all three tools, in equal parts, and says what they add up to.
 *
 * The same options give the same bytes. How the logs of a tool look is in `claude_session.ts`, `codex_session.ts` and
 * `pi_session.ts`; how many and how large they are is here.
 */
import { relative } from "node:path";
import { makeClaudeSession } from "./claude_session.ts";
import { makeCodexSession } from "./codex_session.ts";
import { CORPUS_END, type CorpusContext, type SessionMaker } from "./corpus_context.ts";
import { Draws } from "./draws.ts";
import { makePiSession } from "./pi_session.ts";
import { TextPool } from "./text_pool.ts";
import { type Growth, SOURCE_IDS, type SourceId, type SourceTruth, type Truth, TruthTally } from "./truth.ts";

export interface CorpusOptions {
  /** Takes the place of a home; must not exist or be empty. */
  readonly directory: string;
  /** @default 1 */
  readonly seed?: number;
  /** What all logs take together, or how many there are and about how large each is. */
  readonly size: { readonly bytes: number } | { readonly files: number; readonly bytesPerFile: number };
  /** Called now and then with all that was written so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** Logs that can grow, and by how many turns one after the other. */
const GROWING_FILES = 20;
const GROWTH_ROUNDS = 10;

/** Many sessions of some hundred KB, few of many MB. */
const MEDIAN_BYTES = 200_000;
const SPREAD = 1.3;
const LEAST_BYTES = 6_000;
const MOST_BYTES = 12_000_000;
/** And some that went on for weeks, in a corpus with room for them. */
const GIANTS = [58_000_000, 34_000_000, 21_000_000];
const ROOM_FOR_GIANTS = 300_000_000;

const FORKED = 0.12;
/** The history of a larger session is not kept for forks. */
const MOST_FORKED_BYTES = 4_000_000;

const PICTURES = [1_500_000, 8_000_000, 1_000_000, 4_000_000, 2_000_000];
/** A source has so many, spread evenly. */
const PICTURES_A_SOURCE = 6;

const MAKERS: Readonly<Record<SourceId, typeof makePiSession>> = {
  claude: makeClaudeSession,
  codex: makeCodexSession,
  pi: makePiSession,
};

/** Writes the logs, `truth.json` and `growth.json`. */
export function generateCorpus(options: CorpusOptions): Truth {
  const { directory, seed = 1 } = options;
  Deno.mkdirSync(directory, { recursive: true });
  if ([...Deno.readDirSync(directory)].length > 0) throw new Error(`${directory} is not empty.`);
  const draws = new Draws(seed);
  const text = new TextPool(draws);
  const growth: Growth[] = [];
  let before = 0;
  const sources = {} as Record<SourceId, SourceTruth>;
  SOURCE_IDS.forEach((source, index) => {
    const tally = new TruthTally();
    const wanted = Math.floor((GROWING_FILES + index) / SOURCE_IDS.length);
    generateSource(source, { draws, text, directory, tally, options, growth, wanted, before });
    sources[source] = tally.truth();
    before += tally.bytes;
  });
  const truth: Truth = { seed, sources };
  Deno.writeTextFileSync(`${directory}/truth.json`, JSON.stringify(truth));
  Deno.writeTextFileSync(`${directory}/growth.json`, JSON.stringify(growth));
  return truth;
}

interface SourcePlan {
  readonly draws: Draws;
  readonly text: TextPool;
  readonly directory: string;
  readonly tally: TruthTally;
  readonly options: CorpusOptions;
  readonly growth: Growth[];
  /** Logs of this source that are to grow. */
  readonly wanted: number;
  /** Bytes of the sources before it. */
  readonly before: number;
}

function generateSource(source: SourceId, plan: SourcePlan): void {
  const { draws, text, directory, tally, options, growth } = plan;
  const { size } = options;
  const share = SOURCE_IDS.length;
  const budget = ("bytes" in size ? size.bytes : size.files * size.bytesPerFile) / share;
  const isDone = () => "bytes" in size ? tally.bytes >= budget : tally.files >= Math.round(size.files / share);
  const sizes = "bytes" in size ? drawSizes(draws, budget) : [];
  let pictures = 0;
  let drawn = 0;

  for (let growing = 0; !isDone();) {
    const bytes = "bytes" in size ? sizes[drawn++ % sizes.length]! : size.bytesPerFile;
    const isForked = bytes <= MOST_FORKED_BYTES && draws.chance(FORKED);
    // Sub-agents may replay what their parent said so far, so that smaller sessions keep it in any case.
    const keepsHistory = isForked || (source === "codex" && bytes <= MOST_FORKED_BYTES);
    const context: CorpusContext = {
      draws,
      text,
      home: directory,
      tally,
      mostFixedBytes: bytes / 3,
      duePicture() {
        if (!("bytes" in size) || tally.bytes < (pictures + 0.5) * budget / PICTURES_A_SOURCE) return 0;
        return Math.min(PICTURES[pictures++ % PICTURES.length]!, Math.floor(budget / 20));
      },
    };
    const session = MAKERS[source](context, bytes, keepsHistory);
    do session.turn(); while (session.bytes < bytes);
    const forks: SessionMaker[] = [];
    if (isForked) {
      for (let count = draws.chance(0.3) ? 2 : 1; count > 0; count--) {
        // The second one may be a fork of the first.
        forks.push(makeFork(draws, draws.chance(0.5) ? forks[0] ?? session : session, bytes));
      }
    }
    for (const made of [session, ...forks]) {
      made.close();
      options.onProgress?.(plan.before + tally.bytes);
      // Evenly over the source, whatever their size.
      if (growing < plan.wanted && tally.bytes >= growing * budget / plan.wanted) {
        growth.push(growLog(source, directory, made, growing));
        growing++;
      }
    }
  }
}

function drawSizes(draws: Draws, budget: number): number[] {
  const most = Math.min(MOST_BYTES, budget / 6);
  const sizes: number[] = [];
  for (let sum = 0; sum < budget;) {
    const bytes = draws.heavyTail(MEDIAN_BYTES, SPREAD, LEAST_BYTES, most);
    sizes.push(bytes);
    sum += bytes;
  }
  // Early, so that none of them makes a source much larger than the others.
  if (budget >= ROOM_FOR_GIANTS) { for (const giant of GIANTS) sizes.splice(draws.whole(0, 200), 0, giant); }
  return sizes;
}

function makeFork(draws: Draws, parent: SessionMaker, bytes: number): SessionMaker {
  const fork = parent.fork(true);
  const until = fork.bytes + draws.whole(5, 60) / 100 * bytes;
  do fork.turn(); while (fork.bytes < until);
  return fork;
}

/** The log is closed already: what it grows by is only written down. */
function growLog(source: SourceId, directory: string, session: SessionMaker, index: number): Growth {
  const bytes = session.bytes;
  const rounds = Array.from({ length: GROWTH_ROUNDS }, (_, round) => {
    session.waitUntil(CORPUS_END + 7_200_000 + round * 600_000 + index * 1000);
    return session.captureTurn();
  });
  return { source, sessionId: session.sessionId, path: relative(directory, session.path), bytes, rounds };
}
