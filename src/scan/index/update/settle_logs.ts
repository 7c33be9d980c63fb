/**
 * Decides for logs that share turns which of them count, and adds up again those of which other turns count than
 * before.
 */
import type { EpochMs, SessionFacts } from "../../../core/model.ts";
import { decodeMissCosts } from "../bytes/part_codec.ts";
import { decodeRollupState } from "../bytes/rollup_codec.ts";
import { type LogSums, sumPlaced } from "../sums/digest_log.ts";
import { makeSession, mergeFacts } from "../sums/make_session.ts";
import { encodeSession, type SessionColumns } from "../sums/stored_session.ts";
import { OWN_SHARE, type PlacedTurn } from "../sums/shares.ts";
import { type ClaimingLog, resolveOwnership, withHeld } from "../sums/ownership.ts";
import type { TurnTable } from "../../logs/turns/turn_table.ts";
import type { Prices } from "../../prices/prices.ts";

/** A log that may share turns with others, as the index has it. Survives structured clone. */
export interface SharingLog {
  /** Row of the index. */
  readonly id: number;
  readonly path: string;
  /** Whose share of the log it is, see sums/shares.ts. */
  readonly guest: string;
  /** See `resolveOwnership`. */
  readonly lost: string;
  /** 1 when another log of its session shows some of its turns. */
  readonly entangled: number;
  /** 1 when which of its turns count may be otherwise once it or another log has gone on, see `Ownership`. */
  readonly tied: number;
  /** 1 when the index leaves out what the log says of its session, see digestLog. */
  readonly isSmall: number;
}

/** A log of which other turns count than before. */
export interface SettledLog extends Pick<SharingLog, "id" | "guest" | "lost" | "entangled" | "tied"> {
  readonly sums: LogSums;
  /** The session as it is if this is its only log; undefined where that takes more to say. */
  readonly alone: SessionColumns | undefined;
  /** Whether other logs own all that it shows. */
  readonly isLost: boolean;
}

/** A log as it was read for this. */
export interface ShownLog extends SharingLog {
  /** Id of its source. */
  readonly source: string;
  /**
   * What names the session that the share is of, by the log; null where the log does not say. Not the session of the log's
   * row: a guest that owns nothing is listed under none, and would be weighed otherwise the next time than the first.
   */
  readonly session: string | null;
  readonly startedAt: EpochMs | undefined;
  /** What it says of its session; undefined where it says nothing, and of a guest. */
  readonly facts: SessionFacts | undefined;
  readonly turns: readonly PlacedTurn[];
  /** Places of the turns that a log counts which cannot be read this time. @default none */
  readonly held?: ReadonlySet<number>;
}

/**
 * @param logs All that share turns with any of them, with their turns as the logs show them
 * @param standIns Of those that nothing changes for
 * @param table To add up with, for one log after the other
 * @returns undefined where it takes the logs that are stood in for
 */
export async function settleLogs(
  logs: readonly ShownLog[],
  standIns: readonly ClaimingLog[],
  prices: Prices,
  table: TurnTable,
): Promise<readonly SettledLog[] | undefined> {
  const claiming = logs.map(({ path, startedAt, session, turns }): ClaimingLog => ({
    path,
    startedAt,
    session,
    turns: turns.map(({ turn }) => turn),
  }));
  const weighed = resolveOwnership([...claiming, ...standIns])?.slice(0, logs.length);
  if (weighed === undefined) return undefined;
  const owned = weighed.map(({ lost, isTied }, index) => {
    const { held, turns } = logs[index]!;
    if (held === undefined || held.size === 0) return { lost, isTied };
    return { lost: withHeld(lost, turns.length, (place) => held.has(place)), isTied: true };
  });
  const isLost = (index: number) => {
    const { lost } = owned[index]!;
    return lost !== "" && !lost.includes("0");
  };
  // A guest that owns nothing is no log of its session.
  const entangled = findEntangled(logs.filter(({ guest }, index) => guest === OWN_SHARE || !isLost(index)));
  const settled: SettledLog[] = [];
  for (const [index, log] of logs.entries()) {
    const { lost, isTied } = owned[index]!;
    const now = { id: log.id, guest: log.guest, lost, entangled: Number(entangled.has(log.id)), tied: Number(isTied) };
    if (now.lost === log.lost && now.entangled === log.entangled && now.tied === log.tied) continue;
    const sums = await sumPlaced(log.turns, now.lost, prices, table);
    // Of a session with logs that share turns those are added up together.
    const alone = now.entangled === 1 ? undefined : await makeOwnSession(log, sums, prices);
    settled.push({ ...now, isLost: isLost(index), sums, alone });
  }
  return settled;
}

/** What a log's session is if it has no other log; undefined where that takes more to say. */
async function makeOwnSession(
  { source, path, isSmall, facts }: ShownLog,
  { rollup, part }: LogSums,
  prices: Prices,
): Promise<SessionColumns | undefined> {
  if (facts === undefined) return undefined;
  const added = { state: decodeRollupState(rollup), misses: decodeMissCosts(part) };
  return encodeSession(
    await makeSession(source, mergeFacts([{ path, facts }]), added, prices, Infinity),
    isSmall === 0,
  );
}

/** Logs of which another one of the same session shows a turn. */
function findEntangled(logs: readonly ShownLog[]): ReadonlySet<number> {
  const entangled = new Set<number>();
  for (const ofSession of Map.groupBy(logs, ({ session }) => session).values()) {
    if (ofSession.length < 2) continue;
    const shownBy = new Map<string, number>();
    for (const { id, turns } of ofSession) {
      for (const { turn } of turns) {
        const other = shownBy.get(turn.key);
        if (other === undefined) shownBy.set(turn.key, id);
        else entangled.add(other).add(id);
      }
    }
  }
  return entangled;
}
