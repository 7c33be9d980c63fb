/**
 * What pack_value.ts packs, by sum_engine.wasm out of its JSON: values of all shapes go one way there, where code that meets
 * them as objects is slow for long.
 */
import { knowTexts, packJson } from "../sums/sum_engine.wasm";
import { reserve, SUM_AT, sumMemory } from "../sums/sum_memory.ts";
import type { Bytes } from "../tables/store.ts";
import { keepBytes } from "./byte_writer.ts";
import { KNOWN_TEXTS } from "./known_texts.ts";

/** In characters: a longer text would take much memory for long. */
const LONGEST = 1 << 16;
/** For each byte of the text: what is made of it on the way. */
const BYTES_A_BYTE = 32;

const encoder = new TextEncoder();
let knowsTexts = false;

/** Has the engine know the texts that most logs have, before it writes any. */
export function useKnownTexts(): void {
  if (knowsTexts) return;
  knowTexts(encoder.encodeInto(KNOWN_TEXTS.join("\n"), sumMemory.bytes.subarray(SUM_AT.knownCharacters)).written);
  knowsTexts = true;
}

/** @returns undefined for what JSON does not say, and what is longer than most: pack_value.ts packs all */
export function packAsJson(values: readonly unknown[]): Bytes | undefined {
  const text = JSON.stringify(values);
  if (text.length > LONGEST) return undefined;
  useKnownTexts();
  // Three bytes a character at most.
  reserve(3 * text.length);
  const { written } = encoder.encodeInto(text, sumMemory.given);
  reserve(BYTES_A_BYTE * written + 1024);
  const length = packJson(written);
  if (length === 0) return undefined;
  const start = sumMemory.words[SUM_AT.given / 4]!;
  return keepBytes(sumMemory.bytes.subarray(start, start + length));
}
