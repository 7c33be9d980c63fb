/**
 * `deno task demo`: the real program over the sample sessions in tests/fixtures, as if they were in somebody's home.
 *
 * Nothing of this machine's own logs and settings is shown: no variable reaches the program but those named here. A new
 * agent therefore needs no line in this file.
 */
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FIXTURES = fileURLToPath(new URL("../tests/fixtures", import.meta.url));
const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
/** Just after the last sample session, when some caches are still warm. */
const NOW = "2026-11-26T04:27:00Z";

const COMMANDS: readonly (readonly string[])[] = [
  ["sessions", "--as-of", NOW, "--limit", "12"],
  ["cost", "--by", "source"],
  ["cost", "--by", "model", "--limit", "12"],
  ["cache", "--as-of", NOW],
];

/** How the terminal is, and what Windows needs to start a program. */
const PASSED_ON = ["PATH", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "SystemRoot"];

/** With another home, Deno would look for its packages elsewhere and fetch them again. */
async function denoDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

/** One with the sessions of every agent. A copy: databases are opened where they lie. */
function makeHome(home: string): void {
  const sources = join(FIXTURES, "sources");
  const homes = [join(FIXTURES, "home"), ...readdirSync(sources).map((name) => join(sources, name, "home"))];
  for (const from of homes) cpSync(from, home, { recursive: true });
}

async function runDemo(): Promise<number> {
  const directory = await Deno.makeTempDir({ prefix: "opper-agent-demo-" });
  const home = join(directory, "home");
  try {
    makeHome(home);
    const env = {
      ...Object.fromEntries(PASSED_ON.flatMap((name) => Deno.env.has(name) ? [[name, Deno.env.get(name)!]] : [])),
      HOME: home,
      USERPROFILE: home,
      OPPER_HOME: join(directory, "opper"),
      TZ: "UTC",
      DENO_DIR: await denoDirectory(),
    };
    for (const [index, command] of COMMANDS.entries()) {
      if (index > 0) console.log();
      const args = ["run", "-A", "--frozen", MAIN, ...command, "--no-index"];
      const { code } = await new Deno.Command(Deno.execPath(), { args, env, clearEnv: true }).spawn().status;
      if (code !== 0) return code;
    }
    return 0;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.exit(await runDemo());
