/** Makes the page's files when the program runs from source: the compiled one has them inside. */

/**
 * @returns what went wrong, in one line; undefined: nothing, or there is nothing to be made
 */
export async function buildPage(): Promise<string | undefined> {
  if (Deno.build.standalone) return undefined;
  const script = new URL("../../scripts/bundle_page.ts", import.meta.url);
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", "--frozen", script.href],
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
