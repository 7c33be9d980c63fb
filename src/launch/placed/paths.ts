/** The paths of what is remembered of placed files. Opens nothing. */
import { dirname, join } from "../../host/paths.ts";

/** Absolute path of the directory of a state directory; it exists only while something is placed. */
export function journalDirectory(stateDirectory: string): string {
  return join(stateDirectory, "overlay");
}

/** Of a placed file: beside it, and there as long as it is. */
export function recordDirectory(target: string): string {
  const name = target.slice(dirname(target).length).replace(/^[/\\]/, "");
  return join(dirname(target), `.${name}.opper-agent`);
}
