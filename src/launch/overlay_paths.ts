/** Where the journal of placed files lies. Opens nothing. */
import { join } from "../host/paths.ts";

/** Absolute path of the directory; it exists only while something is placed. */
export function journalDirectory(stateDirectory: string): string {
  return join(stateDirectory, "overlay");
}
