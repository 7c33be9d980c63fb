/**
 * A process that places files and takes them away, or recovers, and kills itself right before a given change on disk.
 * Started by tests/crash_test.ts. It makes no claim itself: it reports how many changes it made.
 *
 * Input, as JSON in the first argument: {@linkcode VictimOrder}. Output: "placed", and at the end "steps N".
 */
import { placeFiles } from "../../src/launch/placed/place_files.ts";
import { recoverPlaced } from "../../src/launch/placed/recover_placed.ts";
import type { TransientFile } from "../../src/agents/launcher.ts";

export interface VictimOrder {
  readonly stateDirectory: string;
  /** Absent: recover instead. */
  readonly place?: { readonly launchId: string; readonly files: readonly TransientFile[] };
  /** Number of the change before which it kills itself, from 1. @default none */
  readonly dieAt?: number;
  /** Whether to wait for the end of standard input between placing and releasing. @default false */
  readonly hold?: boolean;
  /** Absolute paths to recover at, besides those that the state directory knows. @default none */
  readonly places?: readonly string[];
  /** How locks fail: there are none, or nobody else sees them. @default they work */
  readonly locks?: "none" | "unseen";
}

/** What a file system does that has no locks, as NFS without its daemon, or that keeps them to each machine. */
function breakLocks(how: VictimOrder["locks"]): void {
  if (how === undefined) return;
  Deno.FsFile.prototype.tryLockSync = () => {
    if (how === "none") throw new Error("No locks available (os error 37)");
    return true;
  };
}

if (import.meta.main) {
  const order: VictimOrder = JSON.parse(Deno.args[0] ?? "{}");
  const { stateDirectory, place, dieAt, hold, places, locks } = order;
  breakLocks(locks);
  let steps = 0;
  const onStep = () => {
    steps += 1;
    if (steps === dieAt) Deno.kill(Deno.pid, "SIGKILL");
  };
  if (place === undefined) {
    for (const { outcome } of await recoverPlaced(stateDirectory, { places, onStep })) console.log(outcome);
  } else {
    const placed = await placeFiles(place.files, { stateDirectory, launchId: place.launchId, onStep });
    console.log("placed");
    onStep();
    if (hold) {
      for await (const _ of Deno.stdin.readable) { /* until whoever started it closes the pipe */ }
    }
    for (const message of await placed.release()) console.log(message);
  }
  console.log(`steps ${steps}`);
}
