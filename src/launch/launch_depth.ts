/** How deep within launches this process is: by its environment, and by the processes above it. Refuses nothing. */
import type { DurationMs } from "../core/model.ts";
import { type ProcessEntry, processesAbove, readProcessTable } from "../host/process_table.ts";
import { DEPTH_VARIABLE } from "../agents/launcher.ts";
import { listLaunches } from "./ledger/ledger.ts";

/** Of a process's start, as the system counts it: whole seconds on some. */
const START_TOLERANCE_MS: DurationMs = 3000;

/**
 * How many launches this process lies within. The environment says so, but many clients strip it before they start a
 * server: then the launches that are running, and the processes above this one, say it as well.
 *
 * @param above from the process that started this one upwards; by default read from the system, none where it has no list
 */
export function launchDepth(
  stateDirectory: string,
  env: Readonly<Record<string, string | undefined>>,
  above: readonly ProcessEntry[] = processesAbove(readProcessTable() ?? []),
): number {
  const said = Number(env[DEPTH_VARIABLE] ?? 0);
  const startOf = new Map(above.map(({ pid, startedAt }) => [pid, startedAt]));
  // A launch is recorded after it began: a process that began later has the id of one that was killed.
  const found = listLaunches(stateDirectory).filter(({ exit, launch: { pid, at } }) =>
    exit === undefined && (startOf.get(pid) ?? Infinity) <= at + START_TOLERANCE_MS
  );
  return Math.max(Number.isSafeInteger(said) ? said : 0, new Set(found.map(({ launch }) => launch.pid)).size);
}
