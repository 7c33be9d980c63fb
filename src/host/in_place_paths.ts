/** Where the record of files that are being written in place lies. Opens nothing. */
import { join } from "./paths.ts";

/** Absolute path of the directory; it exists only while something is written, or after that was killed. */
export function inPlaceDirectory(stateDirectory: string): string {
  return join(stateDirectory, "in_place");
}
