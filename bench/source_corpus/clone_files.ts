/** Files of lines and documents of a real home, as often as it takes. */
import { join } from "node:path";
import type { HomeFile } from "../../tests/support/sources/source_homes.ts";
import { writeHomeFile } from "../../tests/support/sources/source_homes.ts";
import type { Retelling } from "./template.ts";

/**
 * @param directory A home. Each copy of a file is called as the agent would call it
 * @param bytes How many there are to be, about
 * @returns how many copies there are, of all files
 */
export function cloneFiles(
  directory: string,
  files: readonly HomeFile[],
  retelling: Retelling,
  bytes: number,
): { readonly copies: number; readonly files: number; readonly bytes: number } {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const templates = files.map(({ relativePath, bytes }) => ({
    path: retelling.templateOf(relativePath),
    content: retelling.templateOf(decoder.decode(bytes)),
  }));
  let [copies, count, written] = [0, 0, 0];
  while (written < bytes) {
    for (const { path, content } of templates) {
      const copy = encoder.encode(content.tell(copies));
      const relativePath = path.tell(copies);
      // What all sessions share is there once.
      if (copies > 0 && path.parts.length === 1) continue;
      writeHomeFile(directory, { relativePath, bytes: copy });
      Deno.utimeSync(join(directory, relativePath), MADE_AT, MADE_AT);
      count++;
      written += copy.length;
    }
    copies++;
  }
  return { copies, files: count, bytes: written };
}

/** Seconds: before the day on which anything is measured. */
const MADE_AT = Date.parse("2026-11-26T05:00:00Z") / 1000;
