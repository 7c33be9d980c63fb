/** Recovery by a command that is about something else: it says what it did, and never stands in that command's way. */
import { AgentError } from "../core/errors.ts";
import { fileExists } from "../host/files.ts";
import { inPlaceDirectory } from "../host/environment.ts";
import { realPathIfAny } from "../host/real_path_if_any.ts";
import { journalDirectory, recordDirectory } from "./placed/paths.ts";

/**
 * @param places absolute paths that launches place files at
 * @returns sentences for the user; none when there was nothing to repair
 */
export async function recoverInPassing(stateDirectory: string, places: readonly string[]): Promise<readonly string[]> {
  // What repairs takes longer to load than most commands run.
  const isPlaced = fileExists(journalDirectory(stateDirectory)) ||
    places.some((path) => fileExists(recordDirectory(realPathIfAny(path) ?? path)));
  const placed = isPlaced
    ? await repair(async () => (await import("./placed/recover_placed.ts")).recoverPlaced(stateDirectory, { places }))
    : [];
  const written = fileExists(inPlaceDirectory(stateDirectory))
    ? await repair(async () => (await import("../host/in_place.ts")).recoverInPlace({ stateDirectory }))
    : [];
  return [...placed, ...written];
}

async function repair(body: () => Promise<readonly { readonly message: string }[]>): Promise<readonly string[]> {
  try {
    return (await body()).map(({ message }) => message);
  } catch (error) {
    if (error instanceof AgentError) return [error.message];
    // A directory of ours that cannot be read: the answer that was asked for needs none of it.
    if (error instanceof Error && "code" in error && "path" in error) {
      const { reasonOf } = await import("../host/atomic_file.ts");
      return [`It is not known whether a killed launch left something behind: "${error.path}": ${reasonOf(error)}.`];
    }
    throw error;
  }
}
