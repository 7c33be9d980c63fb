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

/** A session that began in a launch, as the agent's extension reports it, or as the relay saw it in a request. */
export interface SessionRecord {
  readonly type: "session";
  readonly at: EpochMs;
  /** Opper's trace of the session, a uuid. */
  readonly traceId: string;
  readonly sessionId: string;
  /** Absolute; absent for a session that is kept in no file, and where only its id is known. */
  readonly sessionFile?: string;
  /** Id of the agent whose session it is, where the relay saw it. @default the launcher's, which reported it with its file */
  readonly source?: string;
  /** Of a sub-agent that goes by its session's id. */
  readonly subagentId?: string;
  /** Trace of the session that started this one, or that it was forked from. */
  readonly parentTraceId?: string;
  readonly pid: number;
  /** Session of the agent in whose shell this one was started. */
  readonly parentSessionId?: string;
  readonly parentSessionFile?: string;
  /**
   * Why the session began: `startup`, `new`, `resume`, `fork`, `reload`; `request` where the relay saw it, and
   * {@linkcode WHOLE_LAUNCH} for what names no session.
   */
  readonly reason: string;
  readonly cwd: string;
}

/** Reason of a trace that stands for all sessions of a launch: its `sessionId` is the launch's. */
export const WHOLE_LAUNCH = "launch";

/** What the gateway said that a trace cost in this launch, up to a moment; the latest of a trace counts. */
export interface BilledRecord {
  readonly type: "billed";
  readonly at: EpochMs;
  readonly traceId: string;
  /** Calls of models. */
  readonly requests: number;
  /** Calls that were answered with a cost. */
  readonly billedRequests: number;
  /** Sum of those. US dollars. */
  readonly usd: number;
}

/** Last line of a ledger: how the launch ended. */
export interface ExitRecord {
  readonly type: "exit";
  readonly at: EpochMs;
  readonly status: number;
}

export type LedgerRecord = LaunchRecord | SessionRecord | BilledRecord | ExitRecord;
