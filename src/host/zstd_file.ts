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

/** Of the platform's zlib, what is used. */
interface Platform {
  readonly zstdDecompressSync: typeof import("node:zlib").zstdDecompressSync;
  readonly ZstdDecompress?: new () => unknown;
}

let platform: Platform | undefined;
let kept: KeptDecompressor | undefined;

/**
 * Bytes that were compressed as a whole, which are few: what a database has in a row. A tenth of the time of what streams.
 *
 * @returns what breaks off as far as it goes; undefined when they are no such bytes, or would be more than `maximumBytes`
 */
export function decompressZstd(compressed: Uint8Array, maximumBytes: number): Uint8Array | undefined {
  platform ??= (globalThis as { process?: NodeJS.Process }).process!.getBuiltinModule("node:zlib") as Platform;
  kept ??= new KeptDecompressor(platform);
  const short = kept.decompress(compressed);
  if (short !== undefined) return short.length <= maximumBytes ? short : undefined;
  try {
    return platform.zstdDecompressSync(compressed, { maxOutputLength: maximumBytes });
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** What is longer is left to the platform's own function. */
const MOST_KEPT_BYTES = 1 << 16;

/** The platform's decompressor below its streams, and where it says how much room and input are left. */
interface Handle {
  writeSync(
    flush: number,
    from: Uint8Array,
    at: number,
    count: number,
    to: Uint8Array,
    atTo: number,
    room: number,
  ): void;
  reset(): void;
}

/** What zlib calls the end of the input. */
const END = 2;

/**
 * One decompressor for many short texts. The platform's function makes one for each, a stream with all its buffers, which
 * takes three times as long as what there is to do (49 and 14 µs for 2.5 KB; Deno 2.9, 2026-11-26).
 *
 * It is no public part of the platform: where it is missing, or anything is not as usual, it is not used.
 */
class KeptDecompressor {
  readonly #platform: Platform;
  readonly #room = new Uint8Array(MOST_KEPT_BYTES);
  #opened: { readonly handle: Handle; readonly left: Uint32Array } | "none" | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @returns undefined where whoever asks has to find out for himself: what is longer, broken, or no zstd at all */
  decompress(compressed: Uint8Array): Uint8Array | undefined {
    this.#opened ??= this.#open();
    if (this.#opened === "none") return undefined;
    const { handle, left } = this.#opened;
    try {
      left.fill(0);
      handle.writeSync(END, compressed, 0, compressed.length, this.#room, 0, MOST_KEPT_BYTES);
      handle.reset();
      const [room = 0, input = 0] = left;
      return room > 0 && room < MOST_KEPT_BYTES && input === 0
        ? this.#room.slice(0, MOST_KEPT_BYTES - room)
        : undefined;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#opened = undefined;
      return undefined;
    }
  }

  #open(): { readonly handle: Handle; readonly left: Uint32Array } | "none" {
    const { ZstdDecompress } = this.#platform;
    if (ZstdDecompress === undefined) return "none";
    const { _handle: handle, _writeState: left } = new ZstdDecompress() as {
      readonly _handle?: Partial<Handle>;
      readonly _writeState?: unknown;
    };
    const isUsual = typeof handle?.writeSync === "function" && typeof handle.reset === "function" &&
      left instanceof Uint32Array && left.length === 2;
    return isUsual ? { handle: handle as Handle, left } : "none";
  }
}
