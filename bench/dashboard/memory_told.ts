/** What a program says of its own memory: tell_memory.ts from outside. */
import { fileURLToPath } from "node:url";
import { waitUntil } from "../../tests/support/wait_until.ts";

/** Flags of `deno run` with which a program says it. */
export const TELLING_FLAGS: readonly string[] = [
  `--preload=${fileURLToPath(new URL("./tell_memory.ts", import.meta.url))}`,
  "--v8-flags=--expose-gc",
];

/** In MB. */
export interface MemoryTold {
  /** What the machine gave it and it did not give back. */
  readonly resident: number;
  /** What V8 keeps for its heap. */
  readonly heap: number;
  /** What is in use of it once all that nobody holds is gone. */
  readonly live: number;
  /** Outside of the heap, held by something in it. */
  readonly external: number;
}

/** @param path `TELL_MEMORY` of the program */
export async function askMemory(path: string): Promise<MemoryTold> {
  const pid = await readPid(path);
  Deno.removeSync(path);
  Deno.kill(pid, "SIGUSR2");
  const { rss, heapTotal, heapUsed, external } = await waitUntil("what it says of its memory", () => read(path));
  const mb = (bytes: number) => bytes / 1e6;
  return { resident: mb(rss!), heap: mb(heapTotal!), live: mb(heapUsed!), external: mb(external!) };
}

/** Of the program that says it. */
export async function readPid(path: string): Promise<number> {
  return (await waitUntil("the program's id", () => read(path)))["pid"]!;
}

function read(path: string): Record<string, number> | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
