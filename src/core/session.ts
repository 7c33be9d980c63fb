/** A session as it is kept: what its turns add up to, whatever the time is. */
import type { SessionFacts } from "./model.ts";
import type { SessionRollup } from "./rollup.ts";

/** What is kept of a rollup with its session: the idle times are kept together, for all sessions. */
export type KeptRollup = Omit<SessionRollup, "samples">;

/** A session as the index keeps it: nothing in here depends on the clock. */
export interface Session extends Omit<SessionFacts, "subagent" | "discriminator"> {
  readonly source: string;
  /** The session's own log; for a session of which only sub-agents' logs are left, the first of those. */
  readonly file: string;
  /** All its logs, `file` first. */
  readonly files: readonly string[];
  /** Its trace at Opper; absent when no turn was billed by Opper. */
  readonly traceId?: string;
  readonly rollup: KeptRollup;
}
