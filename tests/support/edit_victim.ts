/**
 * A process that edits a file that cannot be replaced, or recovers, and kills itself right before a given change on disk.
 * Started by tests/edit_crash_test.ts. It makes no claim itself: it reports how many changes it made.
 *
 * Input, as JSON in the first argument: {@linkcode EditOrder}. Output: "steps N".
 */
import { editFile } from "../../src/host/edit_file.ts";
import { recoverInPlace } from "../../src/host/in_place.ts";

export interface EditOrder {
  readonly stateDirectory: string;
  /** Absent: recover instead. */
  readonly edit?: { readonly path: string; readonly text: string };
  /** Number of the change before which it kills itself, from 1. @default none */
  readonly dieAt?: number;
}

/** What the system says of a file that is mounted by itself, when something is to take its name. */
export function busyAt(path: string): (step: string) => void {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (step) => {
    if (step.startsWith("move ") && step.endsWith(` to ${name}`)) {
      throw Object.assign(new Error("EBUSY: resource busy or locked, rename"), { code: "EBUSY" });
    }
  };
}

if (import.meta.main) {
  const { stateDirectory, edit, dieAt }: EditOrder = JSON.parse(Deno.args[0] ?? "{}");
  const refuse = edit === undefined ? () => undefined : busyAt(edit.path);
  let steps = 0;
  const onStep = (name: string) => {
    steps += 1;
    if (steps === dieAt) Deno.kill(Deno.pid, "SIGKILL");
    refuse(name);
  };
  if (edit === undefined) await recoverInPlace({ stateDirectory, onStep });
  else await editFile(edit.path, () => edit.text, { stateDirectory, onStep });
  console.log(`steps ${steps}`);
}
