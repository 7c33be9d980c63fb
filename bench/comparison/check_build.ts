/** Whether a compiled program that is to be measured is what this checkout makes: `dist` may hold an older one. */

/** @returns what to tell who measures it; undefined when it is, or says nothing of where it comes from */
export async function findOutdated(program: string): Promise<string | undefined> {
  const built = /^commit (\w+)/m.exec(await outputOf(program, ["--version"]))?.[1];
  const head = (await outputOf("git", ["rev-parse", "HEAD"])).trim();
  if (built === undefined || head === "" || head.startsWith(built)) return undefined;
  return `${program} was made of ${built}, and this is ${head.slice(0, built.length)}: ` +
    "deno task compile and install.sh put a new one into its place.";
}

async function outputOf(program: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await new Deno.Command(program, { args: [...args], cwd: import.meta.dirname, stderr: "null" })
      .output();
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
