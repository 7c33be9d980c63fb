/** Runs a script that does some work on disk and may kill itself before one of its changes: it prints `steps N` at its end. */
import { strictEqual } from "node:assert/strict";

/**
 * @param script beside this file
 * @param order what it is to do; survives JSON
 * @returns how many changes it made, or undefined when it was killed
 */
export async function runVictim(script: string, order: object): Promise<number | undefined> {
  const path = new URL(script, import.meta.url).pathname;
  const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--no-check", path, JSON.stringify(order)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (signal === "SIGKILL") return undefined;
  strictEqual(code, 0, new TextDecoder().decode(stderr));
  return Number(/^steps (\d+)$/m.exec(new TextDecoder().decode(stdout))![1]);
}
