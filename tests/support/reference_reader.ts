/**
 * Reads logs of all agents the slow, obvious way: whole files, `JSON.parse` of every line, everything in memory.
 *
 * Each agent's reader is the one function of a file in `reference`. They are written from descriptions of the formats alone,
 * and share nothing with src/scan, so that a mistake in the one is not repeated in the other. They know the kinds of records
 * that tests/fixtures and the benchmark's corpus hold, no others, and take every log to be whole.
 */
import { type ReferenceReader, type ReferenceResponse, type ReferenceSums, tokensOf } from "./reference/found.ts";

const READERS: ReadonlyMap<string, ReferenceReader> = new Map(
  await Promise.all(
    [...Deno.readDirSync(new URL("./reference", import.meta.url))].map(({ name }) => name.replace(/\.ts$/, ""))
      .filter((name) => name !== "found" && !name.endsWith("_test")).sort().map(async (name) => {
        const module = await import(new URL(`./reference/${name}.ts`, import.meta.url).href);
        return [name, Object.values(module)[0] as ReferenceReader] as const;
      }),
  ),
);

/** Whose logs it reads. */
export const REFERENCE_SOURCES: readonly string[] = [...READERS.keys()];

/** By `<source> <session id>`; sessions without a response are there with zeros. */
export function readReference(home: string): Map<string, ReferenceSums> {
  const found = new Map<string, ReferenceSums>();
  for (const [source, read] of READERS) {
    const { sessions, responses } = read(home);
    for (const id of sessions) found.set(`${source} ${id}`, noSums());
    for (const { session, sums } of onceEach(responses)) add(found.get(`${source} ${session}`)!, sums);
  }
  return found;
}

/** Of several records of a response the original's counts, and of those the fullest. */
function onceEach(responses: readonly ReferenceResponse[]): ReferenceResponse[] {
  const best = new Map<string, ReferenceResponse>();
  for (const response of responses) {
    const other = best.get(response.key);
    const isBetter = other === undefined || (other.isCopy && !response.isCopy) ||
      (other.isCopy === response.isCopy && tokensOf(response.sums) > tokensOf(other.sums));
    if (isBetter) best.set(response.key, response);
  }
  return [...best.values()];
}

function noSums(): ReferenceSums {
  return { turns: 0, input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, usd: 0 };
}

function add(sum: ReferenceSums, other: ReferenceSums): void {
  for (const name of Object.keys(sum) as (keyof ReferenceSums)[]) sum[name] += other[name];
}
