/** Whether a list has a text twice, as far as hashes say it. */
import { newlineFrom } from "./find_lines";
import { hashOf } from "./names";

/**
 * Of `count` texts between `at` and `end`, with a newline between each two of them. Also true when there are not as many.
 * There are `mask` plus 1 slots of 8 bytes at `slots`, more than texts.
 */
export function mayRepeat(at: usize, end: usize, count: u32, slots: usize, mask: u32): bool {
  memory.fill(slots, 0, (<usize> mask + 1) * 8);
  while (true) {
    if (count == 0) return true;
    count--;
    const stop = newlineFrom(at, end);
    // Zero is an empty slot.
    const hash = hashOf(at, stop - at) | 1;
    let slot = <u32> (hash >> 32) & mask;
    while (true) {
      const known = load<u64>(slots + <usize> slot * 8);
      if (known == 0) break;
      if (known == hash) return true;
      slot = (slot + 1) & mask;
    }
    store<u64>(slots + <usize> slot * 8, hash);
    if (stop == end) return count != 0;
    at = stop + 1;
  }
}
