/**
 * A zstd-compressed file as a source of bytes, decompressed piece by piece so that memory stays bounded.
 *
 * The platform's zstd is either asynchronous or takes whole files; fzstd streams in the caller's own time (ADR 0003).
 */
import { type ByteSource, openFile } from "./files.ts";

const COMPRESSED_CHUNK_BYTES = 1 << 16;

let library: typeof import("fzstd") | undefined;

/** Must have ended before a file is opened. Most machines have no compressed log: theirs is never loaded. */
export async function loadZstd(): Promise<void> {
  library ??= await import("fzstd");
}

/**
 * @param onBroken Called once with a sentence when the data breaks off or is corrupt; what came before it is still read
 * @throws {Error} when the file cannot be opened; when {@linkcode loadZstd} was not called, which is a bug
 */
export function openZstdFile(path: string, onBroken: (message: string) => void): ByteSource {
  if (library === undefined) throw new Error(`"${path}" is opened before loadZstd() has ended.`);
  const file = openFile(path, 0);
  const chunk = new Uint8Array(COMPRESSED_CHUNK_BYTES);
  /** Decompressed bytes that nobody has taken yet. */
  const ready: Uint8Array[] = [];
  let ended = false;
  let complete = false;
  const stream = new library.Decompress((data, isLast) => {
    if (data.length > 0) ready.push(data);
    complete ||= isLast ?? false;
  });

  const decompressMore = (): void => {
    try {
      const count = file.read(chunk);
      ended = count === 0;
      // The stream keeps what it is given until it is used.
      stream.push(chunk.slice(0, count), ended);
      if (ended && !complete) onBroken("The compressed data breaks off.");
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      ended = true;
      onBroken(`The compressed data is corrupt: ${error.message}.`);
    }
  };

  return {
    read(buffer) {
      while (ready.length === 0 && !ended) decompressMore();
      const [data] = ready;
      if (data === undefined) return 0;
      const count = Math.min(buffer.length, data.length);
      buffer.set(data.subarray(0, count));
      if (count === data.length) ready.shift();
      else ready[0] = data.subarray(count);
      return count;
    },
    close: () => file.close(),
  };
}

/**
 * Bytes that were compressed as a whole.
 *
 * @returns undefined when they are no such bytes, or would be more than `maximumBytes`
 * @throws {Error} when {@linkcode loadZstd} was not called, which is a bug
 */
export function decompressZstd(compressed: Uint8Array, maximumBytes: number): Uint8Array | undefined {
  if (library === undefined) throw new Error("Something is decompressed before loadZstd() has ended.");
  const pieces: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  const stream = new library.Decompress((data, isLast) => {
    length += data.length;
    if (length > maximumBytes) throw new RangeError("too long");
    pieces.push(data);
    isWhole ||= isLast ?? false;
  });
  try {
    for (let from = 0; from < compressed.length; from += COMPRESSED_CHUNK_BYTES) {
      const chunk = compressed.slice(from, from + COMPRESSED_CHUNK_BYTES);
      stream.push(chunk, from + COMPRESSED_CHUNK_BYTES >= compressed.length);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
  if (!isWhole) return undefined;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
