/** Who works as root in a container makes files in directories of somebody who works outside, and needs them as well. */
import { chownSync, lstatSync } from "node:fs";
import { dirname } from "node:path";
import { hasCode } from "./atomic_file.ts";

/** Gives what root has just made to whom the directory belongs. For everybody else it does nothing. */
export function followOwner(path: string): void {
  if (Deno.build.os === "windows" || Deno.uid() !== 0) return;
  try {
    const { uid, gid } = lstatSync(dirname(path));
    if (lstatSync(path).uid !== uid) chownSync(path, uid, gid);
  } catch (error) {
    // A file system without owners, or one that root may not give files away on.
    if (!hasCode(error, "EPERM", "EACCES", "EINVAL", "ENOSYS", "ENOTSUP", "ENOENT")) throw error;
  }
}
