/** How long a cache is still warm, counted down once a second. */
import type { EpochMs } from "../../core/model.ts";
import { formatCountdown } from "../../operations/report/format.ts";
import type { SessionJson } from "../../operations/report/schemas.ts";
import { drawBar } from "./draw_table.ts";
import { element } from "./element.ts";

/** Called now, and each second as long as what is drawn is shown. */
export type Tick = (draw: (now: EpochMs) => void) => void;

const SOON_MS = 60_000;

/**
 * `4m 12s`, `maybe`, `cold`, `?`, and where it is known for how long a cache of the kind lives, a bar of what is left.
 *
 * @param coldAt When one that may be warm is cold for certain
 */
export function timeLeft(cache: SessionJson["cache"], tick: Tick, coldAt?: string): readonly [Node, Node?] {
  const { state, expiresAt, ttlMs } = cache;
  const isWarm = state === "warm";
  const end = Date.parse((isWarm ? undefined : coldAt) ?? expiresAt ?? "");
  const figure = element("span", { class: state }, state === "unknown" ? "?" : state);
  if (!(isWarm || state === "maybe") || !(end > 0)) return [figure];
  const [bar, set] = drawBar();
  tick((now) => {
    const left = end - now;
    const time = formatCountdown(left);
    // What it is once its time has run out is for the server to say.
    figure.textContent = left <= 0 ? "run out" : isWarm ? time : `maybe ${time}`;
    figure.className = left <= 0 ? "" : isWarm && left < SOON_MS ? "soon" : state;
    set(left / ttlMs!);
  });
  return isWarm && ttlMs !== undefined ? [figure, bar] : [figure];
}
