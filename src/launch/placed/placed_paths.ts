/** All places that launches put files in, of every launcher: where to look for what one of them left. Opens nothing. */
import { AgentError } from "../../core/errors.ts";
import { extensionPath, type PlaceSurroundings } from "../../agents/pi/placed_extension.ts";

/** Absolute paths; none where a variable says nothing that could be one, as nothing was placed there. */
export function placedPaths(surroundings: PlaceSurroundings): readonly string[] {
  try {
    return [extensionPath(surroundings)];
  } catch (error) {
    if (error instanceof AgentError) return [];
    throw error;
  }
}
