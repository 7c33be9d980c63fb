/**
 * The real program for the demos, with a home of samples: no variable reaches it but those named here, and nothing of this
 * machine's own logs and settings is shown.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** How the terminal is, and what Windows needs to start a program. */
const PASSED_ON = ["PATH", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "SystemRoot"];

/**
 * Fetches the few packages that the program needs, with one line instead of one a package.
 *
 * @returns false when that failed; why is then on standard error
 */
export async function fetchPackages(): Promise<boolean> {
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

/** @param opperHome Where the index goes, and what else the program keeps */
export async function demoEnvironment(home: string, opperHome: string): Promise<Record<string, string>> {
  return {
    ...Object.fromEntries(PASSED_ON.flatMap((name) => Deno.env.has(name) ? [[name, Deno.env.get(name)!]] : [])),
    HOME: home,
    USERPROFILE: home,
    OPPER_HOME: opperHome,
    TZ: "UTC",
    DENO_DIR: await denoDirectory(),
    DENO_NO_UPDATE_CHECK: "1",
  };
}

/** Runs the program from source. */
export function demoCommand(
  args: readonly string[],
  env: Record<string, string>,
  options: Pick<Deno.CommandOptions, "stdout"> = {},
): Deno.ChildProcess {
  const run = ["run", "-A", "--quiet", "--frozen", join(ROOT, "main.ts"), ...args];
  return new Deno.Command(Deno.execPath(), { args: run, env, clearEnv: true, ...options }).spawn();
}
