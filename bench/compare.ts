/**
 * Measures this program beside others that read the same logs, in one run on one machine, and holds all answers to what
 * the logs are known to add up to.
 *
 *     deno task bench
 *     deno task bench --binary dist/opper-agent --markdown
 *
 * Every case runs once in each round, in turn, so that whatever else the machine does meets all of them; the first round
 * fills the page cache and is not counted. Ends with status 1 when one of our totals is wrong, and else with 0, whether
 * targets are met or not.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type SessionsAnswer, wrongSessions, wrongTotals } from "./comparison/check_totals.ts";
import { grownTruth } from "./comparison/grown_truth.ts";
import { describeMachine } from "./comparison/machine.ts";
import { CaseRuns } from "./comparison/measured_cases.ts";
import { findPeers, HOW_TO_INSTALL, type Peer } from "./comparison/peers.ts";
import { casesTable, targetsTable } from "./comparison/print_table.ts";
import { hasGnuTime, type Program, runForAnswer, runMeasured, type RunPlace } from "./comparison/run_measured.ts";
import { checkTargets } from "./comparison/targets.ts";
import { generateCorpus } from "./corpus_generator/generate_corpus.ts";
import { makeHugeLog } from "./corpus_generator/huge_log.ts";
import { SOURCE_IDS, type Truth } from "./corpus_generator/truth.ts";
import { growCorpus, readGrowth, readTimes, shrinkCorpus } from "./grow_corpus.ts";
import { parseSize } from "./make_corpus.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const EMPTY = new URL("comparison/empty_program.ts", import.meta.url).pathname;
/** Starts are short and vary: each round has several. */
const STARTS_A_ROUND = 3;
const HUGE_LOG_BYTES = 600_000_000;
const HUGE_LINE_BYTES = 100_000_000;
const BYTES_OF_SMALL_FILES = 24_000;
const SESSIONS = ["sessions", "--json", "--limit", "0"] as const;

const HELP = `deno task bench [options]

  --bytes SIZE          size of the corpus (1100MB)
  --corpus DIRECTORY    a corpus made before by make_corpus.ts, in place of a new one
  --rounds COUNT        runs that are counted (7)
  --program COMMAND     what is measured (this source, run by Deno)
  --binary PATH         the compiled program, for its start
  --empty-binary PATH   an empty program compiled the same way (made with deno compile)
  --peers DIRECTORY     where peers are installed (bench/corpus/peers)
  --only-corpus         leave out ten times the logs, the huge log and the starts
  --markdown            for README.md: the machine, then the tables
`;

