/**
 * Runs a program to its end and measures it: wall time here, user time and peak memory as the kernel counted them.
 *
 * The latter two need GNU time (`apt-get install time`), which adds about a millisecond to every program alike; without
 * it they are left out. Peak memory is that of the largest process where a program starts others.
 */

export interface Measured {
  readonly wallMs: number;
  readonly userMs?: number;
  readonly peakMb?: number;
}

export interface Program {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** What it says of itself, such as that there is no network, is not shown. @default false */
  readonly isQuiet?: boolean;
}

const GNU_TIME = "/usr/bin/time";

export const hasGnuTime: boolean = await answers([GNU_TIME, "--version"]);

/** Aborted, it ends what runs; no later run begins. */
export const stopRuns = new AbortController();

export interface RunPlace {
  readonly cwd: string;
  /** All that the program gets to see. */
  readonly env: Readonly<Record<string, string>>;
}

/** @throws {Error} when the program fails */
export async function runMeasured({ name, command, isQuiet }: Program, place: RunPlace): Promise<Measured> {
  const file = hasGnuTime ? await Deno.makeTempFile() : undefined;
  const timed = file === undefined ? command : [GNU_TIME, "-o", file, "-f", "%U %M", ...command] as const;
  const start = performance.now();
  const { success, code } = await spawn(timed, place, "null", isQuiet).status;
  const wallMs = performance.now() - start;
  if (!success) throw new Error(`${name} ended with status ${code}: ${command.join(" ")}`);
  if (file === undefined) return { wallMs };
  const [user, kilobytes] = (await Deno.readTextFile(file)).trim().split("\n").at(-1)!.split(" ").map(Number);
  await Deno.remove(file);
  return { wallMs, userMs: user! * 1000, peakMb: kilobytes! * 1024 / 1e6 };
}

/** What the program prints. @throws {Error} when it fails */
export async function runForAnswer({ name, command, isQuiet }: Program, place: RunPlace): Promise<string> {
  const { success, code, stdout } = await spawn(command, place, "piped", isQuiet).output();
  if (!success) throw new Error(`${name} ended with status ${code}: ${command.join(" ")}`);
  return new TextDecoder().decode(stdout);
}

function spawn(
  [program, ...args]: readonly [string, ...string[]],
  place: RunPlace,
  stdout: "null" | "piped",
  isQuiet = false,
) {
  const { signal } = stopRuns;
  signal.throwIfAborted();
  const stderr = isQuiet ? "null" : "inherit";
  return new Deno.Command(program, { args, ...place, clearEnv: true, stdin: "null", stdout, stderr, signal }).spawn();
}

/** Whether a program is there and runs. */
export async function answers([program, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
