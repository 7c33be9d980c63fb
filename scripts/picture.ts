/**
 * `deno task picture`: the picture of the README. Runs the program over the sample sessions in a real terminal (tmux),
 * and draws what is on its screen. `deno task test:e2e` holds the picture to the program.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadWidths } from "../src/cli/output/display_width.ts";
import { agentCommand, agentEnvironment, FIXTURE_HOME, withTemporaryDirectory } from "../tests/support/run_agent.ts";
import { requireTmux, Terminal } from "../tests/support/tmux.ts";
import { screenSvg } from "./screen_svg.ts";

export const PICTURE = fileURLToPath(new URL("../docs/picture.svg", import.meta.url));

/** When ten of the sample sessions are warm. */
const WARM_AT = "2026-11-21T00:02:00Z";
const COLUMNS = 100;
const TITLE =
  "opper-agent in a terminal: what today cost, warm caches, the latest sessions, and the cost of each model";

/** What somebody types, and what is run for it: without a time, answers would be of today. */
export const COMMANDS: readonly (readonly [typed: string, args: readonly string[]])[] = [
  ["opper-agent", ["overview", "--as-of", WARM_AT, "--limit", "3"]],
  ["opper-agent cost --by model --limit 4", ["cost", "--by", "model", "--limit", "4", "--as-of", WARM_AT]],
];

/** @returns the SVG */
export async function takePicture(): Promise<string> {
  await requireTmux();
  return await withTemporaryDirectory(async (directory) => {
    const script = COMMANDS.map(([typed, args], index) =>
      `printf '${index === 0 ? "" : "\\n"}\\033[2m$\\033[22m %s\\n' '${typed}'; ${
        [...agentCommand(), ...args].join(" ")
      }`
    ).join(" && ");
    await using terminal = await Terminal.open(join(directory, "tmux"), {
      command: ["sh", "-c", script],
      cwd: directory,
      env: agentEnvironment({ home: FIXTURE_HOME, opperHome: join(directory, "opper") }),
      columns: COLUMNS,
      rows: 60,
    });
    await terminal.waitForScreen(/ENDED WITH 0/);
    const screen = (await terminal.colouredScreen()).replace(/\n[^\n]*ENDED WITH 0[^]*$/, "");
    await loadWidths();
    return screenSvg(screen, { columns: COLUMNS, title: TITLE });
  });
}

if (import.meta.main) await Deno.writeTextFile(PICTURE, await takePicture());
