/**
 * Which of two rows of one turn stays. The same rule as in SQL, `ORDER BY inherited, revision DESC`, and what only the
 * machine with the logs can know: whether the session that a row names is still there. Pure.
 */
import { TURN_COLUMNS, type TurnRow } from "./turn_row.ts";

/** A row as the logs have it now: it gets its revision where it is written. */
export type FreshRow = Omit<TurnRow, "revision">;

/** What is known while rows are merged. */
export interface MergeTime {
  /** When the export began. */
  readonly revision: number;
  /** Whether the logs still have the session that a row names. */
  isLive(row: Pick<TurnRow, "source" | "session_id">): boolean;
}

/** @returns the row that stays: `old` itself where nothing is to be written */
export function mergeRow(old: TurnRow | undefined, fresh: FreshRow, { revision, isLive }: MergeTime): TurnRow {
  if (old === undefined) return withRevision(fresh, revision);
  if (fresh.inherited > old.inherited || isSameContent(old, fresh)) return old;
  // Its log is gone, and a copy without a mark claims it: the cost must not move to another session.
  const isMoved = old.session_id !== "" && fresh.session_id !== "" && old.session_id !== fresh.session_id;
  if (isMoved && fresh.inherited === old.inherited && !isLive(old)) return old;
  // A clock may have been set back: a correction is later all the same.
  return withRevision(fresh, Math.max(revision, old.revision + 1));
}

/** In the order of the columns. */
function withRevision(fresh: FreshRow, revision: number): TurnRow {
  const { is_total, ...others } = fresh;
  return { ...others, revision, is_total };
}

function isSameContent(old: TurnRow, fresh: FreshRow): boolean {
  return TURN_COLUMNS.every(({ name }) => name === "revision" || (old[name] ?? 0) === (fresh[name] ?? 0));
}

/** What says where a row stands. */
type RowPlace = Pick<TurnRow, "started_at" | "turn_id">;

/** By time, and where that is the same by key: the order in files. */
export function compareRows(a: RowPlace, b: RowPlace): number {
  return a.started_at - b.started_at || (a.turn_id < b.turn_id ? -1 : Number(a.turn_id > b.turn_id));
}

/**
 * Rows in the order of files, with some of them replaced or added: a group of the old ones is held, and the changes.
 *
 * @param groups in order
 */
export async function* mergeRows(
  groups: AsyncIterable<readonly TurnRow[]> | Iterable<readonly TurnRow[]>,
  changes: ReadonlyMap<bigint, TurnRow>,
): AsyncGenerator<TurnRow> {
  const fresh = [...changes.values()].sort(compareRows);
  let next = 0;
  for await (const rows of groups) {
    for (const row of rows) {
      if (changes.has(row.turn_id)) continue;
      while (next < fresh.length && compareRows(fresh[next]!, row) < 0) yield fresh[next++]!;
      yield row;
    }
  }
  yield* fresh.slice(next);
}
