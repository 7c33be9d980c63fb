/** The file in which status lines keep what they are told of the limits of a plan. A prompt waits for what this loads. */
import type { ClientStatus } from "../../agents/formats/status_input.ts";
import { readStatusAccount } from "../../agents/status_account.ts";
import { type ClientLimits, lineToKeep, readKeptLimits } from "../../core/limits/keep_limits.ts";
import { KEPT_LIMITS_FILE } from "../../core/limits/kept_records.ts";
import type { Machine } from "../../core/machine.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import { toPlainLines } from "../../core/plain_lines.ts";
import { stateDirectory } from "../../host/environment.ts";
import { readFileStamp } from "../../host/file_stamp.ts";
import { keepLine, readLastLines } from "../../host/kept_lines.ts";
import { join } from "../../host/paths.ts";
import { limitsOfSession, type LineLimits, lineLimits } from "../../operations/live/line_limits.ts";
import type { StatusSession, StatusSnapshot } from "../../operations/live/status_snapshot.ts";
import type { StatusRequest } from "../../operations/live/status_subject.ts";

/** A year or so of somebody who works every day has fewer changes than that in its last weeks: more tells nothing new. */
const MOST_LINES = 2000;
/** For terminals that were told the same at the same time. */
const PATIENCE_MS: DurationMs = 1000;

/** What a line has to do with limits. */
export interface LimitsOfLine {
  readonly shown: LineLimits;
  /** Keeps what is new. Whatever goes wrong is silent, but for `complain`. */
  keep(complain?: (text: string) => void): Promise<void>;
}

/** What a client says of limits, perhaps nothing, with what tells whose they are and how old. */
export function clientLimits(
  { limits = {}, file, promptId, sessionId, cacheUsedAt }: ClientStatus,
  environment: Machine,
): ClientLimits {
  const { source, account } = readStatusAccount(file, environment);
  return {
    source,
    root: account,
    said: limits,
    turn: [promptId, sessionId].find((id) => id !== undefined && /^[\w.-]{1,80}$/.test(id)),
    answeredAt: cacheUsedAt,
    writtenAt: file === undefined ? undefined : readFileStamp(file)?.mtimeMs,
  };
}

/** What a line is about. */
interface LineFacts {
  readonly now: EpochMs;
  /** Whether the line shows limits. */
  readonly isShown: boolean;
  readonly session?: StatusSession;
  /** What the last scan found. */
  readonly known?: StatusSnapshot["limits"];
}

/** Undefined where nobody said anything and nothing is to be shown: then the file is not looked at. */
export function readLineLimits(
  { client, subject }: StatusRequest,
  environment: Machine,
  { now, isShown, session, known = [] }: LineFacts,
): LimitsOfLine | undefined {
  const isSaid = client !== undefined && Object.keys(client.said).length > 0;
  // A client that has not said in time who it is has an account that nobody knows.
  if (!isSaid && (!isShown || (client === undefined && subject.kind === "unsaid"))) return undefined;
  if (client === undefined && session !== undefined) {
    return { shown: limitsOfSession(session, known, now), keep: () => Promise.resolve() };
  }
  const path = join(stateDirectory(environment), KEPT_LIMITS_FILE);
  const whose = client ?? clientLimits({}, environment);
  const kept = readKeptLimits(readLastLines(path), whose);
  return {
    shown: lineLimits(client, kept, now),
    async keep(complain) {
      if (client === undefined || lineToKeep(client, kept, now) === undefined) return;
      try {
        // Another terminal may have kept the same since.
        const makeLine = (lastLines: string) => lineToKeep(client, readKeptLimits(lastLines, client), now);
        await keepLine(path, makeLine, { mostLines: MOST_LINES, patienceMs: PATIENCE_MS });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        complain?.(toPlainLines(`The limits could not be kept: ${error.message}\n`));
      }
    },
  };
}
