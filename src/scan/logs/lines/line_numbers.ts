/** Finds the numbers of lines by their offsets. Only for diagnostics: nothing else counts lines. */
import { openFile } from "../../../host/files.ts";

const NEWLINE = 10;
const CHUNK_BYTES = 1 << 20;

/**
 * Reads a file once, up to the last of the offsets.
 *
 * @param offsets Of first bytes of lines, in rising order
 * @returns One-based numbers in the same order; beyond the end of the file that of the last line
 * @throws {Error} when the file cannot be opened or read
 */
export function lineNumbersAt(path: string, offsets: readonly number[]): number[] {
  const numbers: number[] = [];
  if (offsets.length === 0) return numbers;
  const source = openFile(path, 0);
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    let [start, line] = [0, 1];
    while (numbers.length < offsets.length) {
      const count = source.read(buffer);
      const bytes = buffer.subarray(0, count);
      let newline = bytes.indexOf(NEWLINE);
      while (numbers.length < offsets.length) {
        const offset = offsets[numbers.length]! - start;
        if (count > 0 && offset >= count) break;
        for (; newline >= 0 && newline < offset; newline = bytes.indexOf(NEWLINE, newline + 1)) line++;
        numbers.push(line);
      }
      for (; newline >= 0; newline = bytes.indexOf(NEWLINE, newline + 1)) line++;
      start += count;
    }
    return numbers;
  } finally {
    source.close();
  }
}
