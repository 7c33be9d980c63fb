/** All places that launches put files in, of every launcher: where to look for what one of them left. Opens nothing. */
import { extensionPath, type PlaceSurroundings } from "./launchers/pi_places.ts";

/** Absolute paths. */
export function placedPaths(surroundings: PlaceSurroundings): readonly string[] {
  return [extensionPath(surroundings)];
}
