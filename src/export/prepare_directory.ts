/** The directory that files are exported into. */
import { AgentError } from "../core/errors.ts";
import { kindOf, makeOneDirectory, reasonOf, statIfAny } from "../host/atomic_file.ts";
import { makePrivateDirectory } from "../host/files.ts";
import { dirname } from "../host/paths.ts";

/**
 * Makes it where it is missing, but nothing above it: a share that is not mounted is no reason to fill a disk.
 *
 * @param path Absolute
 * @throws {AgentError} failed, when it is none and cannot be made
 */
export function prepareSharedDirectory(path: string): void {
  try {
    if (statIfAny(path)?.isDirectory()) return;
    if (kindOf(dirname(path)) === "missing") {
      throw new AgentError("failed", `"${dirname(path)}" does not exist, so "${path}" was not made.`, {
        hint: "Is a share not mounted? If it is right so, make that directory first.",
      });
    }
    makeOneDirectory(path);
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw new AgentError("failed", `"${path}" cannot be used: ${reasonOf(error)}.`, {
      hint: "Name a directory that you may write to.",
      cause: error,
    });
  }
}

/** For what only a server is to have: nobody else can look into it. @throws {AgentError} failed */
export function prepareOwnDirectory(path: string): void {
  try {
    makePrivateDirectory(path);
  } catch (error) {
    throw new AgentError("failed", `"${path}" cannot be made: ${reasonOf(error)}.`, { cause: error });
  }
}
