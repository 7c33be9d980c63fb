/**
 * Preloaded into the program (`deno run --preload`): a hundredth of each wait, so that the ticks of hours pass in minutes. What
 * is done in a tick takes as long as ever.
 */
const wait = globalThis.setTimeout;
globalThis.setTimeout =
  ((handler: () => void, ms = 0, ...rest: unknown[]) => wait(handler, ms / 100, ...rest as [])) as typeof setTimeout;

export {};
