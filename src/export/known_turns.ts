/** Which turns the files of a ledger have, and where: eight bytes each, since there may be years of them. */

/** Of one file. */
interface KnownMonth {
  /** In order. */
  readonly ids: BigInt64Array;
  readonly inherited: ReadonlySet<bigint>;
}

export class KnownTurns {
  readonly #months = new Map<string, KnownMonth>();

  /** Takes the place of what was known of the month. */
  setMonth(month: string, rows: readonly { readonly turn_id: bigint; readonly inherited: number }[]): void {
    this.#months.set(month, {
      ids: BigInt64Array.from(rows, ({ turn_id }) => turn_id).sort(),
      inherited: new Set(rows.filter(({ inherited }) => inherited === 1).map(({ turn_id }) => turn_id)),
    });
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
