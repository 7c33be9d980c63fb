/** Which of the chosen columns there is room for. What names a session stays longest. */
import type { ColumnKey } from "./sessions_filter.ts";

/** Least width in characters, and rank: the highest goes first. */
const ROOM: Readonly<Record<ColumnKey, readonly [width: number, rank: number]>> = {
  title: [20, 0],
  cost: [10, 1],
  last: [13, 2],
  cache: [13, 3],
  share: [7, 4],
  models: [16, 5],
  missUsd: [9, 6],
  turns: [7, 7],
  source: [9, 8],
  duration: [9, 9],
  largest: [9, 10],
  project: [16, 11],
  tokens: [8, 12],
  session: [13, 13],
  trace: [14, 14],
};

/** Between columns, in characters. */
const GAP = 1.6;
/** The box at the left of a row. */
const BOX = 5;

/** @param width Characters that a row has room for. @returns At least the first in rank, in the order that was given */
export function fitColumns(chosen: readonly ColumnKey[], width: number): readonly ColumnKey[] {
  let left = width - BOX;
  const kept = new Set<ColumnKey>();
  for (const key of chosen.toSorted((a, b) => ROOM[a][1] - ROOM[b][1])) {
    left -= ROOM[key][0] + GAP;
    if (left < 0 && kept.size > 0) break;
    kept.add(key);
  }
  return chosen.filter((key) => kept.has(key));
}

/** For the grid: what names a session takes what is left. */
export function columnWidth(key: ColumnKey): string {
  const [width] = ROOM[key];
  if (key === "title") return `minmax(${width}ch, 3fr)`;
  return key === "models" || key === "project" ? `minmax(${width}ch, 2fr)` : `${width}ch`;
}
