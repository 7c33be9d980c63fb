/** Which mark of a drawing a pointer means. Pure. */

/**
 * The nearest place, by its index; undefined where none is within reach.
 *
 * @param at In pixels, as the places are
 */
export function nearestOf(
  places: readonly (readonly [x: number, y: number])[],
  at: readonly [x: number, y: number],
  reach = Infinity,
): number | undefined {
  let [nearest, least]: [number | undefined, number] = [undefined, reach];
  for (const [index, [x, y]] of places.entries()) {
    const distance = Math.hypot(x - at[0], y - at[1]);
    if (distance < least) [nearest, least] = [index, distance];
  }
  return nearest;
}
