/** The file in which a scan leaves its figures for status lines. A prompt waits for what this loads. */
import type { Machine } from "../../core/machine.ts";
import { stateDirectory } from "../../host/environment.ts";
import { readTextFileIfAny } from "../../host/files.ts";
import { join } from "../../host/paths.ts";
import { SNAPSHOT_VERSION } from "../../operations/live/status_line.ts";
import type { StatusSnapshot } from "../../operations/live/status_snapshot.ts";

/** Where the last scan left its figures, and the lock of whoever makes the next. */
export function snapshotPaths(environment: Machine): { readonly snapshot: string; readonly lock: string } {
  const directory = stateDirectory(environment);
  return { snapshot: join(directory, "statusline.json"), lock: join(directory, "statusline.lock") };
}

/** What the day of a snapshot depends on. */
export function zoneOf({ env }: Machine): string {
  return env["TZ"] ?? "";
}

/** @returns undefined when there is none, or one of another shape */
export function readSnapshot(path: string): StatusSnapshot | undefined {
  const text = readTextFileIfAny(path);
  if (text === undefined) return undefined;
  try {
    const snapshot = JSON.parse(text) as Partial<StatusSnapshot> | null;
    // We wrote it ourselves, as a whole: its outline tells whether it is that, and nothing checks the rest.
    const isWhole = snapshot?.version === SNAPSHOT_VERSION && snapshot.takenAt !== undefined &&
      [snapshot.sessions, snapshot.lifetimes, snapshot.wanted].every(Array.isArray);
    return isWhole ? snapshot as StatusSnapshot : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
