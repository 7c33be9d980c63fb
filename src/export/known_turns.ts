/** Which turns the files of a ledger have, and where: eight bytes each, since there may be years of them. */

import type { TurnRow } from "./turn_row.ts";

/** Of one file. */
interface KnownMonth {
  /** In order. */
  readonly ids: BigInt64Array;
  readonly inherited: ReadonlySet<bigint>;
}

/** What is looked at of a row. */
type KnownRow = Pick<TurnRow, "turn_id" | "inherited">;

export class KnownTurns {
  readonly #months = new Map<string, KnownMonth>();

  /** Takes the place of what was known of the month, once all of its rows are there. */
  async setMonth(month: string, groups: AsyncIterable<readonly KnownRow[]>): Promise<void> {
    let ids = new BigInt64Array();
    const inherited = new Set<bigint>();
    for await (const rows of groups) {
      const before = ids;
      ids = new BigInt64Array(before.length + rows.length);
      ids.set(before);
      for (const [place, row] of rows.entries()) {
        ids[before.length + place] = row.turn_id;
        if (row.inherited === 1) inherited.add(row.turn_id);
      }
    }
    this.#months.set(month, { ids: ids.sort(), inherited });
  }

  /** Adds turns that are new to a month. */
  addTo(month: string, rows: Iterable<KnownRow>): void {
    const { ids, inherited } = this.#months.get(month)!;
    const added = [...rows];
    const all = new BigInt64Array(ids.length + added.length);
    all.set(ids);
    all.set(added.map(({ turn_id }) => turn_id), ids.length);
    const copies = added.filter(({ inherited }) => inherited === 1).map(({ turn_id }) => turn_id);
    this.#months.set(month, { ids: all.sort(), inherited: new Set([...inherited, ...copies]) });
  }

  /** Whether the file of a month has a turn. */
  isIn(month: string, id: bigint): boolean {
    const known = this.#months.get(month);
    return known !== undefined && holds(known.ids, id);
  }

  /** The month whose file has a turn. */
  monthOf(id: bigint): string | undefined {
    return this.#months.entries().find(([, { ids }]) => holds(ids, id))?.[0];
  }

  /** The month whose file has it by the claim of a copy alone. */
  monthOfInherited(id: bigint): string | undefined {
    return this.#months.entries().find(([, { inherited }]) => inherited.has(id))?.[0];
  }
}

function holds(ids: BigInt64Array, id: bigint): boolean {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return ids[low] === id;
}
