/**
 * Makes src/mcp/tools/tool_list.json, what `tools/list` answers, from the definitions that the tools check arguments by:
 * `deno run -A scripts/build_tool_list.ts [--check]`. With `--check` it changes nothing, and fails where the two differ.
 */
import { fileURLToPath } from "node:url";
import { launchTools } from "../src/mcp/tools/launch_tools.ts";
import { readingTools } from "../src/mcp/tools/reading_tools.ts";
import { annotationsOf } from "../src/mcp/tools/tool_definition.ts";

const FILE = fileURLToPath(new URL("../src/mcp/tools/tool_list.json", import.meta.url));

/** The file's text: one tool a line, so that a change of one is a line of the change. */
export async function makeToolList(): Promise<string> {
  const launching = launchTools({ program: { command: "", args: [] }, cwd: "/", env: {}, depth: () => 0 });
  const [reading, starting] = [await readingTools(), launching].map((tools) =>
    tools.map(({ run: _, task: __, needs, isRepeatable, page, ...description }) =>
      JSON.stringify({
        ...description,
        annotations: annotationsOf({ needs, isRepeatable }),
        ...(page === undefined ? {} : { _meta: { ui: { resourceUri: page } } }),
      })
    ).join(",\n")
  );
  return `{ "reading": [\n${reading}\n], "launching": [\n${starting}\n] }\n`;
}

if (import.meta.main) {
  const text = await makeToolList();
  if (!Deno.args.includes("--check")) await Deno.writeTextFile(FILE, text);
  else if (await Deno.readTextFile(FILE).catch(() => "") !== text) {
    console.error(
      "error: src/mcp/tools/tool_list.json is not what the tools are defined as: `deno task tools` makes it.",
    );
    Deno.exit(1);
  }
}
