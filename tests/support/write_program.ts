/** A small program of a test's own. */
import { dirname } from "node:path";

/**
 * @param path Absolute; its directory is made where it is missing
 * @param text With its `#!` line
 * @returns the path
 */
export async function writeProgram(path: string, text: string, mode = 0o755): Promise<string> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, mode);
  return path;
}
