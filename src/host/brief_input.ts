/**
 * Standard input, for a program that must not wait for it: read only when something else than a person writes to it, and
 * only what comes at once. Knows nothing of what is read.
 *
 * What is left unread keeps the process alive until it exits by itself.
 */
import type { DurationMs } from "../core/model.ts";

export interface BriefInputOptions {
  /** How long to wait for the first byte. */
  readonly firstMs: DurationMs;
  /** How long to wait for the rest of it, once it has begun. */
  readonly restMs: DurationMs;
  /** What is longer is cut off there. */
  readonly maximumBytes: number;
}

/** @returns empty when it is a terminal, closed, or nothing came in time */
export async function readBriefInput({ firstMs, restMs, maximumBytes }: BriefInputOptions): Promise<string> {
  if (Deno.stdin.isTerminal()) return "";
  const buffer = new Uint8Array(maximumBytes);
  let length = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const after = (ms: DurationMs) =>
    new Promise<null>((resolve) => {
      clearTimeout(timer);
      timer = setTimeout(() => resolve(null), ms);
    });
  let timeIsUp = after(firstMs);
  try {
    while (length < buffer.length) {
      const count = await Promise.race([Deno.stdin.read(buffer.subarray(length)), timeIsUp]);
      if (count === null || count === 0) break;
      if (length === 0) timeIsUp = after(restMs);
      length += count;
    }
  } catch (error) {
    // A closed descriptor, a directory: nothing to be read there.
    if (!(error instanceof Error)) throw error;
  } finally {
    clearTimeout(timer);
  }
  return new TextDecoder().decode(buffer.subarray(0, length));
}
