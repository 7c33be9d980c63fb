/** How many misses, in words. */
import { formatCount } from "../operations/report/format.ts";

/** `1 miss`, `1,234 misses`. */
export function missesText(count: number): string {
  return count === 1 ? "1 miss" : `${formatCount(count)} misses`;
}
