/** A corpus small enough to be read many times a second, for the benchmarks of single parts. Goes away with the process. */
import { join } from "node:path";
import { generateCorpus } from "./corpus_generator/generate_corpus.ts";
import { makeMachine } from "../src/host/environment.ts";

/** Bytes of all three tools' logs. */
const SMALL_BYTES = 24_000_000;

export interface SmallCorpus {
  /** Takes the place of a home. */
  readonly home: string;
  /** An empty directory beside it. */
  readonly work: string;
}

export function makeSmallCorpus(): SmallCorpus {
  const directory = Deno.makeTempDirSync({ prefix: "opper-agent-bench-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  const [home, work] = [join(directory, "home"), join(directory, "work")];
  generateCorpus({ directory: home, size: { bytes: SMALL_BYTES } });
  Deno.mkdirSync(work);
  return { home, work };
}

/** What the scan may know of the machine: the corpus and nothing else. */
export function corpusMachine(home: string) {
  return makeMachine({ home });
}
