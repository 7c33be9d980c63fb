/** What a home directory holds, to the byte, so that two moments can be compared. */
import { join, relative } from "node:path";

/** By path below the home: kind, mode, and of files the time of change and the content; of links where they lead. */
export type HomeSnapshot = Readonly<Record<string, string>>;

/**
 * What Pi writes by itself at any run, with us or without (seen with 0.74.2, 0.87.1 and 1.5.2): sessions, empty stores,
 * trust of directories, and `settings.json`, which its full screen formats anew. And our own state, which is not Pi's
 * tree. Directories above them are Pi's as well.
 */
const NOT_COMPARED = [
  /^\.opper(\/|$)/,
  /^\.pi\/agent\/sessions(\/|$)/,
  /^\.pi\/agent\/(auth|models-store|settings|trust)\.json$/,
];

export async function snapshotHome(home: string): Promise<HomeSnapshot> {
  const found: Record<string, string> = {};
  const look = async (directory: string): Promise<void> => {
    for await (const { name } of Deno.readDir(directory)) {
      const path = join(directory, name);
      const key = relative(home, path);
      if (NOT_COMPARED.some((pattern) => pattern.test(key))) continue;
      const { mode, mtime, isDirectory, isSymlink } = await Deno.lstat(path);
      const rights = (mode! & 0o7777).toString(8);
      if (isSymlink) found[key] = `link to ${await Deno.readLink(path)}`;
      else if (isDirectory) {
        found[key] = `directory ${rights}`;
        await look(path);
      } else found[key] = `file ${rights} ${mtime!.getTime()} ${await Deno.readTextFile(path)}`;
    }
  };
  await look(home);
  return found;
}

/** Paths of all files below a directory that hold a text, in their bytes. */
export async function filesHolding(directory: string, text: string): Promise<string[]> {
  const holding: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory) holding.push(...await filesHolding(path, text));
    else if (isFile && new TextDecoder("latin1").decode(await Deno.readFile(path)).includes(text)) holding.push(path);
  }
  return holding;
}
