/** Whether anything was ever launched, for commands that load nothing of launches otherwise. */
import { fileExists } from "../../host/files.ts";
import { join } from "../../host/paths.ts";

/** @param stateDirectory Absolute path of our own state directory */
export function hasLaunches(stateDirectory: string): boolean {
  return fileExists(join(stateDirectory, "launches"));
}
