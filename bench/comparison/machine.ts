/** What the figures are of, in a line: machine, program and day. */
import { VERSION } from "../../src/core/version.ts";

/** @param program The command that was measured. @default this source */
export async function describeMachine(program = "this source"): Promise<string> {
  const cores = navigator.hardwareConcurrency;
  const { total } = Deno.systemMemoryInfo();
  return `${await cpuName()}, ${cores} cores, ${Math.round(total / 2 ** 30)} GiB of memory, ` +
    `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}, Deno ${Deno.version.deno}; ` +
    `opper-agent ${VERSION} (${program}) at load ${Deno.loadavg()[0]!.toFixed(1)}, ${
      new Date().toISOString().slice(0, 10)
    }`;
}

async function cpuName(): Promise<string> {
  try {
    const name = /^model name\s*:\s*(.+)$/m.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1];
    return name ?? "CPU without a name";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "CPU of unknown name";
    throw error;
  }
}
