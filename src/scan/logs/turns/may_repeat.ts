/** Whether a text may be in a list twice, found out of all of them at once. */
import { mayRepeat } from "../lines/line_engine.wasm";
import { LineFinder } from "../lines/line_finder.ts";
import { AT, lineMemory } from "../lines/line_memory.ts";

const encoder = new TextEncoder();
/** Of a slot of assembly/may_repeat.ts. */
const SLOT_BYTES = 8;

/**
 * A map of the texts would say it, too: but texts that were just put together are each laid out and hashed for it, which
 * takes several times as long as laying all of them out as one.
 *
 * @returns true as well for what only a map can tell: texts with lines, or that are not of ASCII
 * @throws {Error} while a line is handed out
 */
export function mayHaveRepeated(texts: readonly string[]): boolean {
  if (texts.length < 2) return false;
  const text = texts.join("\n");
  const slots = 2 << (32 - Math.clz32(texts.length));
  // At a multiple of eight behind the text.
  const slotsAt = AT.bytes + (text.length + 7 & ~7);
  LineFinder.borrow(slotsAt - AT.bytes + SLOT_BYTES * slots);
  const room = lineMemory.bytes.subarray(AT.bytes, AT.bytes + text.length);
  if (encoder.encodeInto(text, room).read !== text.length) return true;
  return mayRepeat(AT.bytes, AT.bytes + text.length, texts.length, slotsAt, slots - 1) !== 0;
}
