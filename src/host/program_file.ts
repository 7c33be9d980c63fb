/** Files of programs that others wrote: what stands at their beginning, and where they can be installed. Starts nothing. */
import { accessSync, closeSync, constants, openSync, readSync, realpathSync } from "node:fs";
import { dirname } from "node:path";

/** The beginning of a program, behind all links. @throws {Error} the system's, when it cannot be read */
export function readProgramHead(program: string, bytes: number): string {
  const file = openSync(realpathSync(program), "r");
  try {
    const head = new Uint8Array(bytes);
    return new TextDecoder().decode(head.subarray(0, readSync(file, head, 0, bytes, 0)));
  } finally {
    closeSync(file);
  }
}

/** Whether something can be put into a directory, or into the nearest one above it that is there already. */
export function mayInstallInto(path: string): boolean {
  for (let directory = path;; directory = dirname(directory)) {
    try {
      accessSync(directory, constants.W_OK);
      return true;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && typeof error.code === "string")) throw error;
      if (error.code !== "ENOENT" || directory === dirname(directory)) return false;
    }
  }
}
