/** The logs that programs are measured over: the corpus, ten times as many small logs, and one huge log. */
import { join, resolve } from "node:path";
import { generateCorpus } from "../corpus_generator/generate_corpus.ts";
import { makeHugeLog } from "../corpus_generator/huge_log.ts";
import { SOURCE_IDS, type Truth } from "../corpus_generator/truth.ts";

const HUGE_LOG_BYTES = 600_000_000;
const HUGE_LINE_BYTES = 100_000_000;
const BYTES_OF_SMALL_LOGS = 24_000;

/** A directory that takes the place of a home, and what its logs add up to. */
export interface Corpus {
  readonly home: string;
  readonly truth: Truth;
}

export interface Corpora {
  readonly main: Corpus;
  readonly many?: Corpus;
  readonly huge?: Corpus;
}

export interface CorporaOptions {
  /** Of the main corpus. */
  readonly bytes: number;
  /** One that is there already, in its place. */
  readonly existing?: string;
  readonly onlyMain: boolean;
}

/** @param work Directory that they are made in */
export async function makeCorpora(work: string, { bytes, existing, onlyMain }: CorporaOptions): Promise<Corpora> {
  const make = (name: string, size: Parameters<typeof generateCorpus>[0]["size"]): Corpus => {
    const home = join(work, name);
    return { home, truth: generateCorpus({ directory: home, size }) };
  };
  const main = existing === undefined ? make("corpus", { bytes }) : readCorpus(resolve(existing));
  if (onlyMain) return { main };
  const many = make("many", { files: filesOf(main.truth) * 10, bytesPerFile: BYTES_OF_SMALL_LOGS });
  const home = join(work, "huge");
  const huge = { home, truth: makeHugeLog(home, HUGE_LOG_BYTES, HUGE_LINE_BYTES) };
  // Or the disk is busy with it while the first rounds run.
  if (Deno.build.os !== "windows") await new Deno.Command("sync").output();
  return { main, many, huge };
}

function readCorpus(home: string): Corpus {
  return { home, truth: JSON.parse(Deno.readTextFileSync(join(home, "truth.json"))) as Truth };
}

export function filesOf(truth: Truth): number {
  return SOURCE_IDS.reduce((sum, id) => sum + truth.sources[id].files, 0);
}

export function bytesOf(truth: Truth): number {
  return SOURCE_IDS.reduce((sum, id) => sum + truth.sources[id].bytes, 0);
}

export function describeCorpus(truth: Truth): string {
  const sources = SOURCE_IDS.map((id) => truth.sources[id]);
  const sessions = sources.reduce((sum, source) => sum + Object.keys(source.sessions).length, 0);
  const turns = sources.reduce((sum, { total }) => sum + total.turns, 0);
  const longest = Math.max(...sources.map(({ longestLine }) => longestLine));
  return `Corpus: ${(bytesOf(truth) / 1e6).toFixed(0)} MB in ${filesOf(truth)} logs, ${sessions} sessions, ` +
    `${turns} turns, the longest line ${(longest / 1e6).toFixed(1)} MB; seed ${truth.seed}.`;
}
