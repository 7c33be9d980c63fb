/** Makes the page's files when the program runs from source: the compiled one has them inside. */

const SOURCE = new URL("../web/", import.meta.url);
const SCRIPT = new URL("../../scripts/bundle_page.ts", import.meta.url);
const BUILT = new URL("../http/web/index.html.gz", import.meta.url);

/**
 * Where they are older than their source.
 *
 * @returns what went wrong, in one line; undefined: nothing, or there is nothing to be made
 */
export async function buildPage(): Promise<string | undefined> {
  if (Deno.build.standalone || latestIn(SOURCE) <= changedAt(BUILT)) return undefined;
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", "--frozen", SCRIPT.href],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (success) return undefined;
    const lines = new TextDecoder().decode(stderr).split("\n");
    return lines.find((line) => line.startsWith("error: "))?.slice("error: ".length) ?? "it failed";
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

/** When the last of all files below a directory changed. */
function latestIn(directory: URL): number {
  try {
    return [...Deno.readDirSync(directory)].reduce((latest, { name, isDirectory }) => {
      const url = new URL(`${encodeURIComponent(name)}${isDirectory ? "/" : ""}`, directory);
      return Math.max(latest, isDirectory ? latestIn(url) : changedAt(url));
    }, changedAt(SCRIPT));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return -Infinity;
    throw error;
  }
}

/** -Infinity where it is not there. */
function changedAt(file: URL): number {
  try {
    return Deno.statSync(file).mtime?.getTime() ?? -Infinity;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return -Infinity;
    throw error;
  }
}
