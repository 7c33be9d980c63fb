/** The program under torture: run to its end, or to the moment at which it is killed, with bytes in and bytes out. */
import { agentEnvironment } from "../../tests/support/run_agent.ts";

export interface AgentRun {
  readonly args: readonly string[];
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly ms: number;
  /** It was still running after {@linkcode TIME_LIMIT_MS}. */
  readonly hangs: boolean;
}

export interface RunPlace {
  readonly home: string;
  readonly opperHome: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** @default nothing: it is at its end */
  readonly input?: string;
  /** Kills it, unless it ends before. @default never */
  readonly killAfterMs?: number;
}

export interface AgentProgram {
  run(args: readonly string[], place: RunPlace, options?: RunOptions): Promise<AgentRun>;
  /** With three pipes. */
  start(args: readonly string[], place: RunPlace): Deno.ChildProcess;
}

/** Far above what anything takes here, also when other processes want both cores. */
export const TIME_LIMIT_MS = 60_000;

/** @param command The program, and what comes before its own arguments */
export function agentProgram([program, ...first]: readonly [program: string, ...args: string[]]): AgentProgram {
  const start = (args: readonly string[], { home, opperHome, env }: RunPlace) =>
    new Deno.Command(program, {
      args: [...first, ...args],
      cwd: home,
      clearEnv: true,
      env: agentEnvironment({ home, opperHome, env }),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  return {
    start,
    async run(args, place, { input = "", killAfterMs } = {}) {
      const startedAt = performance.now();
      const child = start(args, place);
      let hangs = false;
      const kill = () => tryKill(child);
      const limit = setTimeout(() => (hangs = true, kill()), TIME_LIMIT_MS);
      const killing = killAfterMs === undefined ? undefined : setTimeout(kill, killAfterMs);
      const [{ code, signal, stdout, stderr }] = await Promise.all([child.output(), writeAll(child.stdin, input)]);
      clearTimeout(limit);
      clearTimeout(killing);
      const ms = performance.now() - startedAt;
      return { args, code: signal === null ? code : undefined, stdout, stderr, ms, hangs };
    },
  };
}

export function tryKill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has ended already.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whoever ends before it has read all closes the pipe, which is its right. */
async function writeAll(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    if (text !== "") await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe || error instanceof TypeError)) throw error;
  }
}
