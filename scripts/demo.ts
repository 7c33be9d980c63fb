/**
 * `deno task demo`: the real program over the sample sessions in tests/fixtures, as if they were in somebody's home.
 *
 * A new agent needs no line in this file.
 */
import { join } from "node:path";
import { ALL_AGENTS_NOW, makeAllAgentsHome } from "../tests/support/fixture_homes.ts";
import { demoCommand, demoEnvironment, fetchPackages } from "./demo_program.ts";

/** As one would type them; `--as-of` and `--no-index` are added. */
const COMMANDS: readonly (readonly string[])[] = [
  ["sessions", "--limit", "12"],
  ["cost", "--by", "source"],
  ["cost", "--by", "model", "--limit", "12"],
  ["cache"],
];

async function runDemo(): Promise<number> {
  if (!await fetchPackages()) return 1;
  const directory = await Deno.makeTempDir({ prefix: "opper-agent-demo-" });
  const home = join(directory, "home");
  try {
    makeAllAgentsHome(home);
    const env = await demoEnvironment(home, join(directory, "opper"));
    for (const [index, command] of COMMANDS.entries()) {
      console.log(`${index === 0 ? "" : "\n"}$ opper-agent ${command.join(" ")}`);
      const { code } = await demoCommand([...command, "--as-of", ALL_AGENTS_NOW, "--no-index"], env).status;
      if (code !== 0) return code;
    }
    console.log("\nThese were sample sessions. Over your own: npx -y deno@2.9.6 task -q start");
    return 0;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.exit(await runDemo());
