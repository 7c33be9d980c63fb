/**
 * The whole terminal for a while: an alternate screen, and keys as they are typed. However it ends, by its own close, a
 * signal or an uncaught error, the terminal is as it was; what is drawn is the caller's.
 *
 * SIGKILL leaves no time for that. So nothing is set that a shell's next prompt does not survive: the cursor stays
 * visible, lines wrap, and the whole screen scrolls. Shells that edit lines set the terminal's mode themselves; what is
 * left is the other screen, which `reset` ends.
 *
 * On Windows there is no SIGWINCH, SIGTERM, SIGHUP or SIGTSTP: a changed size is noticed within a second, closing the
 * console ends the process with it, and Ctrl-Z does nothing.
 */
import process from "node:process";
import type { DurationMs } from "../core/model.ts";
import { AgentError } from "../core/errors.ts";
import { writeStdout } from "./terminal.ts";

export type ScreenEvent =
  /** One character; control characters as they are. */
  | { readonly kind: "key"; readonly key: string }
  /** All has to be drawn anew: the size changed, or something else was on the screen. */
  | { readonly kind: "redraw" }
  /** The time is up. */
  | { readonly kind: "time" }
  /** Nobody is there any more. */
  | { readonly kind: "end" };

/** In characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface FullScreen {
  size(): ScreenSize;
  write(text: string): void;
  /** What happens next, within a time. */
  next(timeoutMs: DurationMs): Promise<ScreenEvent>;
  /** Ctrl-Z: gives the terminal back and stops the process until it is continued. */
  suspend(): void;
  close(): void;
}

const ENTER = "\x1b[?1049h\x1b[2J\x1b[H";
const LEAVE = "\x1b[0m\x1b[?25h\x1b[?1049l";

const IS_WINDOWS = Deno.build.os === "windows";
const ENDING: readonly Deno.Signal[] = IS_WINDOWS ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** Standard output must be a terminal. Keys come only when standard input is one too. */
export function openFullScreen(): FullScreen {
  const events: ScreenEvent[] = [];
  let wake: (() => void) | undefined;
  const put = (event: ScreenEvent) => {
    events.push(event);
    wake?.();
  };
  const hasKeys = Deno.stdin.isTerminal();
  let isOpen = false;
  let drawnFor = readSize();

  const enter = () => {
    isOpen = true;
    if (hasKeys) Deno.stdin.setRaw(true);
    write(ENTER);
  };
  const leave = () => {
    if (!isOpen) return;
    isOpen = false;
    write(LEAVE);
    // The terminal may be gone, and nothing to give back.
    if (hasKeys) ignoreErrors(() => Deno.stdin.setRaw(false));
  };
  /** Never throws: who closes has nobody to tell. */
  const write = (text: string) => {
    try {
      if (!writeStdout(text)) put({ kind: "end" });
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      put({ kind: "end" });
    }
  };

  const stops: (() => void)[] = [];
  const listen = (signal: Deno.Signal, listener: () => void) => {
    Deno.addSignalListener(signal, listener);
    stops.push(() => Deno.removeSignalListener(signal, listener));
  };
  const close = () => {
    leave();
    for (const stop of stops.splice(0)) stop();
  };
  for (const signal of ENDING) {
    listen(signal, () => {
      close();
      // Now that nobody listens, it does what it would have done.
      Deno.kill(Deno.pid, signal);
    });
  }
  if (!IS_WINDOWS) {
    listen("SIGWINCH", () => put({ kind: "redraw" }));
    listen("SIGCONT", () => {
      enter();
      put({ kind: "redraw" });
    });
  }
  for (const event of ["error", "unhandledrejection", "unload"]) {
    globalThis.addEventListener(event, close);
    stops.push(() => globalThis.removeEventListener(event, close));
  }

  enter();
  if (hasKeys) void readKeys(put);
  return {
    size() {
      drawnFor = readSize();
      return drawnFor;
    },
    write,
    async next(timeoutMs) {
      if (events.length === 0) {
        let timer: ReturnType<typeof setTimeout> | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          timer = setTimeout(resolve, timeoutMs);
        });
        clearTimeout(timer);
        wake = undefined;
      }
      const event = events.shift();
      if (event !== undefined) return event;
      const { columns, rows } = readSize();
      return { kind: columns === drawnFor.columns && rows === drawnFor.rows ? "time" : "redraw" };
    },
    suspend() {
      if (IS_WINDOWS) return;
      leave();
      // The group, as the terminal would do it: whatever started us, such as npx, stops with us.
      process.kill(0, "SIGTSTP");
    },
    close,
  };
}

/** What a terminal that does not say is taken for. */
const USUAL: ScreenSize = { columns: 80, rows: 24 };

function readSize(): ScreenSize {
  try {
    const { columns, rows } = Deno.consoleSize();
    return columns > 0 && rows > 0 ? { columns, rows } : USUAL;
  } catch (error) {
    if (error instanceof Error) return USUAL;
    throw error;
  }
}

async function readKeys(put: (event: ScreenEvent) => void): Promise<void> {
  const buffer = new Uint8Array(256);
  try {
    for (;;) {
      const count = await Deno.stdin.read(buffer);
      if (count === null) break;
      for (const key of keysOf(new TextDecoder().decode(buffer.subarray(0, count)))) put({ kind: "key", key });
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  put({ kind: "end" });
}

/** What was typed, without what cursor keys, mice and pasting send in escape sequences. */
export function keysOf(text: string): string[] {
  // deno-lint-ignore no-control-regex
  return [...text.replace(/\x1b(?:[[O][0-?]*[ -/]*[@-~])?/g, "")];
}

function ignoreErrors(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
