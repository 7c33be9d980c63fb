/**
 * `deno task demo`: the real program over the sample sessions in tests/fixtures/home, as if that were somebody's home.
 *
 * Nothing of this machine's own logs and settings is shown: no variable reaches the program but those named here. A new
 * agent therefore needs no line in this file.
 */
import { fileURLToPath } from "node:url";

const HOME = fileURLToPath(new URL("../tests/fixtures/home", import.meta.url));
const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
/** Just after the last sample session, when some caches are still warm. */
const NOW = "2026-11-21T00:02:00Z";

const COMMANDS: readonly (readonly string[])[] = [
  ["sessions", "--as-of", NOW, "--limit", "12"],
  ["cost", "--by", "model"],
  ["cache", "--as-of", NOW],
];

/** How the terminal is, and what Windows needs to start a program. */
const PASSED_ON = ["PATH", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "SystemRoot"];

/** With another home, Deno would look for its packages elsewhere and fetch them again. */
async function denoDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

async function runDemo(): Promise<number> {
  const opperHome = await Deno.makeTempDir({ prefix: "opper-agent-demo-" });
  try {
    const env = {
      ...Object.fromEntries(PASSED_ON.flatMap((name) => Deno.env.has(name) ? [[name, Deno.env.get(name)!]] : [])),
      HOME,
      USERPROFILE: HOME,
      OPPER_HOME: opperHome,
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
    await Deno.remove(opperHome, { recursive: true });
  }
}

Deno.exit(await runDemo());
