/** One run that asks at a time: two would ask for the same. The system lets go of the lock when a run ends, however it does. */
import type { EpochMs } from "../core/model.ts";
import { isRecord } from "../core/json/is_record.ts";
import { makePrivateDirectory, readTextFileIfAny, tryRemoveFile, tryWritePrivateFile } from "../host/files.ts";
import { tryLockFile } from "../host/lock.ts";
import { ownPid } from "../host/child.ts";

/** A run that asks; in words of its process, as far as that is known. */
export interface EnrichRunner {
  readonly processId?: number;
  readonly startedAt?: EpochMs;
}

/** The lock, until it is released; or who holds it. */
export type EnrichLock = { readonly release: () => void } | { readonly heldBy: EnrichRunner };

/**
 * @param stateDirectory Absolute path of `$OPPER_HOME/agent`
 * @throws {AgentError} failed, when it cannot be locked
 */
export function takeEnrichLock(stateDirectory: string, now: EpochMs): EnrichLock {
  makePrivateDirectory(stateDirectory);
  const [lockPath, runnerPath] = [`${stateDirectory}/enrich.lock`, `${stateDirectory}/enrich_run.json`];
  const lock = tryLockFile(lockPath);
  if (lock === undefined) return { heldBy: parseRunner(readTextFileIfAny(runnerPath)) };
  // Apart from the lock, which cannot be read everywhere while it is held. Without it nobody is named, and that is all.
  const runner: EnrichRunner = { processId: ownPid(), startedAt: now };
  tryWritePrivateFile(runnerPath, `${JSON.stringify(runner)}\n`);
  return {
    release() {
      tryRemoveFile(runnerPath);
      lock.release();
    },
  };
}

function parseRunner(text: string | undefined): EnrichRunner {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    if (!isRecord(value)) return {};
    const { processId, startedAt } = value;
    return typeof processId === "number" && typeof startedAt === "number" ? { processId, startedAt } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
