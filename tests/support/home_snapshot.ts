/** What a home directory holds, to the byte, so that two moments can be compared. */
import { createHash } from "node:crypto";
import { join, relative } from "node:path";

/** By path below the home: kind, mode, and of files the time of change and the content; of links where they lead. */
export type HomeSnapshot = Readonly<Record<string, string>>;

const LONGEST_SHOWN = 4096;

/** Our own state is no tree of the agent's; and from source, Deno keeps what it compiled there. */
const OUR_STATE = /^(\.opper(\/|$)|\.cache$|\.cache\/deno(\/|$))/;

/** @param notCompared paths below the home that are left out, with all below them. @default none */
export async function snapshotHome(home: string, notCompared: readonly RegExp[] = []): Promise<HomeSnapshot> {
  const found: Record<string, string> = {};
  const look = async (directory: string): Promise<void> => {
    for await (const { name } of Deno.readDir(directory)) {
      const path = join(directory, name);
      const key = relative(home, path);
      if ([OUR_STATE, ...notCompared].some((pattern) => pattern.test(key))) continue;
      const { mode, mtime, isDirectory, isSymlink } = await Deno.lstat(path);
      const rights = (mode! & 0o7777).toString(8);
      if (isSymlink) found[key] = `link to ${await Deno.readLink(path)}`;
      else if (isDirectory) {
        found[key] = `directory ${rights}`;
        await look(path);
      } else found[key] = `file ${rights} ${mtime!.getTime()} ${shown(await Deno.readFile(path))}`;
    }
  };
  await look(home);
  return found;
}

/** Of what is long the hash: nobody reads a difference of thousands of lines. */
function shown(content: Uint8Array): string {
  if (content.length > LONGEST_SHOWN) return createHash("sha256").update(content).digest("hex");
  return new TextDecoder("latin1").decode(content);
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
