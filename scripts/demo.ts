/**
 * `deno task demo`: the real program over the sample sessions in tests/fixtures, as if they were in somebody's home.
 *
 * Nothing of this machine's own logs and settings is shown: no variable reaches the program but those named here. A new
 * agent therefore needs no line in this file.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ALL_AGENTS_NOW, makeAllAgentsHome } from "../tests/support/fixture_homes.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** As one would type them; `--as-of` and `--no-index` are added. */
const COMMANDS: readonly (readonly string[])[] = [
  ["sessions", "--limit", "12"],
  ["cost", "--by", "source"],
  ["cost", "--by", "model", "--limit", "12"],
  ["cache"],
];

/** How the terminal is, and what Windows needs to start a program. */
const PASSED_ON = ["PATH", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "SystemRoot"];

/**
 * Fetches the few packages that the program needs, with one line instead of one a package.
 *
 * @returns false when that failed; why is then on standard error
 */
async function fetchPackages(): Promise<boolean> {
  const args = ["cache", "--frozen", "main.ts", "program.ts"];
  const isTerminal = Deno.stderr.isTerminal();
  if (isTerminal) console.error("Fetching packages from npm…");
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  if (!success) console.error(new TextDecoder().decode(stderr));
  else if (isTerminal) await Deno.stderr.write(new TextEncoder().encode("\x1b[1A\x1b[2K"));
  return success;
}

/** With another home, Deno would look for its packages elsewhere and fetch them again. */
async function denoDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

async function runDemo(): Promise<number> {
  if (!await fetchPackages()) return 1;
  const directory = await Deno.makeTempDir({ prefix: "opper-agent-demo-" });
  const home = join(directory, "home");
  try {
    makeAllAgentsHome(home);
    const env = {
      ...Object.fromEntries(PASSED_ON.flatMap((name) => Deno.env.has(name) ? [[name, Deno.env.get(name)!]] : [])),
      HOME: home,
      USERPROFILE: home,
      OPPER_HOME: join(directory, "opper"),
      TZ: "UTC",
      DENO_DIR: await denoDirectory(),
      DENO_NO_UPDATE_CHECK: "1",
    };
    for (const [index, command] of COMMANDS.entries()) {
      console.log(`${index === 0 ? "" : "\n"}$ opper-agent ${command.join(" ")}`);
      const args = [
        "run",
        "-A",
        "--quiet",
        "--frozen",
        join(ROOT, "main.ts"),
        ...command,
        "--as-of",
        ALL_AGENTS_NOW,
        "--no-index",
      ];
      const { code } = await new Deno.Command(Deno.execPath(), { args, env, clearEnv: true }).spawn().status;
      if (code !== 0) return code;
    }
    console.log("\nThese were sample sessions. Over your own: npx -y deno@2.9.6 task -q start");
    return 0;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.exit(await runDemo());
