/** Runs the real program in a fresh directory: nothing of the developer's home, zone or environment reaches it. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

export interface AgentRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The user's home. */
  readonly home: string;
  /** Where the index goes. @default `<home>/.opper` */
  readonly opperHome?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** What a compiled binary replaces: set OPPER_AGENT_BINARY to test one, absolute or from the working directory. */
export function agentCommand(): readonly [program: string, ...args: string[]] {
  const binary = Deno.env.get("OPPER_AGENT_BINARY");
  return binary ? [resolve(binary)] : sourceCommand([]);
}

function sourceCommand(denoFlags: readonly string[]): readonly [program: string, ...args: string[]] {
  return [Deno.execPath(), "run", "-A", "--no-prompt", "--cached-only", "--frozen", ...denoFlags, MAIN];
}

export function runAgent(args: readonly string[], options: RunOptions): Promise<AgentRun> {
  return runCommand([...agentCommand(), ...args], options);
}

/** Never the compiled program. @param denoFlags For what only Deno can see, such as what was loaded */
export function runSource(
  args: readonly string[],
  options: RunOptions,
  denoFlags: readonly string[],
): Promise<AgentRun> {
  return runCommand([...sourceCommand(denoFlags), ...args], options);
}

async function runCommand([program, ...args]: readonly string[], options: RunOptions): Promise<AgentRun> {
  const output = await new Deno.Command(program!, {
    args,
    cwd: options.cwd ?? options.home,
    clearEnv: true,
    env: agentEnvironment(options),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

/**
 * Runs the program as somebody who is bound by permissions. Root is not: without CAP_DAC_OVERRIDE it is, like anybody.
 */
export async function runAgentAsNobody(args: readonly string[], options: RunOptions): Promise<AgentRun> {
  if (Deno.uid() !== 0) return await runAgent(args, options);
  const bound = ["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--"];
  return await runCommand(["setpriv", ...bound, ...agentCommand(), ...args], options);
}

/** All that the program gets to see of the machine. */
export function agentEnvironment(options: RunOptions): Record<string, string> {
  return {
    HOME: options.home,
    PATH: Deno.env.get("PATH") ?? "",
    TZ: "UTC",
    DENO_DIR: Deno.env.get("DENO_DIR") ?? defaultDenoDir(),
    DENO_NO_UPDATE_CHECK: "1",
    ...(options.opperHome === undefined ? {} : { OPPER_HOME: options.opperHome }),
    ...options.env,
  };
}

/** Where Deno keeps npm packages when DENO_DIR is not set: a run with another HOME would fetch them all again. */
function defaultDenoDir(): string {
  return `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;
}

/** A directory that goes away with the test. */
export async function withTemporaryDirectory<T>(body: (path: string) => Promise<T> | T): Promise<T> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "opper-agent-test-" }));
  try {
    return await body(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

/** The home directory of real sessions that ships with the tests. */
export const FIXTURE_HOME = fileURLToPath(new URL("../fixtures/home", import.meta.url));

/** Just after the last record of the fixture home. */
export const FIXTURE_NOW = "2026-11-21T00:10:00Z";
