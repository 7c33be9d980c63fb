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

let platform: Pick<typeof import("node:zlib"), "zstdDecompressSync"> | undefined;

/**
 * Bytes that were compressed as a whole, which are few: what a database has in a row. A tenth of the time of what streams.
 *
 * @returns what breaks off as far as it goes; undefined when they are no such bytes, or would be more than `maximumBytes`
 */
export function decompressZstd(compressed: Uint8Array, maximumBytes: number): Uint8Array | undefined {
  platform ??= (globalThis as { process?: NodeJS.Process }).process!.getBuiltinModule("node:zlib");
  try {
    return platform.zstdDecompressSync(compressed, {
      maxOutputLength: maximumBytes,
      chunkSize: chunkSizeOf(compressed),
    });
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** The usual one has room for ten times what a row mostly is, and what is not used of it is thrown away each time. */
function chunkSizeOf({ length }: Uint8Array): number {
  return Math.min(Math.max(USUAL_RATIO * length, 1 << 10), 1 << 20);
}

/** JSON is seldom more than so many times as long as what it is compressed to. */
const USUAL_RATIO = 6;
