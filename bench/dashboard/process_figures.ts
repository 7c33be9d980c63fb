/** What a process and all that it started take of a machine. Of Linux alone. */

/** Ticks of the kernel's clock a second: the same on every Linux that is built as usual. */
const TICKS_A_SECOND = 100;

/** Seconds of processor time since its start. */
export function processorSeconds(pid: number): number {
  return sum(treeOf(pid), (each) => {
    const fields = statOf(each);
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  });
}

/** Resident memory. */
export function residentMb(pid: number): number {
  return sum(treeOf(pid), (each) => Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${each}/status`))?.[1] ?? 0) / 1024);
}

/** Processes that it started and that are there. */
export function childrenOf(pid: number): readonly number[] {
  return read(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
}

function treeOf(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

/** Behind the name, which may hold anything. */
function statOf(pid: number): readonly string[] {
  return read(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    // It ended meanwhile.
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + (of(pid) || 0), 0);
}
