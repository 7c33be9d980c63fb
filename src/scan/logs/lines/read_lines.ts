/**
 * Streams the lines of a log through one buffer: memory does not grow with the file, only with its longest line, and
 * that up to a cap. Hands out only lines that a source may want, and lines that are no JSON object.
 */
import type { Fields } from "../../../agents/fields.ts";
import { type ByteSource, openFile } from "../../../host/files.ts";
import type { FoundFile } from "../../../host/walk_files.ts";
import { openZstdFile } from "../../../host/zstd_file.ts";
import type { LineRows } from "../rows/line_rows.ts";
import { LineFinder, type LineSearch } from "./line_finder.ts";
import type { PrefixDigest } from "./prefix_digest.ts";

/** Where reading begins, and which lines are handed out. */
export interface ReadLinesOptions {
  /** Offset of the first byte, at the beginning of a line. */
  readonly from: number;
  /** A line is handed out when it contains one of these: at most 16, see LineSearch (line_finder.ts). */
  readonly needles: readonly string[];
  /** Hand out every line, blank ones too. @default false */
  readonly everyLine?: boolean;
  /** Goes on with all lines that have ended: of what lies before `from`. @default nothing is added up */
  readonly digest?: PrefixDigest;
  /** Reads lines that hold a needle as rows, see LineSearch. @default none */
  readonly rows?: LineRows<Fields>;
  /** See LineSearch. @default none are taken */
  readonly takeLines?: LineSearch["takeLines"];
  /** Called instead of `onLine` for a line of which there is a row. */
  onRow?(offset: number): void;
  /**
   * Must not begin to read other lines.
   * @param bytes The line without its newline; valid only during the call
   * @param wellFormed Whether the line looks like a JSON object, or is blank
   */
  onLine(bytes: Uint8Array, offset: number, wellFormed: boolean): void;
  /** What could not be handed out: a line beyond the cap, compressed data that breaks off. */
  onProblem(message: string, offset?: number): void;
  /** Bytes at a time. @default 256 KiB */
  readonly chunkBytes?: number;
  /** Longest line that is handed out. @default 32 MiB */
  readonly maximumLineBytes?: number;
}

/** Where reading ended. */
export interface ReadLinesResult {
  /** Just past the last newline. */
  readonly endOffset: number;
  /** What follows it; absent when nothing does. */
  readonly tail?: Uint8Array;
  readonly bytesRead: number;
}

const NEWLINE = 10;
/** From 64 KiB to 1 MiB the speed is the same. */
const DEFAULT_CHUNK_BYTES = 1 << 18;
const DEFAULT_MAXIMUM_LINE_BYTES = 32 << 20;

/**
 * In steps of a chunk each, so that other work can be done between two of them; a step yields how many bytes have been
 * read. Closes the file when it is left early, too.
 *
 * @param open How bytes are had, from the offset where reading begins
 * @throws {Error} when the file cannot be opened or read
 */
export function* readLines(
  file: Pick<FoundFile, "path" | "compressed">,
  options: ReadLinesOptions,
  open: (from: number) => ByteSource = (from) =>
    file.compressed ? openZstdFile(file.path, (message) => options.onProblem(message)) : openFile(file.path, from),
): Generator<number, ReadLinesResult> {
  const source = open(options.from);
  try {
    return yield* readLinesOf(source, options);
  } finally {
    source.close();
  }
}

function* readLinesOf(source: ByteSource, options: ReadLinesOptions): Generator<number, ReadLinesResult> {
  const { chunkBytes = DEFAULT_CHUNK_BYTES, maximumLineBytes = DEFAULT_MAXIMUM_LINE_BYTES } = options;
  /** Where the first byte that the finder holds is in the file. */
  let offset = options.from;
  let bytesRead = 0;
  /** Inside a line beyond the cap: its bytes are thrown away up to the newline. */
  let skippingFrom: number | undefined;
  const finder = new LineFinder({
    needles: options.needles,
    everyLine: options.everyLine ?? false,
    rows: options.rows,
    takeLines: options.takeLines,
    digest: options.digest,
    onRow: (start) => options.onRow?.(offset + start),
    onLine: (bytes, start, wellFormed) => options.onLine(bytes, offset + start, wellFormed),
  });
  try {
    for (;;) {
      if (bytesRead > 0) yield bytesRead;
      // One byte more than a line may have: when it is no newline, the line is too long.
      const space = finder.space(Math.min(chunkBytes, maximumLineBytes + 1 - finder.held));
      const count = source.read(space);
      if (count === 0) break;
      bytesRead += count;
      let from = 0;
      if (skippingFrom !== undefined) {
        const newline = space.subarray(0, count).indexOf(NEWLINE);
        if (newline < 0) {
          finder.skip(count);
          offset += count;
          continue;
        }
        options.onProblem(`A line longer than ${maximumLineBytes >> 20} MiB is left out.`, skippingFrom);
        skippingFrom = undefined;
        from = newline + 1;
      }
      offset += finder.search(count, from);
      if (finder.held > maximumLineBytes) {
        skippingFrom = offset;
        offset += finder.held;
        finder.skip(0);
      }
    }
    if (skippingFrom !== undefined) return { endOffset: skippingFrom, bytesRead };
    return { endOffset: offset, tail: finder.held === 0 ? undefined : finder.copyHeld(), bytesRead };
  } finally {
    finder.close();
  }
}
