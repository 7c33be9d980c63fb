/** Time that a processor worked, which is the same however busy the machine is. */
import process from "node:process";

/** Milliseconds that this thread works for what is done: other tests run in other threads. */
export function cpuMsOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** What Linux counts processor time in: hundredths of a second. */
const TICK_MS = 10;

/** Milliseconds that a process has worked so far; undefined where that cannot be asked, or it has ended. */
export function cpuMsOfProcess(pid: number): number | undefined {
  try {
    // Behind the name, which may hold anything: fields 14 and 15 of proc(5), utime and stime.
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
