/**
 * A socket that nobody listens at. It is made by a process of its own that works in its directory: the path of a socket has
 * 107 bytes at most, and that of a directory for temporary files may be longer.
 */
import { basename, dirname } from "node:path";

/** @param path Absolute; nothing is there yet */
export async function makeSocket(path: string): Promise<void> {
  const code = `Deno.listen({ transport: "unix", path: ${JSON.stringify(basename(path))} }); Deno.exit(0);`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", code],
    cwd: dirname(path),
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
