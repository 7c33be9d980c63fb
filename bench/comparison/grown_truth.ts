/** What a corpus adds up to after some of its logs grew. */
import { addSums, type Growth, type SourceId, type Sums, type Truth } from "../corpus_generator/truth.ts";

/** The truth of each session after the first rounds of growth; sums of sources stay those of the corpus as it was made. */
export function grownTruth(truth: Truth, growth: readonly Growth[], rounds: number): Truth {
  const sessionsOf = (id: SourceId) => {
    const sessions: Record<string, Sums> = { ...truth.sources[id].sessions };
    for (const { source, sessionId, rounds: all } of growth) {
      if (source !== id) continue;
      for (const { sums } of all.slice(0, rounds)) sessions[sessionId] = addSums(sessions[sessionId]!, sums);
    }
    return { ...truth.sources[id], sessions };
  };
  return { ...truth, sources: { pi: sessionsOf("pi"), claude: sessionsOf("claude"), codex: sessionsOf("codex") } };
}
