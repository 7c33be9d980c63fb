/**
 * Texts that repeat get a number, by which the host knows what it has read already. Those that a line brings lie together, so
 * that the host decodes them at once. A text is plain when it is what it stands for: ASCII without blanks around it and
 * without a backslash.
 */
import {
  LAST_TEXT_END,
  MOST_NAMES,
  NAME_SIZE,
  NAME_SLOT_MASK,
  NAME_SLOTS,
  NAMES,
  NEW_TEXTS,
  TEXTS,
  TEXTS_END,
} from "./memory";

/** What is longer hardly repeats. */
const LONGEST: usize = 128;
/** Less room than this for what a line has, and all are forgotten. */
const ROOM: u32 = 128;

let count: u32 = 0;
let textsAt: usize = TEXTS;

/** To be called before a line. @returns whether what the numbers stood for is forgotten */
export function makeRoom(): bool {
  const isForgotten = forgetIfFull();
  store<u32>(NEW_TEXTS, <u32> textsAt);
  store<u32>(LAST_TEXT_END, <u32> textsAt);
  return isForgotten;
}

function forgetIfFull(): bool {
  if (count + ROOM <= MOST_NAMES && textsAt + <usize> ROOM * LONGEST <= TEXTS_END) return false;
  memory.fill(NAME_SLOTS, 0, (NAME_SLOT_MASK + 1) * 4);
  count = 0;
  textsAt = TEXTS;
  return true;
}

/** The number of a text, by its bytes; -1 for one that is long, and where there is no room. */
export function numberOfName(at: usize, length: usize): i32 {
  if (length > LONGEST) return -1;
  const hash = hashOf(at, length);
  let slot = <usize> hash & NAME_SLOT_MASK;
  while (true) {
    const known = load<u32>(NAME_SLOTS + slot * 4);
    if (known == 0) break;
    const name = NAMES + <usize> (known - 1) * NAME_SIZE;
    const isSame = load<u64>(name) == hash && load<u16>(name, 12) == <u16> length &&
      isSameText(load<u32>(name, 8), at, length);
    if (isSame) return known - 1;
    slot = (slot + 1) & NAME_SLOT_MASK;
  }
  if (count == MOST_NAMES || textsAt + LONGEST > TEXTS_END) return -1;
  const name = NAMES + <usize> count * NAME_SIZE;
  store<u64>(name, hash);
  store<u32>(name, <u32> textsAt, 8);
  store<u16>(name, <u16> length, 12);
  let odd: u64 = 0;
  for (let done: usize = 0; done < length; done += 8) {
    const word = wordAt(at, done, length);
    store<u64>(textsAt + done, word);
    odd |= word | zeroBytes(word ^ 0x5c5c5c5c5c5c5c5c);
  }
  const isPlain = length > 0 && (odd & HIGH_BITS) == 0 && load<u8>(at) != 0x20 && load<u8>(at + length - 1) != 0x20;
  store<u16>(name, <u16> isPlain, 14);
  textsAt += (length + 7) & ~7;
  store<u32>(LAST_TEXT_END, <u32> textsAt);
  count++;
  store<u32>(NAME_SLOTS + slot * 4, count);
  return count - 1;
}

const HIGH_BITS: u64 = 0x8080808080808080;

/** The high bit of each byte that is zero, and maybe of others behind one. */
function zeroBytes(word: u64): u64 {
  return (word - 0x0101010101010101) & ~word & HIGH_BITS;
}

/** Eight bytes of a text, zeros behind its end. */
function wordAt(at: usize, done: usize, length: usize): u64 {
  const word = load<u64>(at + done);
  const left = length - done;
  return left >= 8 ? word : word & ((<u64> 1 << (<u64> left * 8)) - 1);
}

function isSameText(text: usize, at: usize, length: usize): bool {
  for (let done: usize = 0; done < length; done += 8) {
    if (load<u64>(text + done) != wordAt(at, done, length)) return false;
  }
  return true;
}

/** Of a text, by its bytes. */
export function hashOf(at: usize, length: usize): u64 {
  let hash = <u64> length * 0x9e3779b97f4a7c15;
  for (let done: usize = 0; done < length; done += 8) {
    hash = rotl<u64>((hash ^ wordAt(at, done, length)) * 0xc2b2ae3d27d4eb4f, 31);
  }
  hash ^= hash >> 29;
  hash *= 0xbf58476d1ce4e5b9;
  return hash ^ (hash >> 32);
}
