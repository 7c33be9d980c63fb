/**
 * Tells other runs of this program where its page is served, for as long as it is: who serves it holds a lock, which the
 * system lets go of however the process ends. Where several serve one, the first says so.
 *
 * Holds no key: whoever opens the address without one is told by the page what to do.
 */
import { AgentError } from "../core/errors.ts";
import { makePrivateDirectory, readTextFileIfAny } from "./files.ts";
import { isFileLocked, tryLockFile } from "./lock.ts";
import { join } from "./paths.ts";

/** What we write ourselves: anything else in the file is not ours to open. */
const ADDRESS = /^http:\/\/127\.0\.0\.1:\d{1,5}\/$/;

function pagePaths(directory: string): { readonly lock: string; readonly address: string } {
  return { lock: join(directory, "dashboard.lock"), address: join(directory, "dashboard.address") };
}

/**
 * To be called once the page is served.
 *
 * @param directory The state directory; made when it is missing
 * @param address `http://127.0.0.1:4756/`
 * @returns What takes it back; does nothing where another one says it, or where nothing can be written
 */
export async function announcePage(directory: string, address: string): Promise<() => void> {
  const paths = pagePaths(directory);
  try {
    // Who only asks does not load what writes.
    const { writeFileAtomically } = await import("./write_file_atomically.ts");
    makePrivateDirectory(directory);
    const lock = tryLockFile(paths.lock);
    if (lock === undefined) return () => {};
    writeFileAtomically(paths.address, address, { mode: 0o600 });
    return () => lock.release();
  } catch (error) {
    // The page is served all the same.
    if (error instanceof Error) return () => {};
    throw error;
  }
}

/** @returns Undefined where none is served, and where that cannot be found out */
export function findRunningPage(directory: string): string | undefined {
  const paths = pagePaths(directory);
  try {
    if (!isFileLocked(paths.lock)) return undefined;
    const address = readTextFileIfAny(paths.address)?.trim();
    return address !== undefined && ADDRESS.test(address) ? address : undefined;
  } catch (error) {
    if (error instanceof AgentError) return undefined;
    throw error;
  }
}
