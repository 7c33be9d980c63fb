/** How fast the logs of each tool become turns: reading, finding lines, parsing and folding, without the index. */
import { discoverLogs } from "../src/scan/logs/discover.ts";
import { foldLog } from "../src/scan/logs/fold_log.ts";
import { takeAllSteps } from "../src/scan/logs/take_steps.ts";
import { loadSource, LOGGED_AGENTS } from "../src/agents/agents.ts";
import { linesReader } from "../src/scan/logs/lines/lines_reader.ts";
import { corpusMachine, makeSmallCorpus } from "./small_corpus.ts";

const { home } = makeSmallCorpus();
const { files } = discoverLogs(LOGGED_AGENTS, corpusMachine(home), []);

for (const { id } of LOGGED_AGENTS) {
  const source = await loadSource(id);
  const logs = files.filter(({ source }) => source.id === id);
  const megabytes = logs.reduce((sum, { file }) => sum + file.size, 0) / 1e6;
  Deno.bench(`fold ${megabytes.toFixed(0)} MB in ${logs.length} logs of ${id}`, { group: "fold" }, () => {
    for (const { file } of logs) takeAllSteps(foldLog({ source, reader: linesReader }, file, undefined));
  });
}
