/** A bucket of usage while usage is read. */
import { type OpenBucket, openBucket } from "../bytes/open_bucket.ts";
import type { UsageBucket } from "../sums/usage_buckets.ts";
import type { IndexStore } from "../tables/store.ts";
import type { SessionNameReader } from "./session_names.ts";

/** The same object for one after the other. */
export type OpenUsage = OpenBucket & { session: number } & Pick<UsageBucket, "source" | "sessionId" | "cwd">;

/** One to read into. Its session is named when somebody asks for it. */
export function openUsage(store: IndexStore, names: Pick<SessionNameReader, "of">): OpenUsage {
  const open: OpenUsage = {
    ...openBucket(),
    session: 0,
    get source() {
      return names.of(store, open.session).source;
    },
    get sessionId() {
      return names.of(store, open.session).sessionId;
    },
    get cwd() {
      return names.of(store, open.session).cwd;
    },
  };
  return open;
}
