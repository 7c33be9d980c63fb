/** How work that computes for long leaves room for signals and for those who wait. */
import type { DurationMs } from "../../core/model.ts";

/** How long it may go on before others are heard. */
const BREATH_MS: DurationMs = 50;

/** @returns to be called between steps; says whether others were heard meanwhile */
export function makeBreath(): () => Promise<boolean> {
  let breathedAt = performance.now();
  return async () => {
    if (performance.now() - breathedAt < BREATH_MS) return false;
    await new Promise((resolve) => setTimeout(resolve));
    breathedAt = performance.now();
    return true;
  };
}
