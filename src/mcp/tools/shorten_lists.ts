/** Fewer rows of an answer whose operation lists all of them. */

/** The longest of the lists of these names, wherever they are. */
export function longestList(value: unknown, names: readonly string[]): number {
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce((longest, [name, part]) => {
    const own = Array.isArray(part) && names.includes(name) ? part.length : 0;
    return Math.max(longest, own, longestList(part, names));
  }, 0);
}

/** The same with at most so many in each of them: the first ones. */
export function shortenLists<T>(value: T, names: readonly string[], most: number): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => shortenLists(each, names, most)) as T;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      const shown = Array.isArray(part) && names.includes(name) ? part.slice(0, most) : part;
      return [name, shortenLists(shown, names, most)];
    }),
  ) as T;
}