const { values: options } = parseArgs({
  options: {
    bytes: { type: "string", default: "1100MB" },
    corpus: { type: "string" },
    rounds: { type: "string", default: "7" },
    program: { type: "string" },
    binary: { type: "string" },
    "empty-binary": { type: "string" },
    peers: { type: "string", default: join(ROOT, "bench/corpus/peers") },
    "only-corpus": { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (options.help) {
  console.log(HELP);
} else {
  const work = await Deno.makeTempDir({ prefix: "opper-agent-bench-" });
  try {
    Deno.exitCode = await compare(work) ? 0 : 1;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** @returns whether all of our totals were right */
async function compare(work: string): Promise<boolean> {
  const deno = [Deno.execPath(), "run", "-A", "--no-prompt", "--cached-only", "--frozen"] as const;
  const ours: Program["command"] = options.program === undefined
    ? [...deno, join(ROOT, "main.ts")]
    : asCommand(options.program.trim().split(/\s+/));
  const peers = await findPeers(resolve(options.peers));
  if (peers.length === 0) console.error(`No peers in ${options.peers}. To have them: ${HOW_TO_INSTALL}`);
  const load = Deno.loadavg()[0]!;
  if (load > 1) console.error(`The machine is busy (load ${load.toFixed(1)}): figures will be of little worth.`);
  if (!hasGnuTime) console.error("Memory and user time are left out: GNU time is not in /usr/bin/time.");

  const corpus = await makeCorpora(work);
  const runs = new CaseRuns();
  const rounds = Number(options.rounds);
  const growth = readGrowth(corpus.main);
  const mostRounds = growth[0]!.rounds.length - 1;
  if (rounds > mostRounds) throw new Error(`Logs can grow ${mostRounds} times: at most as many rounds.`);
  const times = readTimes(corpus.main, growth);
  let grownRounds = 0;
  let states = 0;
  const newState = () => join(work, `state-${states++}`);
  const state = newState();
  const manyState = newState();
  const atMain = (stateDirectory: string) => place(corpus.main, stateDirectory);
  const sessions = (name: string): Program => ({ name, command: [...ours, ...SESSIONS] });
  const facts = { files: filesOf(corpus.truth), bytes: bytesOf(corpus.truth) };

  /** Each runs once a round, in this order. */
  const steps: (() => Promise<void>)[] = [
    ...peers.map((peer) => async () => {
      runs.add(peer.name, await runMeasured(peer, atMain(state)));
    }),
    async () => {
      runs.add("cold", await runMeasured(sessions("cold"), atMain(newState())));
    },
    async () => {
      runs.add("warm", await runMeasured(sessions("warm"), atMain(state)));
    },
    async () => {
      const name = `${growth.length} logs grew by a turn`;
      growCorpus(corpus.main, growth, grownRounds++);
      runs.add(name, await runMeasured(sessions(name), atMain(state)));
    },
  ];
  if (corpus.many !== undefined) {
    const { many, huge } = corpus;
    const name = "warm, ten times the logs";
    steps.push(async () => runs.add(name, await runMeasured(sessions(name), place(many.home, manyState))));
    runs.note(name, { files: filesOf(many.truth) });
    const hugeName = "cold, one huge log";
    steps.push(async () => runs.add(hugeName, await runMeasured(sessions(hugeName), place(huge!.home, newState()))));
    runs.note(hugeName, { files: 1, bytes: bytesOf(huge!.truth) });
    for (const start of await startPrograms(work, ours, deno)) {
      for (let i = 0; i < STARTS_A_ROUND; i++) {
        steps.push(async () => runs.add(start.name, await runMeasured(start, atMain(state))));
      }
    }
  }

  const deviations = new Map<string, string>();
  const wrong = await checkAnswers({ peers, corpus, sessions, runs, deviations, state, manyState, newState });
  try {
    for (let round = 0; round <= rounds; round++) {
      console.error(round === 0 ? "Warming up" : `Round ${round} of ${options.rounds}`);
      if (round === 1) runs.forgetRuns();
      for (const step of steps) await step();
    }
    const answer = await runForAnswer(sessions("grown"), atMain(state));
    const grown = grownTruth(corpus.truth, growth, grownRounds);
    wrong.push(...wrongSessions(JSON.parse(answer) as SessionsAnswer, grown).map((text) => `After growth: ${text}`));
  } finally {
    shrinkCorpus(corpus.main, growth, times);
  }

  const grownName = `${growth.length} logs grew by a turn`;
  const totals = wrong.length === 0 ? "right" : "WRONG";
  for (const { name } of peers) runs.note(name, { ...facts, isComparable: true });
  runs.note("cold", { ...facts, isComparable: true, totals });
  for (const name of ["warm", grownName]) runs.note(name, { files: facts.files, isComparable: true, totals });
  const cases = runs.cases();
  const targets = checkTargets(cases);
  if (options.markdown) console.log(`${await describeMachine()}\n`);
  console.log(`${describeCorpus(corpus.truth)}\nMedians of ${options.rounds} rounds taken in turn, page cache warm.\n`);
  console.log(casesTable(cases, "ccusage"));
  for (const [name, text] of deviations) console.log(`\n${name}: ${text}.`);
  console.log(`\n${targetsTable(targets)}`);
  for (const text of wrong.slice(0, 20)) console.error(text);
  if (wrong.length > 20) console.error(`and ${wrong.length - 20} more`);
  return wrong.length === 0;
}

function asCommand([program, ...args]: string[]): Program["command"] {
  return [program!, ...args];
}

interface Corpora {
  readonly main: string;
  readonly truth: Truth;
  readonly many?: { readonly home: string; readonly truth: Truth };
  readonly huge?: { readonly home: string; readonly truth: Truth };
}

async function makeCorpora(work: string): Promise<Corpora> {
  console.error("Making the corpora");
  const main = options.corpus === undefined ? join(work, "corpus") : resolve(options.corpus);
  const truth = options.corpus === undefined
    ? generateCorpus({ directory: main, size: { bytes: parseSize(options.bytes) } })
    : JSON.parse(await Deno.readTextFile(join(main, "truth.json"))) as Truth;
  if (options["only-corpus"]) return { main, truth };
  const many = join(work, "many");
  const huge = join(work, "huge");
  const manyTruth = generateCorpus({
    directory: many,
    size: { files: filesOf(truth) * 10, bytesPerFile: BYTES_OF_SMALL_FILES },
  });
  const hugeTruth = makeHugeLog(huge, HUGE_LOG_BYTES, HUGE_LINE_BYTES);
  // Or the disk is busy with it while the first rounds run.
  if (Deno.build.os !== "windows") await new Deno.Command("sync").output();
  return { main, truth, many: { home: many, truth: manyTruth }, huge: { home: huge, truth: hugeTruth } };
}

/** The logs are the home's, the index is elsewhere; nothing else of this machine's user is seen. */
function place(home: string, stateDirectory: string): RunPlace {
  return {
    cwd: ROOT,
    env: {
      HOME: home,
      OPPER_HOME: stateDirectory,
      PATH: Deno.env.get("PATH") ?? "",
      DENO_DIR: Deno.env.get("DENO_DIR") ?? defaultDenoDir(),
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
      TZ: "UTC",
    },
  };
}

function defaultDenoDir(): string {
  return `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;
}

/** Our short answers beside a program that does nothing, from source and, where there is a binary, compiled. */
async function startPrograms(work: string, ours: Program["command"], deno: Program["command"]): Promise<Program[]> {
  const programs: Program[] = [
    { name: "empty program", command: [...deno, EMPTY] },
    { name: "--version", command: [...ours, "--version"] },
    { name: "--help", command: [...ours, "--help"] },
  ];
  const { binary } = options;
  if (binary === undefined) return programs;
  const empty = options["empty-binary"] ?? await compileEmpty(join(work, "empty"));
  if (empty !== undefined) programs.push({ name: "compiled empty program", command: [resolve(empty)] });
  return [
    ...programs,
    { name: "compiled --version", command: [resolve(binary), "--version"] },
    { name: "compiled --help", command: [resolve(binary), "--help"] },
  ];
}

async function compileEmpty(output: string): Promise<string | undefined> {
  const args = ["compile", "-A", "--no-check", "--output", output, EMPTY];
  const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdout: "null", stderr: "inherit" })
    .output();
  if (!success) console.error("No empty program could be compiled: --empty-binary names one.");
  return success ? output : undefined;
}

interface Checks {
  readonly peers: readonly Peer[];
  readonly corpus: Corpora;
  readonly sessions: (name: string) => Program;
  readonly runs: CaseRuns;
  /** Takes in where a peer's totals are off. */
  readonly deviations: Map<string, string>;
  readonly state: string;
  readonly manyState: string;
  readonly newState: () => string;
}

/** Asks everybody once, without a clock. Fills the index that the warm cases start from. */
async function checkAnswers(
  { peers, corpus, sessions, runs, deviations, state, manyState, newState }: Checks,
): Promise<string[]> {
  const ask = async (name: string, home: string, stateDirectory: string, truth: Truth) => {
    const answer = await runForAnswer(sessions(name), place(home, stateDirectory));
    return wrongSessions(JSON.parse(answer) as SessionsAnswer, truth).map((text) => `${name}: ${text}`);
  };
  for (const peer of peers) {
    const wrong = wrongTotals(peer.totalsOf(await runForAnswer(peer, place(corpus.main, state))), corpus.truth);
    runs.note(peer.name, { totals: wrong.length === 0 ? "right" : "off" });
    if (wrong.length > 0) deviations.set(peer.name, wrong.join("; "));
  }
  const wrong = [
    ...await ask("cold", corpus.main, state, corpus.truth),
    ...await ask("warm", corpus.main, state, corpus.truth),
  ];
  for (
    const [name, other, directory] of [
      ["warm, ten times the logs", corpus.many, manyState],
      ["cold, one huge log", corpus.huge, newState()],
    ] as const
  ) {
    if (other === undefined) continue;
    const wrongHere = await ask(name, other.home, directory, other.truth);
    runs.note(name, { totals: wrongHere.length === 0 ? "right" : "WRONG" });
    wrong.push(...wrongHere);
  }
  return wrong;
}

function filesOf(truth: Truth): number {
  return SOURCE_IDS.reduce((sum, id) => sum + truth.sources[id].files, 0);
}

function bytesOf(truth: Truth): number {
  return SOURCE_IDS.reduce((sum, id) => sum + truth.sources[id].bytes, 0);
}

function describeCorpus(truth: Truth): string {
  const sources = SOURCE_IDS.map((id) => truth.sources[id]);
  const sessions = sources.reduce((sum, source) => sum + Object.keys(source.sessions).length, 0);
  const turns = sources.reduce((sum, { total }) => sum + total.turns, 0);
  const longest = Math.max(...sources.map(({ longestLine }) => longestLine));
  return `Corpus: ${(bytesOf(truth) / 1e6).toFixed(0)} MB in ${filesOf(truth)} logs, ${sessions} sessions, ` +
    `${turns} turns, the longest line ${(longest / 1e6).toFixed(1)} MB; seed ${truth.seed}.`;
}
