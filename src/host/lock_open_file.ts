/** The system's own lock on a file that is open. It is let go when the file is closed, however its process ends. */

/**
 * Asks for the lock, and does not wait.
 *
 * @returns `ours`; `held`, by another process or another file of this one; `none`: the file system or the kernel has no
 * locks (NFS without its daemon, some FUSE file systems and containers), so that nothing is known
 */
export function lockOpenFile(file: Deno.FsFile): "ours" | "held" | "none" {
  try {
    return file.tryLockSync(true) ? "ours" : "held";
  } catch (error) {
    // Whatever the reason is (ENOLCK, ENOTSUP, ENOSYS, EINVAL): a file that could be opened can only fail to be locked.
    if (error instanceof Error) return "none";
    throw error;
  }
}
