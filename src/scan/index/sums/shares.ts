/**
 * A log may hold responses of other sessions than its own: history that a tool copied and left under its name. They belong
 * to those sessions, so that a log is taken apart into its own share and one for each guest. Pure.
 */
import type { EpochMs, SessionFacts } from "../../../core/model.ts";
import type { RecordedTurn } from "../../../agents/source.ts";

/** A turn and its place among those of its log. */
export interface PlacedTurn {
  readonly seq: number;
  readonly turn: RecordedTurn;
}

/** The share of the session whose log it is. */
export const OWN_SHARE = "";

/** The sessions beside its own that a log shows turns of, in the order in which it does. */
export function guestsOf(turns: readonly PlacedTurn[]): readonly string[] {
  let guests: Set<string> | undefined;
  for (const { turn: { sessionId } } of turns) if (sessionId !== undefined) (guests ??= new Set()).add(sessionId);
  return guests === undefined ? [] : [...guests];
}

/**
 * A share's turns, numbered anew: their places are those in the share.
 *
 * @param guest {@linkcode OWN_SHARE}, or the id of another session
 */
export function turnsOfShare(turns: readonly PlacedTurn[], guest: string): readonly PlacedTurn[] {
  if (guest === OWN_SHARE && turns.every(({ turn }) => turn.sessionId === undefined)) return turns;
  return turns.filter(({ turn }) => (turn.sessionId ?? OWN_SHARE) === guest).map(({ turn }, seq) => ({ seq, turn }));
}

/** What a guest's turns say of its session: its own log, where it is there, knows better. @param turns At least one */
export function factsOfGuest(
  sessionId: string,
  turns: readonly PlacedTurn[],
  host: SessionFacts | undefined,
): SessionFacts {
  let [startedAt, lastActivityAt]: [EpochMs, EpochMs] = [Infinity, -Infinity];
  for (const { turn: { at, endedAt = at } } of turns) {
    startedAt = Math.min(startedAt, at);
    lastActivityAt = Math.max(lastActivityAt, endedAt);
  }
  return { sessionId, subagent: true, cwd: host?.cwd, startedAt, lastActivityAt };
}
