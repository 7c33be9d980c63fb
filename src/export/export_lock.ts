/** One export at a time: two would write the same files. The system lets go of the lock when a run ends, however it does. */
import { AgentError } from "../core/errors.ts";
import { makePrivateDirectory } from "../host/files.ts";
import { tryLockFile } from "../host/lock.ts";
import { join } from "../host/paths.ts";

/**
 * @param stateDirectory Absolute path of `$OPPER_HOME/agent`
 * @returns lets go of it
 * @throws {AgentError} failed, while another export runs
 */
export function takeExportLock(stateDirectory: string): () => void {
  makePrivateDirectory(stateDirectory);
  const lock = tryLockFile(join(stateDirectory, "export.lock"));
  if (lock !== undefined) return () => lock.release();
  throw new AgentError("failed", "Another export is running.", {
    hint: "Wait until it is done, and run this one again: nothing was written.",
  });
}
