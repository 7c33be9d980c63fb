/** What a checkpoint of Copilot CLI says of caches (schema of 1.0.102; seen at GitHub's own models alone). */
import { isRecord } from "../../core/json/is_record.ts";
import type { EpochMs } from "../../core/model.ts";
import { utcTimeOf } from "../formats/utc_time.ts";

/** @param states `modelCacheState` as it is written; @returns when the cache of a model expires, where that is said */
export function expiryIn(states: unknown, model: string): EpochMs | undefined {
  if (!Array.isArray(states)) return undefined;
  const found: unknown = states.findLast((state) => isRecord(state) && state.modelId === model);
  const said = isRecord(found) ? found.cacheExpiresAt : undefined;
  if (typeof said !== "string") return undefined;
  const at = utcTimeOf(said) ?? Date.parse(said);
  return Number.isFinite(at) ? at : undefined;
}
