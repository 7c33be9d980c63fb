/**
 * Ends a program that was started in our place when we are killed: it builds on us, and would wait for us without end.
 *
 * Nothing runs in a killed process, so that a shell beside it waits, reading from a pipe that we hold: the pipe ends with
 * us, however we end.
 */

/** It hears no signal of the terminal's: it must be there when we are not. The program has five seconds to end by itself. */
const SCRIPT = `trap '' INT TERM HUP QUIT
read -r word && exit 0
kill -TERM "$1" 2>/dev/null || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10; do
  sleep 0.5 2>/dev/null || sleep 1
  kill -0 "$1" 2>/dev/null || break
done
kill -KILL "$1" 2>/dev/null
printf '%s\n' "$2" >&2`;

/** While a program runs. */
export interface ChildGuard {
  /** The program has ended, and so does this. */
  close(): Promise<void>;
}

/**
 * @param pid of the program
 * @param said what people are told after it was ended
 * @returns undefined where there is no shell to wait
 */
export function guardChild(pid: number, said: string): ChildGuard | undefined {
  if (Deno.build.os === "windows") return undefined;
  let shell: Deno.ChildProcess;
  try {
    shell = new Deno.Command("/bin/sh", {
      args: ["-c", SCRIPT, "sh", String(pid), said],
      cwd: "/",
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
      stdin: "piped",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
  return {
    async close() {
      const writer = shell.stdin.getWriter();
      try {
        await writer.write(new TextEncoder().encode("done\n"));
        await writer.close();
      } catch (error) {
        // Somebody killed it: there is nothing left to end.
        if (!(error instanceof Error)) throw error;
      }
      await shell.status;
    },
  };
}
