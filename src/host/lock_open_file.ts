/** The system's own lock on a file that is open. It is let go when the file is closed, however its process ends. */

/**
 * Asks for the lock, and does not wait.
 *
 * @param path where the file was opened
 * @returns `ours`; `held`, by another process or another file of this one; `none`: the file system or the kernel has no
 * locks (NFS without its daemon, some FUSE file systems and containers), or gives one to whoever asks, so that nothing
 * is known
 */
export function lockOpenFile(file: Deno.FsFile, path: string): "ours" | "held" | "none" {
  try {
    if (!file.tryLockSync(true)) return "held";
  } catch (error) {
    // Whatever the reason is (ENOLCK, ENOTSUP, ENOSYS, EINVAL): a file that could be opened can only fail to be locked.
    if (error instanceof Error) return "none";
    throw error;
  }
  return keepsOut(file, path) ? "ours" : "none";
}

/** Whether a lock that was given is one: nobody else gets it, be it by another file of this very process. */
function keepsOut(file: Deno.FsFile, path: string): boolean {
  try {
    using other = Deno.openSync(path, { read: true, write: true });
    const [one, two] = [file.statSync(), other.statSync()];
    // Another file may have that name by now.
    return one.ino !== two.ino || one.dev !== two.dev || !other.tryLockSync(true);
  } catch (error) {
    // Gone meanwhile, or not to be written.
    if (error instanceof Error) return true;
    throw error;
  }
}
