/**
 * Where the time and the memory of a scan go, by programs that do a part of it: each level does what those above it do, and
 * more, over the same logs, in turn with ccusage and with the whole program.
 *
 *     deno task bench:levels
 *     deno task bench:levels --corpus DIRECTORY --rounds 7
 *
 * So it shows what a change to a part could win at most, and where a floor is: what the whole takes over its last level lies
 * in neither of them.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CASE } from "./comparison/case_names.ts";
import { type Corpus, describeCorpus, makeCorpora } from "./comparison/corpora.ts";
import { describeMachine } from "./comparison/machine.ts";
import { CaseRuns } from "./comparison/measured_cases.ts";
import { findPeers, HOW_TO_INSTALL } from "./comparison/peers.ts";
import { casesTable } from "./comparison/print_table.ts";
import { ourCommand, placeOf, runBySource, sessionsProgram } from "./comparison/programs.ts";
import { type Program, runForAnswer, runMeasured } from "./comparison/run_measured.ts";
import { warmPageCache } from "./comparison/warm_page_cache.ts";
import { growCorpus, readGrowth, readTimes, shrinkCorpus } from "./grow_corpus.ts";
import { ABOUT_GROWN_LEVELS, ABOUT_SCAN_LEVELS, GROWN_LEVELS, SCAN_LEVELS } from "./levels/level_names.ts";
import { writeKnownLogs } from "./levels/known_logs.ts";
import { parseSize } from "./make_corpus.ts";

const HELP = `deno task bench:levels [options]

  --bytes SIZE          size of the corpus (1100MB)
  --corpus DIRECTORY    a corpus made before by make_corpus.ts, in place of a new one
  --rounds COUNT        runs that are counted (7)
  --peers DIRECTORY     where peers are installed (bench/corpus/peers)`;

const { values: options } = parseArgs({
  options: {
    bytes: { type: "string", default: "1100MB" },
    corpus: { type: "string" },
    rounds: { type: "string", default: "7" },
    peers: { type: "string", default: new URL("corpus/peers", import.meta.url).pathname },
    help: { type: "boolean", default: false },
  },
});

if (options.help) {
  console.log(HELP);
} else {
  const work = await Deno.makeTempDir({ prefix: "opper-agent-bench-" });
  try {
    await measureLevels(work);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function measureLevels(work: string): Promise<void> {
  const machine = await describeMachine(undefined);
  const [peer] = await findPeers(resolve(options.peers));
  if (peer === undefined) console.error(`No peers in ${options.peers}. To have them: ${HOW_TO_INSTALL}`);
  const { main } = await makeCorpora(work, {
    bytes: parseSize(options.bytes),
    existing: options.corpus,
    onlyMain: true,
  });
  const scans = await measureScans(main, peer, work);
  const grown = await measureGrown(main, work);
  console.log([
    machine,
    `${describeCorpus(main.truth)} Medians of ${options.rounds} rounds, in turn, page cache warm.`,
    "A first scan:",
    casesTable(scans.cases(), CASE.peer),
    describeLevels(SCAN_LEVELS, ABOUT_SCAN_LEVELS),
    "Twenty logs grew by a turn:",
    casesTable(grown.cases(), CASE.warm),
    describeLevels(GROWN_LEVELS, ABOUT_GROWN_LEVELS),
  ].join("\n\n"));
}

async function measureScans({ home }: Corpus, peer: Program | undefined, work: string): Promise<CaseRuns> {
  const runs = new CaseRuns();
  const programs = [
    ...(peer === undefined ? [] : [peer]),
    ...SCAN_LEVELS.map((level) => ({ name: level, command: runBySource("bench/levels/level_program.ts", level) })),
    sessionsProgram(CASE.cold, ourCommand(undefined)),
  ];
  for (const { name } of programs) runs.note(name, { isComparable: true });
  for (let round = 0; round <= Number(options.rounds); round++) {
    console.error(round === 0 ? "Warming up" : `Round ${round} of ${options.rounds}`);
    if (round === 1) runs.forgetRuns();
    warmPageCache(home);
    for (const program of programs) {
      runs.add(program.name, await runMeasured(program, placeOf(home, join(work, `state-${round}`))));
    }
  }
  return runs;
}

async function measureGrown({ home }: Corpus, work: string): Promise<CaseRuns> {
  const runs = new CaseRuns();
  const growth = readGrowth(home);
  const times = readTimes(home, growth);
  // Had a run before been killed, its growth would still be there.
  shrinkCorpus(home, growth, times);
  const known = join(work, "known.db");
  writeKnownLogs(known, home, growth);
  const state = join(work, "state-grown");
  const ask = (name: string) => sessionsProgram(name, ourCommand(undefined));
  await runForAnswer(ask(CASE.cold), placeOf(home, state));
  try {
    for (let round = 0; round <= Number(options.rounds); round++) {
      if (round === 1) runs.forgetRuns();
      // What grew a moment before it was read last is looked at once more.
      await runForAnswer(ask(CASE.warm), placeOf(home, state));
      const run = async (program: Program) => {
        runs.add(program.name, await runMeasured(program, placeOf(home, state)));
        runs.note(program.name, { isComparable: true });
      };
      await run(ask(CASE.warm));
      growCorpus(home, growth, round);
      for (const level of GROWN_LEVELS) {
        const copy = join(work, `known-${round}.db`);
        Deno.copyFileSync(known, copy);
        await run({ name: level, command: runBySource("bench/levels/grown_program.ts", level, copy) });
      }
      await run(ask(CASE.grown));
    }
  } finally {
    shrinkCorpus(home, growth, times);
  }
  return runs;
}

function describeLevels<Level extends string>(
  levels: readonly Level[],
  about: Readonly<Record<Level, string>>,
): string {
  return levels.map((level) => `${level}: ${about[level]}`).join("; ");
}
