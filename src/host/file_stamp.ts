/** Tells whether a file changed, without reading it. */
import type { EpochMs } from "../core/model.ts";

export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: EpochMs;
}

/** @returns undefined when there is no such file, or it cannot be looked at */
export function readFileStamp(path: string): FileStamp | undefined {
  try {
    const { size, mtime } = Deno.statSync(path);
    return mtime === null ? undefined : { size, mtimeMs: mtime.getTime() };
  } catch (error) {
    // Whatever the system says, and a path with a NUL in it.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
