/**
 * Preloaded into the program (`deno run --preload`): from SIGUSR1 on, its clocks jump to whatever it waits for next, so that
 * the ticks of hours pass in minutes. What is done in a tick takes as long as ever, by its own clocks too, so that it rests
 * as often as it would. Says now and then how many seconds were jumped over, in the file that FAST_CLOCK names.
 */
const wait = globalThis.setTimeout;
const elapsed = performance.now.bind(performance);
const clock = Date.now;
/** Milliseconds between two ticks that are left: others get their turn. */
const LEAST_WAIT_MS = 2;

const TOLD_EVERY_MS = 100_000;

const path = Deno.env.get("FAST_CLOCK");
let isFast = false;
/** How far the clocks have jumped. */
let ahead = 0;
let toldAt = 0;

performance.now = () => elapsed() + ahead;
Date.now = () => clock() + ahead;

globalThis.setTimeout = ((handler: (...rest: unknown[]) => void, ms = 0, ...rest: unknown[]) => {
  if (!isFast) return wait(handler, ms, ...rest);
  const due = performance.now() + ms;
  return wait(() => {
    ahead = Math.max(ahead, due - elapsed());
    if (path !== undefined && ahead > toldAt + TOLD_EVERY_MS) {
      Deno.writeTextFileSync(path, String((toldAt = ahead) / 1000));
    }
    handler(...rest);
  }, Math.min(ms, LEAST_WAIT_MS + ms / 1000));
}) as typeof setTimeout;

Deno.addSignalListener("SIGUSR1", () => isFast = true);

export {};
