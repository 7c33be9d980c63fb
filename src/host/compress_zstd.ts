/** Compresses bytes as a whole with the platform's zstd: what zstd_file.ts takes apart again. */
import { zstdCompressSync } from "node:zlib";

/** At the platform's usual level (3). The same bytes give the same. */
export function compressZstd(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes);
}
