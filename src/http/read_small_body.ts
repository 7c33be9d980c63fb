/** A body that is read up to a limit and for a while, whatever its length is said to be. */
import type { DurationMs } from "../core/model.ts";

/** How much is read, and how long. */
export interface BodyLimits {
  readonly bytes: number;
  readonly ms: DurationMs;
}

/** @returns undefined where there is more, or the rest does not come */
export async function readSmallBody({ body }: Request, { bytes, ms }: BodyLimits): Promise<string | undefined> {
  if (body === null) return "";
  const reader = body.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel().catch(() => {});
  }, ms);
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (isLate) return undefined;
      if (done) return await new Blob(parts).text();
      length += value.length;
      if (length > bytes) {
        await reader.cancel();
        return undefined;
      }
      parts.push(value);
    }
  } catch (error) {
    // Whoever sent it went away.
    if (error instanceof Error) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
