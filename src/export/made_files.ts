/**
 * Which files a run wrote, and where their rows are: those that come behind most of a month need not have all of it encoded
 * once more. Sessions come in order of time, so that nearly all do.
 */
import { statIfAny } from "../host/atomic_file.ts";
import { compareRows } from "./merge_rows.ts";
import type { TurnRow } from "./turn_row.ts";
import { type MadeGroup, ROW_GROUP_ROWS } from "./write_turn_file.ts";

/** Of so many files it is known: a run is seldom at more months than two at once. */
const MOST_FILES = 3;

export class MadeFiles {
  readonly #files = new Map<string, { readonly groups: readonly MadeGroup[]; readonly stamp: string | undefined }>();

  /** Notes down a file that was just written. */
  keep(path: string, groups: readonly MadeGroup[]): void {
    this.#files.delete(path);
    this.#files.set(path, { groups, stamp: stampOf(path) });
    const [oldest] = this.#files.keys();
    if (this.#files.size > MOST_FILES) this.#files.delete(oldest!);
  }

  /** Whether a file is as it was written. */
  has(path: string): boolean {
    const made = this.#files.get(path);
    return made?.stamp !== undefined && made.stamp === stampOf(path);
  }

  /** The first groups of a file, as far as rows that are added come behind them. */
  groupsBefore(path: string, added: Iterable<TurnRow>): readonly MadeGroup[] {
    const groups = this.#files.get(path)?.groups ?? [];
    const first = [...added].reduce((first, row) => compareRows(row, first) < 0 ? row : first);
    const count = groups.findIndex((group) => !isWhole(group) || compareRows(group.last, first) > 0);
    return count < 0 ? groups : groups.slice(0, count);
  }
}

/** Of rows that take several pages the places of these are at the end of the file. */
function isWhole({ rows, written: { columns } }: MadeGroup): boolean {
  return rows === ROW_GROUP_ROWS && columns.every(({ offset_index_offset }) => offset_index_offset === undefined);
}

function stampOf(path: string): string | undefined {
  const stats = statIfAny(path);
  return stats && `${stats.size} ${stats.mtimeMs} ${stats.ino}`;
}
