/**
 * What a scan leaves for status lines to show until the next one. Types alone, so that nothing is loaded for them: it is
 * made in take_status_snapshot.ts, and read in status_line.ts.
 */
import type { LearnedLifetime } from "../../core/cache/strategy.ts";
import type { PlanLimit } from "../../core/limits/report_limits.ts";
import type { Cost, DurationMs, EpochMs } from "../../core/model.ts";
import type { CacheBasis } from "../../core/session_report.ts";

/** Raised when a snapshot of another shape must not be read. */
export type SnapshotVersion = 1;

/** A log as it was when it had been read to its end. */
export interface LogStamp {
  readonly path: string;
  /** Absent when it may have grown while it was read: then nobody knows whether all of it was. */
  readonly size?: number;
  readonly mtimeMs?: EpochMs;
}

/** What a snapshot keeps of a session. */
export interface StatusSession {
  readonly source: string;
  readonly sessionId: string;
  readonly cwd?: string;
  readonly lastActivityAt?: EpochMs;
  readonly turns: number;
  readonly cost: Cost;
  readonly cacheHitRatio?: number;
  /** The one that the cache belongs to, else the one that cost most. */
  readonly model?: string;
  readonly cacheBasis: CacheBasis;
  /** Its own first, if it is there. */
  readonly logs: readonly LogStamp[];
}

/** A cache that is warm or may be, of a project that is not hidden: for bars, which show all of them. */
export interface HeldCache extends Pick<StatusSession, "source" | "sessionId" | "lastActivityAt" | "cacheBasis"> {
  /** The last two directories of its project, home written as `~`. Absent where the log names none. */
  readonly project?: string;
}

/** A window of an agent's limit that is for all its models, as it was read last. */
export interface HeldLimit
  extends
    Pick<PlanLimit, "source" | "account" | "windowMinutes" | "state" | "usedPercent" | "resetsAt" | "observedAt"> {}

/** What the last scan found, as far as a status line may show it. Plain JSON. */
export interface StatusSnapshot {
  readonly version: SnapshotVersion;
  /** When the scan began. */
  readonly takenAt: EpochMs;
  /** How long it took. */
  readonly tookMs: DurationMs;
  /** `TZ` of the process that took it: another zone has another day. */
  readonly zone: string;
  /** Decimals of US dollars, where they are set. */
  readonly digits?: number;
  /** Absent where no zone is known whose day it would be. */
  readonly today?: {
    /** When the day is over. */
    readonly until: EpochMs;
    readonly turns: number;
    readonly cost: Cost;
  };
  readonly lifetimes: readonly LearnedLifetime[];
  /** The latest `KEPT_SESSIONS`, latest first; then those that were asked for by name. */
  readonly sessions: readonly StatusSession[];
  /** Ids and paths of logs that were asked for lately, found or not. */
  readonly wanted: readonly string[];
  /** Of those that are no id themselves: ids that begin so, two at most. Absent in what earlier versions left. */
  readonly beginnings?: Readonly<Record<string, readonly string[]>>;
  /** Those that were active last, `KEPT_CACHES` at most. Absent in what earlier versions left. */
  readonly held?: readonly HeldCache[];
  /** Absent in what earlier versions left. */
  readonly limits?: readonly HeldLimit[];
  /** When the latest cache went cold whose time ran out before the scan. */
  readonly lastColdAt?: EpochMs;
}
