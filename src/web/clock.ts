/**
 * The server's clock in the page: countdowns go by it, whatever the browser's clock says. Changes once a second, at the
 * turn of the second; not while the tab is hidden, and not once the program has ended.
 */
import { effect, signal } from "@preact/signals-core";
import type { DurationMs, EpochMs } from "../core/model.ts";
import { useValue, type Watched } from "./use_value.ts";

const SECOND: DurationMs = 1000;

const offset = signal<DurationMs>(0);
const stoppedAt = signal<EpochMs | undefined>(undefined);
const tick = signal<EpochMs>(Date.now());
const STILL = signal<EpochMs | undefined>(undefined);

/** The time by the server, to the second. What watches it is drawn each second: only what counts down should. */
export const now: Watched<EpochMs> = tick;

/** @param server what its clock said just now; sets the clock going */
export function setClock(server: EpochMs): void {
  offset.value = server - Date.now();
  stoppedAt.value = undefined;
}

/** The clock stands still: what was left then is what is shown. @param at @default now */
export function stopClock(at?: EpochMs): void {
  stoppedAt.value ??= at ?? readClockNow();
}

/** The time by the server, to the millisecond, without anything being drawn again. */
export function readClockNow(): EpochMs {
  return stoppedAt.peek() ?? Date.now() + offset.peek();
}

/** The same, in a component that counts down; while it does not, the time as it is drawn. */
export function useClock(isCounting: boolean): EpochMs {
  const at = useValue(isCounting ? now : STILL);
  return at ?? readClockNow();
}

/** Begins to tick. Called once, by main.tsx. */
export function startClock(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const step = () => {
    clearTimeout(timer);
    tick.value = readClockNow();
    if (stoppedAt.peek() !== undefined || document.hidden) return;
    timer = setTimeout(step, SECOND - (tick.peek() % SECOND) + 5);
  };
  document.addEventListener("visibilitychange", step);
  effect(() => {
    void offset.value;
    void stoppedAt.value;
    step();
  });
}

/** What is left until then: `2:14`, `1:02:09`, `0:00` once it has passed; whole seconds, rounded up. */
export function formatClock(left: DurationMs): string {
  const seconds = Math.max(0, Math.ceil(left / SECOND));
  const pad = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}
