/**
 * Lets logs of a corpus grow by one turn each, as if their sessions went on, and takes it back.
 *
 * The turns were made with the corpus (`growth.json`), so that what they add is known.
 */
import { join } from "node:path";
import { addSums, type Growth, type SourceId, type Sums } from "./corpus_generator/truth.ts";

export function readGrowth(corpus: string): readonly Growth[] {
  return JSON.parse(Deno.readTextFileSync(join(corpus, "growth.json"))) as Growth[];
}

/** Appends the turns of a round, which follow those of the round before. Returns what they add, by source. */
export function growCorpus(corpus: string, growth: readonly Growth[], round: number): Map<SourceId, Sums> {
  const added = new Map<SourceId, Sums>();
  for (const { source, path, rounds } of growth) {
    const { text, sums } = rounds[round]!;
    Deno.writeTextFileSync(join(corpus, path), text, { append: true, create: false });
    const before = added.get(source);
    added.set(source, before === undefined ? sums : addSums(before, sums));
  }
  return added;
}

/** Cuts every log to what it was when the corpus was made, and gives it the time that it had. */
export function shrinkCorpus(corpus: string, growth: readonly Growth[], times: ReadonlyMap<string, Date>): void {
  for (const { path, bytes } of growth) {
    Deno.truncateSync(join(corpus, path), bytes);
    const time = times.get(path);
    if (time !== undefined) Deno.utimeSync(join(corpus, path), time, time);
  }
}

/** Times of change of the logs that can grow, to be kept before they do. */
export function readTimes(corpus: string, growth: readonly Growth[]): Map<string, Date> {
  return new Map(growth.map(({ path }) => [path, Deno.statSync(join(corpus, path)).mtime!]));
}
