/** What agents cost in an answer over logs of others: when they are not installed, when they are empty, and when they are full. */
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { agentWithLogs, LOGGED_AGENTS } from "../../src/agents/agents.ts";
import { makeMachine } from "../../src/host/environment.ts";
import { SOURCE_IDS } from "../corpus_generator/truth.ts";
import { generateCorpus } from "../corpus_generator/generate_corpus.ts";
import { CaseRuns } from "../comparison/measured_cases.ts";
import { figuresTable } from "../comparison/print_table.ts";
import { placeOf, sessionsProgram } from "../comparison/programs.ts";
import { runForAnswer, runMeasured } from "../comparison/run_measured.ts";
import type { SourceCorpus } from "./make_source_corpus.ts";
import type { MeasureOptions } from "./measure_source.ts";

/** Of the logs that are there in each case. */
const OTHER_BYTES = 200_000_000;

/** @returns a table */
export async function measureInstalled(
  corpora: readonly SourceCorpus[],
  { ours, rounds, work }: Omit<MeasureOptions, "peers">,
): Promise<string> {
  const others = join(work, "others");
  generateCorpus({ directory: others, size: { bytes: OTHER_BYTES } });
  const cases: readonly [name: string, home: string][] = [
    ["no other agent is installed", withRoots(join(work, "none"), others, () => {})],
    ["all are, without a session", withRoots(join(work, "empty"), others, makeEmptyRoots)],
    ["all that were measured are", withRoots(join(work, "full"), others, (home) => linkRoots(home, corpora))],
  ];
  const runs = new CaseRuns();
  for (let round = 0; round <= rounds; round++) {
    if (round === 1) runs.forgetRuns();
    for (const [index, [name, home]] of cases.entries()) {
      const program = sessionsProgram(name, ours);
      const place = placeOf(home, join(work, `state-installed-${index}`));
      if (round === 0) await runForAnswer(program, place);
      runs.add(name, await runMeasured(program, place));
    }
  }
  const rows = [...runs.cases()].map(([name, { wallMs, peakMb }]) => [
    name,
    wallMs.median.toFixed(0),
    `${wallMs.least.toFixed(0)} to ${wallMs.most.toFixed(0)}`,
    peakMb?.toFixed(0) ?? "",
  ]);
  return figuresTable(["warm answer, when", "wall ms", "least to most", "peak MB"], rows, [1, 2, 3]);
}

/** Has the others' logs by links. */
function withRoots(home: string, others: string, add: (home: string) => void): string {
  Deno.mkdirSync(home);
  for (const { name, isDirectory } of Deno.readDirSync(others)) {
    if (isDirectory) Deno.symlinkSync(join(others, name), join(home, name));
  }
  add(home);
  return home;
}

function makeEmptyRoots(home: string): void {
  for (const agent of LOGGED_AGENTS.filter(({ id }) => !(SOURCE_IDS as readonly string[]).includes(id))) {
    for (const root of agent.logs.roots(makeMachine({ home }))) {
      if (root.startsWith(home) && !existsSync(root)) Deno.mkdirSync(root, { recursive: true });
    }
  }
}

function linkRoots(home: string, corpora: readonly SourceCorpus[]): void {
  for (const corpus of corpora) {
    for (const root of agentWithLogs(corpus.source).logs.roots(makeMachine({ home: corpus.home }))) {
      if (!root.startsWith(corpus.home) || !existsSync(root)) continue;
      const path = join(home, relative(corpus.home, root));
      if (existsSync(path)) continue;
      Deno.mkdirSync(dirname(path), { recursive: true });
      Deno.symlinkSync(root, path);
    }
  }
}
