/**
 * Preloaded into the program (`deno run --preload`): its clock stands at STILL_CLOCK, so that what it answers can be compared
 * to the pixel. Timers go on.
 */
const at = Date.parse(Deno.env.get("STILL_CLOCK") ?? "");
if (Number.isNaN(at)) throw new Error("STILL_CLOCK is no time.");

const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given: readonly unknown[]) {
    super(...(given.length === 0 ? [at] : given) as ConstructorParameters<typeof RealDate>);
  }

  static override now(): number {
    return at;
  }
} as DateConstructor;

export {};
