/** What projects are called where they are added up. */
import { folderKey, folderName } from "../core/folder.ts";

/**
 * Names folders so that every spelling of one has the same name: that of the first.
 *
 * @param directories Of sessions, in the order in which they are met
 */
export function nameProjects(directories: Iterable<string | undefined>): (directory?: string) => string | undefined {
  const names = new Map<string, string>();
  const known = new Map<string, string>();
  for (const directory of directories) {
    if (directory === undefined || known.has(directory)) continue;
    const key = folderKey(directory);
    const name = names.get(key) ?? folderName(directory);
    names.set(key, name);
    known.set(directory, name);
  }
  return (directory) => directory === undefined ? undefined : known.get(directory);
}
