/**
 * Makes what the MCP server says before it has loaded anything: src/mcp/tools/tool_list.json, what `tools/list` answers,
 * from the definitions that the tools check arguments by, and the agents' names for its instructions:
 * `deno run -A scripts/build_tool_list.ts [--check]`. With `--check` it changes nothing, and fails where the two differ.
 */
import { fileURLToPath } from "node:url";
import { AGENT_TITLES } from "../src/agents/agents.ts";
import { launchTools } from "../src/mcp/tools/launch_tools.ts";
import { readingTools } from "../src/mcp/tools/reading_tools.ts";
import { annotationsOf } from "../src/mcp/tools/tool_definition.ts";

/** What `tools/list` answers: one tool a line, so that a change of one is a line of the change. */
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
  const files: readonly (readonly [path: string, text: string])[] = [
    ["src/mcp/tools/tool_list.json", await makeToolList()],
    ["src/mcp/agent_titles.json", `${JSON.stringify(AGENT_TITLES)}\n`],
  ];
  for (const [path, text] of files) {
    const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
    if (!Deno.args.includes("--check")) await Deno.writeTextFile(file, text);
    else if (await Deno.readTextFile(file).catch(() => "") !== text) {
      console.error(`error: ${path} is not what the program defines: \`deno task tools\` makes it.`);
      Deno.exit(1);
    }
  }
}
