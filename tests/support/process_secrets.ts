/** What processes know: their arguments and environment, as anybody of the same user can read them on Linux. */
import { join } from "node:path";

/** Those below a process, without itself, that hold a text: `<pid> <file> <program>` each. Linux only: elsewhere none. */
export async function processesHolding(root: number, text: string): Promise<readonly string[]> {
  if (Deno.build.os !== "linux") return [];
  const holding: string[] = [];
  for (const pid of await processesBelow(root)) {
    const command = await readProcess(pid, "cmdline");
    const held = ["cmdline", "environ"].map(async (name) => [name, await readProcess(pid, name)] as const);
    for (const [name, content] of await Promise.all(held)) {
      if (content.includes(text)) holding.push(`${pid} ${name} ${command.replaceAll("\0", " ").slice(0, 100)}`);
    }
  }
  return holding;
}

/** Ids of all that a process has started, and what those have. @throws {Error} when it has started nothing */
export async function processesBelow(root: number): Promise<readonly number[]> {
  const parents = new Map<number, number>();
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // `pid (name of the program, with any signs) state parent …`
    const [, parent] = (await readProcess(Number(name), "stat")).replace(/^.*\) /s, "").split(" ");
    parents.set(Number(name), Number(parent));
  }
  const below = (pid: number): number[] =>
    [...parents].filter(([, parent]) => parent === pid).flatMap(([child]) => [child, ...below(child)]);
  const found = below(root);
  if (found.length === 0) throw new Error(`Process ${root} has started nothing.`);
  return found;
}

/** Whether a process is there, and not only its status. Linux only. */
export async function isRunning(pid: number): Promise<boolean> {
  const [state] = (await readProcess(pid, "stat")).replace(/^.*\) /s, "").split(" ");
  return state !== undefined && state !== "" && state !== "Z";
}

/** Empty for one that has ended. */
async function readProcess(pid: number, name: string): Promise<string> {
  try {
    return await Deno.readTextFile(join("/proc", String(pid), name));
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound || (error instanceof Error && /ESRCH|No such process/.test(error.message))
    ) {
      return "";
    }
    throw error;
  }
}
