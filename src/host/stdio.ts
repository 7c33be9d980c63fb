/**
 * Standard input and output as a channel to another program, for servers: nothing here ever waits for the reader, so that
 * the process stays able to hear a signal. Knows nothing of what is sent.
 */
import type { DurationMs } from "../core/model.ts";

/** Standard input and output, as a server uses them. */
export interface StdioChannel {
  readonly input: ReadableStream<Uint8Array>;
  /**
   * Takes a text to be written after those before it.
   *
   * @returns false when nobody reads any more, or when so much waits to be read that nobody can be
   */
  write(text: string): boolean;
  /** Waits until all is written, or the time is over. */
  flush(timeoutMs: DurationMs): Promise<void>;
  /** Resolves when nobody reads any more, which only writing shows. */
  readonly broken: Promise<void>;
}

/** What may wait for a reader. Far more than any client leaves unread that still works. */
const MAXIMUM_QUEUED_BYTES = 64 << 20;

/** Takes bytes, and says how many it took. */
export interface AsyncWriter {
  write(bytes: Uint8Array): Promise<number>;
}

/** Of this process. Call once: input is given away. */
export function openStdio(): StdioChannel {
  return { input: Deno.stdin.readable, ...openWriter(Deno.stdout) };
}

/** The writing half, over any writer. */
export function openWriter(
  writer: AsyncWriter,
  maximumQueuedBytes = MAXIMUM_QUEUED_BYTES,
): Omit<StdioChannel, "input"> {
  const queue: Uint8Array[] = [];
  let queuedBytes = 0;
  let isBroken = false;
  const { promise: broken, resolve: reportBroken } = Promise.withResolvers<void>();
  let writing: Promise<void> | undefined;

  async function writeQueued(): Promise<void> {
    try {
      for (let bytes = queue.shift(); bytes !== undefined; bytes = queue.shift()) {
        for (let at = 0; at < bytes.length;) at += await writer.write(bytes.subarray(at));
        queuedBytes -= bytes.length;
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      // Whatever it is that keeps us from writing, there is nobody left to tell.
      giveUp();
    }
    // In the same breath as finding the queue empty, so that what comes next starts anew.
    writing = undefined;
  }

  function giveUp(): void {
    isBroken = true;
    reportBroken();
  }

  return {
    broken,
    write(text) {
      if (isBroken) return false;
      const bytes = new TextEncoder().encode(text);
      if (queuedBytes + bytes.length > maximumQueuedBytes) {
        giveUp();
        return false;
      }
      queue.push(bytes);
      queuedBytes += bytes.length;
      writing ??= writeQueued();
      return true;
    },
    async flush(timeoutMs) {
      if (writing === undefined) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      await Promise.race([writing, new Promise((resolve) => timer = setTimeout(resolve, timeoutMs))]);
      clearTimeout(timer);
    },
  };
}

export type EndingSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Calls back at the first signal that asks the process to end, which then no longer ends by itself. */
export function onEndingSignal(listener: (signal: EndingSignal) => void): void {
  const signals: readonly EndingSignal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, () => listener(signal));
}
