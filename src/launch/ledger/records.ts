/**
 * The lines of a launch's ledger: `launches/<launch id>/ledger.jsonl` below our state directory. The launch writes the
 * first and the last, the agent's extension one for each session that starts. Times are epoch milliseconds.
 */
import type { EpochMs } from "../../core/model.ts";

/** First line of a ledger: which launch it is of. */
export interface LaunchRecord {
  readonly type: "launch";
  readonly launchId: string;
  readonly launcher: string;
  readonly at: EpochMs;
  readonly cwd: string;
  readonly pid: number;
  /** Host of the gateway, without session or key. */
  readonly host: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A session that began in a launch, as the agent's extension reports it. */
export interface SessionRecord {
  readonly type: "session";
  readonly at: EpochMs;
  /** Opper's trace of the session, a uuid. */
  readonly traceId: string;
  readonly sessionId: string;
  /** Absolute; absent for a session that is kept in no file. */
  readonly sessionFile?: string;
  readonly pid: number;
  /** Session of the agent in whose shell this one was started. */
  readonly parentSessionId?: string;
  readonly parentSessionFile?: string;
  /** Why the session began: `startup`, `new`, `resume`, `fork`, `reload`. */
  readonly reason: string;
  readonly cwd: string;
}

/** Last line of a ledger: how the launch ended. */
export interface ExitRecord {
  readonly type: "exit";
  readonly at: EpochMs;
  readonly status: number;
}

export type LedgerRecord = LaunchRecord | SessionRecord | ExitRecord;
