/** How fast the logs of each tool become turns: reading, finding lines, parsing and folding, without the index. */
import { discoverLogs } from "../src/scan/logs/discover.ts";
import { foldFile } from "../src/scan/logs/fold_log.ts";
import { findSource, SOURCES } from "../src/agents/agents.ts";
import { corpusEnvironment, makeSmallCorpus } from "./small_corpus.ts";

const { home } = makeSmallCorpus();
const { files } = discoverLogs(SOURCES, corpusEnvironment(home), []);

for (const { id } of SOURCES) {
  const logs = files.filter(({ source }) => source.id === id);
  const megabytes = logs.reduce((sum, { file }) => sum + file.size, 0) / 1e6;
  Deno.bench(`fold ${megabytes.toFixed(0)} MB in ${logs.length} logs of ${id}`, { group: "fold" }, () => {
    for (const { source, file } of logs) foldFile(findSource(source.id), file, undefined);
  });
}
