/** What the page keeps between visits: theme, columns, sort and the like, in localStorage. Nothing of any log. */
import { effect, type Signal, signal } from "@preact/signals-core";

/** Undefined where nothing was kept, or the browser keeps nothing. */
export function readStored(name: string): string | undefined {
  try {
    return localStorage.getItem(`opper-agent ${name}`) ?? undefined;
  } catch {
    // Storage may be forbidden: then nothing is kept.
    return undefined;
  }
}

/** A signal whose value is kept under a name: `const columns = storedSignal("session columns", "cost,cache")`. */
export function storedSignal(name: string, initial: string): Signal<string> {
  const kept = signal(readStored(name) ?? initial);
  effect(() => {
    const { value } = kept;
    try {
      if (value !== initial || readStored(name) !== undefined) localStorage.setItem(`opper-agent ${name}`, value);
    } catch {
      // As above.
    }
  });
  return kept;
}
