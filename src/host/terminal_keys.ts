/** Keys as they are typed, one by one, while the terminal stays what it is otherwise: Ctrl-C is a signal as ever. */
import { keysOf } from "./full_screen.ts";

/**
 * @param onKey called with each key; control characters as they are
 * @returns ends it, and gives the terminal back; undefined where standard input is no terminal
 */
export function readTerminalKeys(onKey: (key: string) => void): (() => void) | undefined {
  if (!Deno.stdin.isTerminal()) return undefined;
  // Windows has no such mode, and no signal of that name.
  const isWindows = Deno.build.os === "windows";
  const take = () => Deno.stdin.setRaw(true, { cbreak: !isWindows });
  take();
  // A shell that gets it back meanwhile sets it for itself.
  if (!isWindows) Deno.addSignalListener("SIGCONT", take);
  let isOpen = true;
  const reader = async () => {
    const buffer = new Uint8Array(256);
    while (isOpen) {
      const count = await Deno.stdin.read(buffer);
      if (count === null) return;
      for (const key of keysOf(new TextDecoder().decode(buffer.subarray(0, count)))) if (isOpen) onKey(key);
    }
  };
  // A terminal that went away says so by a signal.
  reader().catch((error) => {
    if (!(error instanceof Error)) throw error;
  });
  return () => {
    if (!isOpen) return;
    isOpen = false;
    if (!isWindows) Deno.removeSignalListener("SIGCONT", take);
    try {
      Deno.stdin.setRaw(false);
    } catch (error) {
      // It may be gone.
      if (!(error instanceof Error)) throw error;
    }
  };
}
