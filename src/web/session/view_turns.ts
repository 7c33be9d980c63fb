/** What of a session's turns the charts draw: of one chain or of all, as far as is zoomed in, in bars. */
import { findFlags, type Flag } from "./find_flags.ts";
import { findPauses, type Pause } from "./find_pauses.ts";
import { findGroup, groupTurns, MOST_SINGLE_TURNS, type TurnGroup } from "./group_turns.ts";
import { lastAtMost } from "./last_at_most.ts";
import type { DrawnTurn } from "./read_turns.ts";
import { readZoom, type Zoom } from "./zoom_turns.ts";

/** What is drawn. */
export interface TurnView {
  /** All that could be drawn. */
  readonly turns: readonly DrawnTurn[];
  /** Which of them are. */
  readonly zoom: Zoom;
  /** These as one: there is at least one. */
  readonly whole: TurnGroup;
  readonly bars: readonly TurnGroup[];
  /** With the bar that each stands before. */
  readonly pauses: readonly (Pause & { readonly bar: number })[];
  readonly flags: readonly (Flag & { readonly bar: number })[];
}

/** What was asked for. */
export interface Asked {
  /** Undefined is all. */
  readonly chain?: string;
  /** As the address has it. */
  readonly zoom?: string;
  /** Pixels of the axis, which say how many bars there is room for. */
  readonly width: number;
  readonly forks?: Parameters<typeof findFlags>[1];
  readonly parent?: string;
}

/** Thinner bars add nothing that can be seen. */
const BARS_A_PIXEL = 4;

export function viewTurns(all: readonly DrawnTurn[], asked: Asked): TurnView {
  const turns = asked.chain === undefined ? all : all.filter(({ chain }) => chain === asked.chain);
  const zoom = readZoom(asked.zoom, turns.length);
  const shown = turns.slice(zoom.from, zoom.to);
  const pauses = findPauses(shown);
  // Of groups one a pixel: what a single turn was is lost already.
  const most = shown.length > Math.min(MOST_SINGLE_TURNS, asked.width * BARS_A_PIXEL) ? asked.width : shown.length;
  const bars = groupTurns(shown, most, pauses.map(({ before }) => before));
  const flags = findFlags(turns, asked.forks, asked.parent)
    .filter(({ place }) => place >= zoom.from && place < zoom.to);
  return {
    turns,
    zoom,
    whole: groupTurns(shown, 1)[0]!,
    bars,
    pauses: pauses.map((pause) => ({ ...pause, bar: findGroup(bars, pause.before) })),
    flags: flags.map((flag) => ({ ...flag, bar: findGroup(bars, flag.place - zoom.from) })),
  };
}

/** The bar that holds a turn; undefined where it is not drawn. @param turn Its number, from 1 */
export function barOf({ turns, zoom, bars }: TurnView, turn: number | undefined): number | undefined {
  const bar = findGroup(bars, findPlace(turns, turn) - zoom.from);
  return bar === -1 ? undefined : bar;
}

/** Among turns in order of their numbers; -1 where it is not among them. */
export function findPlace(turns: readonly DrawnTurn[], wanted = -1): number {
  const place = lastAtMost(turns, wanted, ({ turn }) => turn);
  return turns[place]?.turn === wanted ? place : -1;
}
