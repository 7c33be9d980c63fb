/**
 * Waiting for what must come, however busy the machine is: tests wait for an event and never for a time. The bound is
 * there so that a fault ends in a message and not in a hang.
 */

/** No test waits longer for anything. Twelve busy processes on two cores make a second into some ten. */
export const PATIENCE_MS = 120_000;

/**
 * Looks again and again until there is something.
 *
 * @param look undefined and false are nothing
 * @throws {Error} with `what` and what `state` says, after {@linkcode PATIENCE_MS}
 */
export async function waitUntil<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { everyMs = 20, state }: { readonly everyMs?: number; readonly state?: () => Promise<string> | string } = {},
): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  while (true) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`Waited in vain for ${what}. ${await state?.() ?? ""}`);
    await pause(everyMs);
  }
}

/** For what has no event to wait for. A test must hold however long this takes. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
