/**
 * Measures first scans of agents that keep logs in databases, documents and lines, beside others that read them, and holds
 * all totals to what the logs are known to add up to; and what agents cost that are not installed.
 *
 *     deno task bench:sources
 *     deno task bench:sources --bytes 20MB --rounds 1
 *
 * Ends with status 1 when one of our totals is wrong.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { LogStore } from "../src/agents/log_store.ts";
import { sourceHomes } from "../tests/support/sources/source_homes.ts";
import { describeMachine } from "./comparison/machine.ts";
import { figuresTable } from "./comparison/print_table.ts";
import { ourCommand } from "./comparison/programs.ts";
import { findSourcePeers, HOW_TO_INSTALL_SOURCE_PEERS } from "./comparison/source_peers.ts";
import { parseSize } from "./make_corpus.ts";
import { measureInstalled } from "./source_corpus/measure_installed.ts";
import { measureSource, type SourceFigures } from "./source_corpus/measure_source.ts";
import { makeSourceCorpus, type SourceCorpus } from "./source_corpus/make_source_corpus.ts";

/** Of each new form of store the agents that most people use. */
const MEASURED = "opencode:tables,openclaw:tables,gemini:lines,copilot:lines";

const HELP = `deno task bench:sources [options]

  --sources LIST        agents, each with a form (${MEASURED})
  --bytes SIZE          of each one's logs (250MB)
  --seed NUMBER         of what is made (1)
  --corpus DIRECTORY    where it is made, and found again (a directory beside other temporary ones)
  --rounds COUNT        runs that are counted (3)
  --program COMMAND     what is measured (this source, run by Deno)
  --peers DIRECTORY     where peers are installed (bench/corpus/peers)`;

const { values: options } = parseArgs({
  options: {
    sources: { type: "string", default: MEASURED },
    bytes: { type: "string", default: "250MB" },
    seed: { type: "string", default: "1" },
    corpus: { type: "string", default: join(Deno.env.get("TMPDIR") ?? "/tmp", "opper-agent-bench-sources") },
    rounds: { type: "string", default: "3" },
    program: { type: "string" },
    peers: { type: "string", default: new URL("corpus/peers", import.meta.url).pathname },
    help: { type: "boolean", default: false },
  },
});

if (options.help) {
  console.log(HELP);
} else {
  const work = await Deno.makeTempDir({ prefix: "opper-agent-bench-" });
  try {
    Deno.exitCode = await compareSources(work) ? 0 : 1;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** @returns whether all of our totals were right */
async function compareSources(work: string): Promise<boolean> {
  const machine = await describeMachine(options.program);
  const ours = ourCommand(options.program);
  const peers = await findSourcePeers(resolve(options.peers));
  if (peers.length === 0) console.error(`No peers in ${options.peers}. To have them: ${HOW_TO_INSTALL_SOURCE_PEERS}`);
  const corpora = await makeAll();
  const rounds = Number(options.rounds);
  const figures: SourceFigures[] = [];
  for (const corpus of corpora) {
    console.error(`Measuring ${corpus.source}`);
    figures.push(await measureSource(corpus, { ours, peers, rounds, work }));
  }
  console.error("Measuring answers with all of them installed, and with none");
  const installed = await measureInstalled(corpora, { ours, rounds: 2 * rounds + 1, work });
  console.log([
    machine,
    `Medians of ${rounds} rounds, page cache warm. Peers are ccusage 20.0.24, tokscale 4.17.0 and codeburn 0.9.15.`,
    figuresTable(
      ["logs of", "program", "wall ms", "MB/s", "responses/s", "peak MB", "totals"],
      figures.flatMap(({ rows }) => rows),
      [2, 3, 4, 5],
    ),
    ...figures.map(({ about }) => about),
    installed,
  ].join("\n\n"));
  const wrong = figures.flatMap(({ wrong }) => wrong);
  for (const text of wrong) console.error(text);
  return wrong.length === 0;
}

async function makeAll(): Promise<readonly SourceCorpus[]> {
  const corpora: SourceCorpus[] = [];
  const homes = sourceHomes();
  for (const named of options.sources.split(",")) {
    const [id, form] = named.split(":");
    const source = homes.find(({ agent, name }) => agent.id === id && name === id);
    if (source === undefined) throw new Error(`There are no real sessions of ${id} in tests/fixtures/sources.`);
    console.error(`Making logs of ${id}`);
    corpora.push(
      await makeSourceCorpus(source, {
        form: form as LogStore["form"],
        directory: options.corpus,
        bytes: parseSize(options.bytes),
        seed: Number(options.seed),
      }),
    );
  }
  return corpora;
}
