/** Search in what is sorted. Pure. */

/** The last item whose figure is at most this one, by its index; -1 where none is. @param items By that figure, ascending */
export function lastAtMost<Item>(items: readonly Item[], most: number, figureOf: (item: Item) => number): number {
  let [low, high] = [-1, items.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (figureOf(items[middle]!) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}
