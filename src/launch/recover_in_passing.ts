/** Recovery by a command that is about something else: it says what it did, and never stands in that command's way. */
import { AgentError } from "../core/errors.ts";
import { fileExists } from "../host/files.ts";
import { realPathIfAny } from "../host/real_path_if_any.ts";
import { journalDirectory, recordDirectory } from "./overlay_paths.ts";

/**
 * @param places absolute paths that launches place files at
 * @returns sentences for the user; none when there was nothing to repair
 */
export async function recoverInPassing(stateDirectory: string, places: readonly string[]): Promise<readonly string[]> {
  // What repairs takes longer to load than most commands run.
  const isNeeded = fileExists(journalDirectory(stateDirectory)) ||
    places.some((path) => fileExists(recordDirectory(realPathIfAny(path) ?? path)));
  if (!isNeeded) return [];
  const { recoverOverlays } = await import("./recover_overlays.ts");
  try {
    return (await recoverOverlays(stateDirectory, { places })).map(({ message }) => message);
  } catch (error) {
    if (error instanceof AgentError) return [error.message];
    // A directory of ours that cannot be read: the answer that was asked for needs none of it.
    if (error instanceof Error && "code" in error && "path" in error) {
      const { reasonOf } = await import("../host/atomic_file.ts");
      return [`Whether a killed launch left something behind is not known: "${error.path}": ${reasonOf(error)}.`];
    }
    throw error;
  }
}
