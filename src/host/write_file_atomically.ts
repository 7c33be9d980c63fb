/** Replacing a file of ours as a whole, whoever reads it meanwhile. For files that others write too there is edit_file.ts. */
import { AgentError } from "../core/errors.ts";
import {
  checkIsFile,
  followLinks,
  moveFile,
  reasonOf,
  removeFile,
  statIfAny,
  writeNewFile,
  type WriteOptions,
} from "./atomic_file.ts";
import { holdTemporaryFile, nameTemporaryFile, removeAbandonedFiles } from "./temporary_file.ts";

/**
 * Replaces a file as a whole, or makes it: whoever reads it finds the old content or the new. A symbolic link at the
 * path stays, and what it points to is replaced. Owner and group are kept where the system allows it.
 *
 * @throws {AgentError} failed, when it cannot be written; then the old content is still there
 */
export function writeFileAtomically(path: string, content: string | Uint8Array, options: WriteOptions = {}): void {
  try {
    const target = followLinks(path);
    const existing = statIfAny(target);
    checkIsFile(path, existing);
    removeAbandonedFiles(target);
    const temporary = nameTemporaryFile(target);
    let held: Disposable | undefined;
    try {
      const mode = options.mode ?? (existing && existing.mode & 0o7777);
      const onOpened = () => void (held = holdTemporaryFile(temporary));
      writeNewFile(temporary, content, { mode, owner: existing, onOpened, onStep: options.onStep });
      moveFile(temporary, target, options.onStep);
    } catch (error) {
      removeFile(temporary);
      throw error;
    } finally {
      held?.[Symbol.dispose]();
    }
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw new AgentError("failed", `"${path}" could not be written: ${reasonOf(error)}.`, { cause: error });
  }
}
