/**
 * Standard input, for a program that must not wait for it: read only when something else than a person writes to it, and
 * only what comes in time. Knows nothing of what is read.
 *
 * What is left unread keeps the process alive until it exits by itself.
 */
import type { DurationMs } from "../core/model.ts";

/** How long somebody is listened to who may say nothing. */
export interface BriefInputOptions {
  /** How long to wait for the first byte. */
  readonly firstMs: DurationMs;
  /** How long to wait for all of it, once it has begun; counted from the start, as `firstMs` is. */
  readonly wholeMs: DurationMs;
  /** What is longer is cut off there. */
  readonly maximumBytes: number;
  /**
   * Told each piece once, in order; true when no more is to be waited for. Whoever writes may keep the pipe open for
   * good.
   */
  isEnough(piece: Uint8Array): boolean;
}

export interface BriefInput {
  readonly text: string;
  /**
   * `nobody`: it is a terminal, where a person types. `ended`: all that there is, perhaps nothing. `enough`: what was
   * waited for is there. `late`: more may come.
   */
  readonly end: "nobody" | "ended" | "enough" | "late";
}

/** Reads what comes in time, and waits for no more. Never waits at a terminal. */
export async function readBriefInput(
  { firstMs, wholeMs, maximumBytes, isEnough }: BriefInputOptions,
): Promise<BriefInput> {
  if (Deno.stdin.isTerminal()) return { text: "", end: "nobody" };
  const startedAt = performance.now();
  const buffer = new Uint8Array(maximumBytes);
  let length = 0;
  let end: BriefInput["end"] = "ended";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const after = (ms: DurationMs) =>
    new Promise<"late">((resolve) => {
      clearTimeout(timer);
      timer = setTimeout(() => resolve("late"), Math.max(0, startedAt + ms - performance.now()));
    });
  let timeIsUp = after(firstMs);
  try {
    while (length < buffer.length) {
      const count = await Promise.race([Deno.stdin.read(buffer.subarray(length)), timeIsUp]);
      if (count === "late") {
        end = "late";
        break;
      }
      if (count === null || count === 0) break;
      if (length === 0) timeIsUp = after(wholeMs);
      length += count;
      if (isEnough(buffer.subarray(length - count, length))) {
        end = "enough";
        break;
      }
    }
  } catch (error) {
    // A closed descriptor, a directory: nothing to be read there.
    if (!(error instanceof Error)) throw error;
  } finally {
    clearTimeout(timer);
  }
  // Cut off at its greatest length, it is as good as late: nobody knows how it ends.
  if (length === buffer.length && end === "ended") end = "late";
  return { text: new TextDecoder().decode(buffer.subarray(0, length)), end };
}
