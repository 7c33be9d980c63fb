/**
 * Takes away what killed launches left in their own directories below our state directory: settings and lists of models
 * for an agent, beside the ledger, which stays. They hold no key, and at most a token that died with the launch.
 */
import { join } from "node:path";
import type { DurationMs, EpochMs } from "../core/model.ts";
import { listOwnDirectory, removeOwnFile } from "../host/own_file.ts";
import { type ProcessEntry, readProcessTable } from "../host/process_table.ts";
import { launchDirectory, launchIds, ledgerPath, readLedger } from "./ledger/ledger.ts";

/** A launch in another container shares the directory, and its process is not to be seen from here. */
const SURELY_OVER_MS: DurationMs = 24 * 3_600_000;

/** Never fails for what cannot be removed: the next one tries again. */
export function removeLeftFiles(
  stateDirectory: string,
  now: EpochMs,
  readTable: () => readonly ProcessEntry[] | undefined = readProcessTable,
): void {
  let running: ReadonlySet<number> | undefined;
  const isRunning = (pid: number) => {
    const table = running === undefined ? readTable() : undefined;
    // What cannot be told may run.
    running ??= table && new Set(table.map(({ pid }) => pid));
    return running?.has(pid) ?? true;
  };
  for (const launchId of launchIds(stateDirectory)) {
    const directory = launchDirectory(stateDirectory, launchId);
    const path = ledgerPath(stateDirectory, launchId);
    const left = listOwnDirectory(directory).map((name) => join(directory, name)).filter((file) => file !== path);
    if (left.length === 0) continue;
    const ledger = readLedger(path);
    // Being made just now.
    if (ledger === undefined) continue;
    const { exit, launch: { at, pid } } = ledger;
    const isOver = exit !== undefined || (now - at > SURELY_OVER_MS && !isRunning(pid));
    if (isOver) { for (const file of left) remove(file); }
  }
}

function remove(file: string): void {
  try {
    removeOwnFile(file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}
