/** Times of readings, as files write them. */
import type { EpochMs } from "../model.ts";

/** No file of an agent is older than the first, and what is not before the second is of other units. */
const [EARLIEST, LATEST]: readonly [EpochMs, EpochMs] = [1e12, Date.UTC(10_000, 0)];

/**
 * ISO 8601 with a zone: without one it would depend on the machine that reads it. Or a number since 1970, of milliseconds or
 * seconds: which, its size says.
 */
export function readSaidTime(said: unknown): EpochMs | undefined {
  const at = typeof said === "number"
    ? Math.trunc(said < 1e10 ? said * 1000 : said)
    : typeof said === "string" && ZONED.test(said)
    ? Date.parse(said)
    : NaN;
  return at >= EARLIEST && at < LATEST ? at : undefined;
}

const ZONED = /^\d{4}-\d\d-\d\dT[\d:.,]+(Z|[+-]\d\d:?\d\d)$/;
