/**
 * What tells whether files changed, of many at once and as numbers: an object for each would take as long as looking at
 * the file does.
 */

/** Of each file its size, its times of change and its inode, one file's behind the other's. */
export type FileFigures = Float64Array<ArrayBuffer>;

export const FIGURES_A_FILE = 4;

/**
 * Those of regular files, in their order; links are followed. Undefined where one is something else, or cannot be looked at.
 *
 * @param paths One after the other: nothing is kept of them
 */
export function readFileFigures(paths: Iterable<string> & { readonly length: number }): FileFigures | undefined {
  const figures = new Float64Array(FIGURES_A_FILE * paths.length);
  let at = 0;
  try {
    for (const path of paths) {
      const { isFile, size, mtime, ctime, ino } = Deno.statSync(path);
      if (!isFile || mtime === null || ctime === null || !ino) return undefined;
      figures[at++] = size;
      figures[at++] = mtime.getTime();
      figures[at++] = ctime.getTime();
      figures[at++] = ino;
    }
  } catch (error) {
    // Whoever walks there says what is wrong.
    if (error instanceof Error) return undefined;
    throw error;
  }
  return figures;
}

/**
 * Whether directories are as they were, by the figures that directory_listings.ts keeps of them. False where one cannot be
 * looked at.
 *
 * @param figures Of each its inode and its times of change, one directory's behind the other's
 * @param device Number of the file system that all of them are on
 */
export function areDirectoriesAs(paths: readonly string[], figures: readonly number[], device: number): boolean {
  let at = 0;
  try {
    for (const path of paths) {
      const { dev, ino, mtime, ctime } = Deno.statSync(path);
      if (dev !== device || !ino || ino !== figures[at++]) return false;
      if (mtime?.getTime() !== figures[at++] || ctime?.getTime() !== figures[at++]) return false;
    }
  } catch (error) {
    // Whoever lists it says what is wrong.
    if (error instanceof Error) return false;
    throw error;
  }
  return at === figures.length;
}

/** Whether there is nothing at a path. False where that cannot be told. */
export function isMissing(path: string): boolean {
  try {
    Deno.statSync(path);
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    if (error instanceof Error) return false;
    throw error;
  }
}
