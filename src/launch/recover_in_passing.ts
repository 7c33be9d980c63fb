/** Recovery by a command that is about something else: it says what it did, and never stands in that command's way. */
import { AgentError } from "../core/errors.ts";
import { fileExists } from "../host/files.ts";
import { inPlaceDirectory } from "../host/environment.ts";
import { journalDirectory } from "./overlay_paths.ts";

/** @returns sentences for the user; none when there was nothing to repair */
export async function recoverInPassing(stateDirectory: string): Promise<readonly string[]> {
  // What repairs takes longer to load than most commands run.
  const overlays = fileExists(journalDirectory(stateDirectory))
    ? await repair(async () => (await import("./overlay.ts")).recoverOverlays(stateDirectory))
    : [];
  const written = fileExists(inPlaceDirectory(stateDirectory))
    ? await repair(async () => (await import("../host/in_place.ts")).recoverInPlace({ stateDirectory }))
    : [];
  return [...overlays, ...written];
}

async function repair(body: () => Promise<readonly { readonly message: string }[]>): Promise<readonly string[]> {
  try {
    return (await body()).map(({ message }) => message);
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
