/** Adds up usage that is ready, which needs nothing that reads parts of logs. */
import type { UsageBucket } from "../sums/usage_buckets.ts";
import type { UsageQuestion } from "./fold_usage.ts";
import { openUsage } from "./open_usage.ts";
import type { ReadyUsage } from "./ready_usage.ts";
import { SessionNameReader } from "./session_names.ts";
import { ENDED_AT, FIRST_AT, LAST_AT, readColumns, TIME_COUNT } from "./usage_columns.ts";

/** Of so many logs that come one behind the other the names are read at once. */
const MANY_NAMES = 256;

/**
 * As {@linkcode foldUsage} does.
 *
 * @param ready All that the index has
 * @returns undefined where turns have to be read, since the range cuts through a quarter of an hour
 */
export function foldReady<Sums>(
  ready: ReadyUsage,
  { store, range }: Pick<UsageQuestion, "store" | "range">,
  begin: () => Sums,
  add: (sums: Sums, bucket: UsageBucket) => void,
): Sums | undefined {
  const { since = -Infinity, until = Infinity, asOf = Infinity } = range;
  const names = new SessionNameReader();
  const open = openUsage(store, names);
  const sums = begin();
  for (let place = 0; place < ready.count; place++) {
    const { session, lastTurnAt, columns, from, end } = ready.at(place);
    if (place % MANY_NAMES === 0) names.near = () => ready.sessions(place, place + MANY_NAMES);
    if (lastTurnAt < since) continue;
    open.session = session;
    const { times } = columns;
    for (let bucket = from; bucket < end; bucket++) {
      const at = TIME_COUNT * bucket;
      const firstAt = times[at + FIRST_AT]!;
      const lastAt = times[at + LAST_AT]!;
      // As compareBucket() says it.
      if (lastAt < since || firstAt >= until || firstAt > asOf) continue;
      if (!(firstAt >= since && lastAt < until && times[at + ENDED_AT]! <= asOf)) return undefined;
      readColumns(open, columns, bucket, ready);
      add(sums, open as UsageBucket);
    }
  }
  return sums;
}
