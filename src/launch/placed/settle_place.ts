/** Taking a placed file away when nobody needs it any more, whoever finds that: the last launch out, or a recovery. */
import { AgentError } from "../../core/errors.ts";
import { kindOf, type OnStep } from "../../host/atomic_file.ts";
import { removeDirectories, restoreByContent, type Restored, restoreTarget } from "./change.ts";
import { type NotedPlace, removePlace } from "./journal.ts";
import { recordDirectory } from "./paths.ts";
import { livingLaunches, readEntry, type RecordUse, removeEntry } from "./record.ts";

/** One thing that was found to be left by a launch that died. */
export interface RecoveryNote {
  /** As the launch named it; for `unreadable` the journal's own file. */
  readonly path: string;
  /**
   * `restored`: what was there before is back. `removed`: ours is gone. `kept`: somebody changed it since, so it is
   * theirs. `failed`: could not be repaired now. `unreadable`: the journal is damaged, and was put aside.
   */
  readonly outcome: "restored" | "removed" | "kept" | "failed" | "unreadable";
  /** Sentence for the user. */
  readonly message: string;
}

/** Takes away what no living launch needs. The lock of the record must be held. */
export function settle({ path, target }: NotedPlace, onStep: OnStep | undefined): RecordUse<Restored | undefined> {
  if (livingLaunches(target, onStep).length > 0) return { value: undefined, isDone: false };
  return { value: restore(path, target, onStep), isDone: true };
}

/** @throws {AgentError} failed, for what a newer version of ours has left */
export function restore(path: string, target: string, onStep: OnStep | undefined): Restored {
  const found = readEntry(path, target);
  if (found.state === "newer") {
    throw new AgentError(
      "failed",
      'a newer version of opper-agent left it, and only "recover" of that one can read it',
    );
  }
  const restored = found.state === "ok" ? restoreTarget(found.entry, onStep) : restoreByContent(path, target, onStep);
  removeEntry(target, onStep);
  return restored;
}

/** When the record is gone: the directories that were made for it go, and then nothing has to be known any more. */
export function finishPlace(
  place: NotedPlace,
  more: readonly string[],
  stateDirectory: string,
  onStep: OnStep | undefined,
): void {
  if (kindOf(recordDirectory(place.target)) !== "missing") return;
  removeDirectories(outermostFirst([...place.directories, ...more]), onStep);
  removePlace(stateDirectory, place.target, onStep);
}

/** Each directory once, in the order in which they were made. */
export function outermostFirst(directories: readonly string[]): readonly string[] {
  return [...new Set(directories)].sort((a, b) => a.length - b.length);
}

/** What a launch that died had left, and is repaired now; undefined when it was nothing. */
export function describeRestored(path: string, restored: Restored): RecoveryNote | undefined {
  switch (restored.outcome) {
    case "untouched":
      return undefined;
    case "restored":
      return { path, outcome: "restored", message: `"${path}" is back as it was before a launch that was killed.` };
    case "removed":
      return { path, outcome: "removed", message: `The file that a killed launch had left at "${path}" is removed.` };
    case "kept":
      return { path, outcome: "kept", message: restored.message };
  }
}
