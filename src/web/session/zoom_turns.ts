/** Which of a session's turns are drawn, as the address has it: `zoom=120-300`. */

/** Places among the turns that could be drawn, from 0; `to` is not in it. */
export interface Zoom {
  readonly from: number;
  readonly to: number;
}

/** Fewer would be bars without neighbours. */
const LEAST_TURNS = 8;
/** What a key press leaves of the turns that are shown. */
const STEP = 0.5;

/** Turns are numbered from 1 in the address. What is no range of this session is all of it. */
export function readZoom(text: string | undefined, total: number): Zoom {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text ?? "") ?? [];
  if (from === undefined || Number(from) < 1 || Number(from) > Math.min(Number(to), total)) {
    return { from: 0, to: total };
  }
  return fit(Number(from) - 1, Number(to), total);
}

/** @returns "" for all of the session, which takes the field out of the address */
export function writeZoom({ from, to }: Zoom, total: number): string {
  return from === 0 && to === total ? "" : `${from + 1}-${to}`;
}

/** Half as many turns, or twice as many, around one of them. */
export function zoomBy(zoom: Zoom, way: "in" | "out", around: number, total: number): Zoom {
  const count = zoom.to - zoom.from;
  const next = Math.max(LEAST_TURNS, Math.ceil(way === "in" ? count * STEP : count / STEP));
  const share = count === 0 ? 0 : (around - zoom.from) / count;
  const from = Math.round(around - share * next);
  return fit(from, from + next, total);
}

/** What was dragged over, in either direction. */
export function zoomTo(one: number, other: number, total: number): Zoom {
  return fit(Math.min(one, other), Math.max(one, other) + 1, total);
}

/** As many turns as before, moved as little as is needed to show one. */
export function showTurn(zoom: Zoom, place: number, total: number): Zoom {
  if (place >= zoom.from && place < zoom.to) return zoom;
  const count = zoom.to - zoom.from;
  return place < zoom.from ? fit(place, place + count, total) : fit(place + 1 - count, place + 1, total);
}

/** Within the session, and wide enough to be seen. */
function fit(from: number, to: number, total: number): Zoom {
  const count = Math.min(total, Math.max(to - from, LEAST_TURNS));
  const start = Math.min(Math.max(0, from), total - count);
  return { from: start, to: start + count };
}
