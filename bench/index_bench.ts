/** What the index costs and saves: made anew, with nothing changed, after 20 logs grew by a turn, and asked. */
import { join } from "node:path";
import { openIndex } from "../src/scan/index/open_index.ts";
import { growCorpus, readGrowth, readTimes, shrinkCorpus } from "./grow_corpus.ts";
import { corpusMachine, makeSmallCorpus } from "./small_corpus.ts";

const { home, work } = makeSmallCorpus();
const NOW = { now: Date.UTC(2026, 10, 21), isPast: false };
const growth = readGrowth(home);
const times = readTimes(home, growth);
let indexes = 0;

function scan(stateDirectory: string) {
  return openIndex({ machine: corpusMachine(home), stateDirectory });
}

Deno.bench("index made anew", { group: "index" }, async () => {
  (await scan(join(work, `new-${indexes++}`))).close();
});

const known = join(work, "known");
(await scan(known)).close();

Deno.bench("index, nothing changed", { group: "index", baseline: true }, async () => {
  (await scan(known)).close();
});

Deno.bench("index, nothing changed, all sessions", { group: "index" }, async () => {
  const result = await scan(known);
  await result.sessions(NOW);
  result.close();
});

Deno.bench("index, 20 logs grew by a turn", { group: "index" }, async (bench) => {
  // Back to what they were, which the index takes in outside of what is measured.
  shrinkCorpus(home, growth, times);
  (await scan(known)).close();
  growCorpus(home, growth, 0);
  bench.start();
  const result = await scan(known);
  bench.end();
  result.close();
});
