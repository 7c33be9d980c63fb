/** Replacing a file of ours as a whole, whoever reads it meanwhile. For files that others write too there is edit_file.ts. */
import { AgentError } from "../core/errors.ts";
import {
  checkIsFile,
  followLinks,
  hasCode,
  moveFile,
  type NewFileOptions,
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
    const mode = options.mode ?? (existing && existing.mode & 0o7777);
    for (let tries = TRIES; !writeOnce(target, content, { ...options, mode, owner: existing }, tries === 1);) tries--;
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw new AgentError("failed", `"${path}" could not be written: ${reasonOf(error)}.`, { cause: error });
  }
}

/** How often what is written may be taken for what somebody left, see below. */
const TRIES = 5;

/**
 * @param isLast whether it is to fail where it might be tried again
 * @returns false when what was written is gone: on a machine so busy that it was not locked in time, it was taken for one
 *   that somebody left
 */
function writeOnce(target: string, content: string | Uint8Array, options: NewFileOptions, isLast: boolean): boolean {
  const temporary = nameTemporaryFile(target);
  let held: Disposable | undefined;
  try {
    const onOpened = () => void (held = holdTemporaryFile(temporary));
    writeNewFile(temporary, content, { ...options, onOpened });
    moveFile(temporary, target, options.onStep);
    return true;
  } catch (error) {
    removeFile(temporary);
    if (!isLast && held !== undefined && hasCode(error, "ENOENT")) return false;
    throw error;
  } finally {
    held?.[Symbol.dispose]();
  }
}
