/**
 * Measures this program beside others that read the same logs, in one run on one machine, and holds all answers to what
 * the logs are known to add up to.
 *
 *     deno task bench
 *     deno task bench --binary dist/opper-agent --record
 *
 * Every case runs once in each round, in turn, so that whatever else the machine does meets all of them; the first round
 * is not counted. Those who read all logs take turns in being first, and have program and logs brought into the page cache
 * before. Ends with status 1 when one of our totals is wrong, and else with 0, whether targets are met or not.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CASE } from "./comparison/case_names.ts";
import { checkAnswers, wrongOf } from "./comparison/check_answers.ts";
import { findOutdated } from "./comparison/check_build.ts";
import { bytesOf, type Corpora, describeCorpus, filesOf, makeCorpora } from "./comparison/corpora.ts";
import { grownTruth } from "./comparison/grown_truth.ts";
import { describeMachine } from "./comparison/machine.ts";
import { CaseRuns } from "./comparison/measured_cases.ts";
import { findPeers, HOW_TO_INSTALL, type Peer } from "./comparison/peers.ts";
import { casesTable, targetsTable } from "./comparison/print_table.ts";
import { briefQuestions, ourCommand, placeOf, sessionsProgram, startPrograms } from "./comparison/programs.ts";
import { recordFigures } from "./comparison/record_figures.ts";
import { answers, hasGnuTime, type Program, runForAnswer, runMeasured, stopRuns } from "./comparison/run_measured.ts";
import { checkTargets } from "./comparison/targets.ts";
import { warmPageCache } from "./comparison/warm_page_cache.ts";
import { growCorpus, readGrowth, readTimes, shrinkCorpus } from "./grow_corpus.ts";
import { parseSize } from "./make_corpus.ts";

/** Starts are short and vary: each round has several. */
const STARTS_A_ROUND = 3;

const HELP = `deno task bench [options]

  --bytes SIZE          size of the corpus (1100MB)
  --corpus DIRECTORY    a corpus made before by make_corpus.ts, in place of a new one
  --rounds COUNT        runs that are counted (7)
  --program COMMAND     what is measured (this source, run by Deno)
  --binary PATH         our compiled program, for its start
  --empty-binary PATH   an empty program compiled the same way (one made with deno compile)
  --peers DIRECTORY     where peers are installed (bench/corpus/peers)
  --only-corpus         leave out ten times the logs, the huge log and the starts
  --markdown            with the machine and the day
  --record              the same, and written into bench/README.md`;

