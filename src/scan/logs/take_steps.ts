/** Takes the steps of a long piece of work with pauses in between, in which other work is done. */
import type { DurationMs } from "../../core/model.ts";
import { guardedReason } from "../../host/permissions.ts";

/** How long to work between two breaths: the clock is asked, not the event loop. */
export const BREATH_MS: DurationMs = 20;

/** The work's own error is handed back, so that it cannot be taken for one of the pause. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** Of an outcome's error. */
export function whyUnreadable(error: unknown): string {
  return guardedReason(error) ?? (error instanceof Error ? error.message : String(error));
}

/** @param onStep Called and waited for before the first step and then every few, with what the last one yielded */
export async function takeSteps<T>(
  steps: Generator<number, T>,
  onStep: (done: number) => Promise<void>,
): Promise<Outcome<T>> {
  try {
    await onStep(0);
    let breathedAt = performance.now();
    for (;;) {
      let step: IteratorResult<number, T>;
      try {
        step = steps.next();
      } catch (error) {
        return { error };
      }
      if (step.done) return { value: step.value };
      if (performance.now() - breathedAt < BREATH_MS) continue;
      await onStep(step.value);
      breathedAt = performance.now();
    }
  } finally {
    // Lets the work clean up when the pause ended it.
    steps.return(undefined as T);
  }
}

/** The same at once: nothing else is done meanwhile. @throws whatever the work throws */
export function takeAllSteps<T>(steps: Generator<number, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
