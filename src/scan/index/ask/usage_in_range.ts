/** The usage of all logs in a range of time, by quarter of an hour and model; and their lost caches, one by one. */
import { type CacheMiss, missedTokens } from "../../../core/cache/misses.ts";
import type { ModelRef, Tokens } from "../../../core/model.ts";
import { copyTotal } from "../bytes/total_codec.ts";
import type { IndexStore } from "../tables/store.ts";
import { type BucketRange, isInRange, type UsageBucket } from "../sums/usage_buckets.ts";
import { foldUsage, shareModels, type UsageQuestion } from "./fold_usage.ts";
import { type LogPartReader, missesOfLog } from "./log_part_reader.ts";
import type { SessionNames } from "./session_names.ts";

/** A lost cache, and the session that lost it. */
export interface SessionMiss extends CacheMiss, Pick<UsageBucket, "session" | "source" | "sessionId" | "cwd"> {
  readonly missedTokens: Tokens;
}

/** As {@linkcode foldUsage} goes through them. */
export async function readUsageBuckets(question: UsageQuestion): Promise<readonly UsageBucket[]> {
  return await foldUsage(question, (): UsageBucket[] => [], (all, bucket) => all.push(copyUsage(bucket)));
}

function copyUsage(bucket: UsageBucket): UsageBucket {
  const { at, session, source, sessionId, cwd, model, upstream, savedUsd, unknownSavings, lost } = bucket;
  const { turns, totals, usage, cost } = copyTotal(bucket);
  // Made at once: there are thousands.
  const copied: { -readonly [Key in keyof UsageBucket]: UsageBucket[Key] } = {
    at,
    session,
    source,
    sessionId,
    cwd,
    model,
    turns,
    usage,
    cost,
    savedUsd,
    unknownSavings,
  };
  if (upstream !== undefined) copied.upstream = upstream;
  if (totals !== undefined) copied.totals = totals;
  if (lost !== undefined) copied.lost = lost;
  return copied;
}

/** Those of turns that lie in a range, in the order of the logs' paths. */
export function readSessionMisses(
  store: IndexStore,
  parts: LogPartReader,
  range: BucketRange,
): readonly SessionMiss[] {
  const found: SessionMiss[] = [];
  const shareModel = shareModels();
  store.read(() => {
    for (const log of parts.read(store, range.since)) {
      for (const miss of missesOfLog(log)) {
        if (!isInRange(miss, range)) continue;
        found.push(nameMiss(miss, parts.names.of(store, log.session), shareModel(miss.model)));
      }
    }
  });
  return found;
}

/** In place: there are thousands, and each is this answer's own. */
function nameMiss(found: CacheMiss, { id, source, sessionId, cwd }: SessionNames, model: ModelRef): SessionMiss {
  const miss = found as { -readonly [Key in keyof SessionMiss]: SessionMiss[Key] };
  miss.model = model;
  miss.session = id;
  miss.source = source;
  miss.sessionId = sessionId;
  miss.cwd = cwd;
  miss.missedTokens = missedTokens(miss);
  return miss;
}
