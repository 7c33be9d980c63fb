/** How long this process has had a processor. */
import process from "node:process";
import type { DurationMs } from "../core/model.ts";

/** Of all its threads. On a busy machine it stays behind the clock. */
export function readProcessorTime(): DurationMs {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
