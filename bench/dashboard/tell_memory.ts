/**
 * Preloaded into the program (`deno run --preload --v8-flags=--expose-gc`): on SIGUSR2 it throws away what nobody holds, and
 * writes what is left to the file that TELL_MEMORY names. Before the first one, that file has the program's id.
 */
import process from "node:process";

const path = Deno.env.get("TELL_MEMORY");
const { gc } = globalThis as { gc?: () => void };

if (path !== undefined) {
  Deno.addSignalListener("SIGUSR2", () => {
    const before = process.memoryUsage();
    gc?.();
    gc?.();
    const { heapUsed, external } = process.memoryUsage();
    write(path, { rss: before.rss, heapTotal: before.heapTotal, heapUsed, external });
  });
  write(path, {});
}

function write(path: string, figures: object): void {
  // Whole, for whoever reads it meanwhile.
  Deno.writeTextFileSync(`${path}~`, JSON.stringify({ pid: Deno.pid, ...figures }));
  Deno.renameSync(`${path}~`, path);
}
