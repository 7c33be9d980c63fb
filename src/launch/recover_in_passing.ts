/** Recovery by a command that is about something else: it says what it did, and never stands in that command's way. */
import { AgentError } from "../core/errors.ts";
import { recoverOverlays } from "./overlay.ts";

/** @returns sentences for the user; none when there was nothing to repair */
export async function recoverInPassing(stateDirectory: string): Promise<readonly string[]> {
  try {
    return (await recoverOverlays(stateDirectory)).map(({ message }) => message);
  } catch (error) {
    if (error instanceof AgentError) return [error.message];
    throw error;
  }
}
