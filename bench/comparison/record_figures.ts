/** Puts a report into bench/README.md, in place of the one before. */

const README = new URL("../README.md", import.meta.url).pathname;
const [START, END] = ["<!-- figures -->", "<!-- /figures -->"];

/** @throws {Error} when the README has no place for figures */
export async function recordFigures(report: string): Promise<void> {
  const text = await Deno.readTextFile(README);
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`Expected ${START} and ${END} in ${README}.`);
  await Deno.writeTextFile(README, `${text.slice(0, from + START.length)}\n\n${report}\n\n${text.slice(to)}`);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", README] }).output();
}
