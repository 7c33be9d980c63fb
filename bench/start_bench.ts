/** What it takes to start the program from source, beside starting nothing. Set OPPER_AGENT_BINARY to measure a binary. */
import { agentCommand, agentEnvironment } from "../tests/support/run_agent.ts";

const EMPTY = new URL("comparison/empty_program.ts", import.meta.url).pathname;
const ROOT = new URL("../", import.meta.url).pathname;
const home = Deno.makeTempDirSync({ prefix: "opper-agent-bench-" });
globalThis.addEventListener("unload", () => Deno.removeSync(home, { recursive: true }));

async function start([program, ...args]: readonly string[]): Promise<void> {
  const env = agentEnvironment({ home });
  const { success } = await new Deno.Command(program!, { args, cwd: ROOT, clearEnv: true, env, stdin: "null" })
    .output();
  if (!success) throw new Error(`It did not start: ${program} ${args.join(" ")}`);
}

const empty = [Deno.execPath(), "run", "-A", "--no-prompt", "--cached-only", "--frozen", EMPTY];
Deno.bench("an empty program", { group: "start", baseline: true }, () => start(empty));
Deno.bench("--version", { group: "start" }, () => start([...agentCommand(), "--version"]));
Deno.bench("--help", { group: "start" }, () => start([...agentCommand(), "--help"]));
Deno.bench("sessions of an empty home", { group: "start" }, () => start([...agentCommand(), "sessions"]));