const { values: options } = parseArgs({
  options: {
    bytes: { type: "string", default: "1100MB" },
    corpus: { type: "string" },
    rounds: { type: "string", default: "7" },
    program: { type: "string" },
    binary: { type: "string" },
    "empty-binary": { type: "string" },
    peers: { type: "string", default: new URL("corpus/peers", import.meta.url).pathname },
    "only-corpus": { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (options.help) {
  console.log(HELP);
} else {
  const work = await Deno.makeTempDir({ prefix: "opper-agent-bench-" });
  // What runs is stopped and fails, so that logs are shrunk and gigabytes that nobody would find again go away.
  Deno.addSignalListener("SIGINT", () => stopRuns.abort());
  try {
    Deno.exitCode = await compare(work) ? 0 : 1;
  } catch (error) {
    if (!stopRuns.signal.aborted) throw error;
    Deno.exitCode = 130;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** @returns whether all of our totals were right */
async function compare(work: string): Promise<boolean> {
  // Before there is load of our own.
  const machine = await describeMachine(options.program);
  const ours = ourCommand(options.program);
  const peers = await findPeers(resolve(options.peers));
  warn(peers);
  for (const program of new Set([options.program, options.binary])) {
    const outdated = program === undefined || /\s/.test(program) ? undefined : await findOutdated(resolve(program));
    if (outdated !== undefined) console.error(outdated);
  }
  console.error("Making the logs");
  const corpora = await makeCorpora(work, {
    bytes: parseSize(options.bytes),
    existing: options.corpus,
    onlyMain: options["only-corpus"],
  });
  const { home, truth } = corpora.main;
  const growth = readGrowth(home);
  const times = readTimes(home, growth);
  // Had a run before been killed, its growth would still be there.
  shrinkCorpus(home, growth, times);

  const runs = new CaseRuns();
  const states = { main: join(work, "state-main"), many: join(work, "state-many"), huge: join(work, "state-huge") };
  const { wrong: found, deviations } = await checkAnswers({ ours, peers, corpora, runs, states });
  const wrong = [...found];
  const starts = options["only-corpus"] ? [] : await startPrograms({
    ours,
    isSource: options.program === undefined,
    binary: options.binary,
    emptyBinary: options["empty-binary"],
    work,
  });
  const rounds = Number(options.rounds);
  if (!(rounds >= 1 && rounds < growth[0]!.rounds.length)) {
    throw new Error(`Expected 1 to ${growth[0]!.rounds.length - 1} rounds, as often as logs can grow.`);
  }
  try {
    for (let round = 0; round <= rounds; round++) {
      console.error(round === 0 ? "Warming up" : `Round ${round} of ${rounds}`);
      if (round === 1) runs.forgetRuns();
      await runRound({ round, ours, peers, corpora, starts, runs, states, work, growth });
    }
    const grown = { home, truth: grownTruth(truth, growth, rounds + 1) };
    const wrongGrown = await wrongOf(ours, CASE.grown, grown, states.main);
    runs.note(CASE.grown, { totals: wrongGrown.length === 0 ? "right" : "WRONG" });
    wrong.push(...wrongGrown);
  } finally {
    shrinkCorpus(home, growth, times);
  }

  noteFacts(runs, peers, corpora);
  const cases = runs.cases();
  const report = [
    ...(options.markdown || options.record ? [machine] : []),
    `${describeCorpus(truth)} Medians of ${rounds} rounds, cases in turn, page cache warm.`,
    casesTable(cases, CASE.peer),
    ...describeDeviations(deviations),
    targetsTable(checkTargets(cases)),
  ].join("\n\n");
  console.log(report);
  if (options.record) await recordFigures(report);
  for (const text of wrong.slice(0, 20)) console.error(text);
  if (wrong.length > 20) console.error(`and ${wrong.length - 20} more`);
  return wrong.length === 0;
}

/** Where peers are off: those that are off alike in one sentence. */
function describeDeviations(deviations: ReadonlyMap<string, string>): string[] {
  return [...Map.groupBy(deviations.keys(), (name) => deviations.get(name)!)]
    .map(([text, names]) => `Totals of ${names.join(" and ")}: ${text}.`);
}

/** What makes the figures poorer than they could be. */
function warn(peers: readonly Peer[]): void {
  const load = Deno.loadavg()[0]!;
  if (peers.length === 0) console.error(`No peers in ${options.peers}. To have them: ${HOW_TO_INSTALL}`);
  if (load > 1) console.error(`The machine is busy (load ${load.toFixed(1)}): figures will be of little worth.`);
  if (!hasGnuTime) console.error("Memory and user time are left out: GNU time is not in /usr/bin/time.");
}

interface Round {
  readonly round: number;
  readonly ours: Program["command"];
  readonly peers: readonly Peer[];
  readonly corpora: Corpora;
  readonly starts: readonly Program[];
  readonly runs: CaseRuns;
  readonly states: { readonly main: string; readonly many: string };
  readonly work: string;
  readonly growth: ReturnType<typeof readGrowth>;
}

/** Every case once. */
async function runRound({ round, ours, peers, corpora, starts, runs, states, work, growth }: Round): Promise<void> {
  const { main, many, huge } = corpora;
  const run = async (program: Program, home: string, state: string) =>
    runs.add(program.name, await runMeasured(program, placeOf(home, state)));
  const ask = (name: string, home: string, state: string) => run(sessionsProgram(name, ours), home, state);
  /** What was not used for some seconds, program and logs alike, may have to come from the disk again. */
  const warmUp = async (command: Program["command"], home: string) => {
    await answers([...command, "--version"]);
    warmPageCache(home);
  };

  const scans = [
    ...peers.map((peer) => ({ starter: [peer.command[0]] as const, scan: () => run(peer, main.home, states.main) })),
    { starter: ours, scan: () => ask(CASE.cold, main.home, join(work, `state-cold-${round}`)) },
  ];
  // Who is first meets another machine than who comes after it: each is, in turn.
  for (const [place] of scans.entries()) {
    const { starter, scan } = scans[(round + place) % scans.length]!;
    await warmUp(starter, main.home);
    await scan();
  }
  // What grew a moment before it was read last is looked at once more: after that, nothing has changed.
  await runForAnswer(sessionsProgram(CASE.warm, ours), placeOf(main.home, states.main));
  await ask(CASE.warm, main.home, states.main);
  for (const question of briefQuestions(ours)) await run(question, main.home, states.main);
  growCorpus(main.home, growth, round);
  await ask(CASE.grown, main.home, states.main);
  if (many !== undefined) await ask(CASE.many, many.home, states.many);
  if (huge !== undefined) {
    await warmUp(ours, huge.home);
    await ask(CASE.huge, huge.home, join(work, `state-huge-${round}`));
  }
  for (const start of starts) {
    for (let i = 0; i < STARTS_A_ROUND; i++) await run(start, main.home, states.main);
  }
}

function noteFacts(runs: CaseRuns, peers: readonly Peer[], { main, many, huge }: Corpora): void {
  const files = filesOf(main.truth);
  const bytes = bytesOf(main.truth);
  for (const { name } of peers) runs.note(name, { files, bytes, isComparable: true });
  runs.note(CASE.cold, { files, bytes, isComparable: true });
  for (const name of [CASE.warm, CASE.grown]) runs.note(name, { files, isComparable: true });
  if (many !== undefined) runs.note(CASE.many, { files: filesOf(many.truth) });
  if (huge !== undefined) runs.note(CASE.huge, { files: 1, bytes: bytesOf(huge.truth) });
}
