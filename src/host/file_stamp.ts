/** Tells whether a file changed, without reading it. */
import type { EpochMs } from "../core/model.ts";

export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: EpochMs;
}

/** @returns undefined when there is no such file, or it cannot be looked at */
export function readFileStamp(path: string): FileStamp | undefined {
  try {
    return stampOf(Deno.statSync(path));
  } catch (error) {
    // Whatever the system says, and a path with a NUL in it.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function stampOf({ size, mtime }: Deno.FileInfo): FileStamp | undefined {
  return mtime === null ? undefined : { size, mtimeMs: mtime.getTime() };
}

/**
 * The same of a log by its name in reports: of one in a database (`<database>#<part>`) that of the database with its
 * write-ahead log, of a directory of documents that of all that is in it.
 */
export function readLogStamp(path: string): FileStamp | undefined {
  const stats = statIfAny(path);
  if (stats?.isDirectory) return joinStamps(filesIn(path));
  if (stats !== undefined) return stampOf(stats);
  for (let end = path.indexOf("#"); end >= 0; end = path.indexOf("#", end + 1)) {
    const database = path.slice(0, end);
    if (statIfAny(database)?.isFile === true) return joinStamps([database, `${database}-wal`]);
  }
  return undefined;
}

/** Of those that there are. */
function joinStamps(paths: readonly string[]): FileStamp {
  const stamps = paths.map(readFileStamp).filter((stamp) => stamp !== undefined);
  return {
    size: stamps.reduce((sum, { size }) => sum + size, 0),
    mtimeMs: stamps.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0),
  };
}

function filesIn(directory: string): readonly string[] {
  try {
    return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) => {
      const path = `${directory}/${name}`;
      return isDirectory ? filesIn(path) : [path];
    });
  } catch (error) {
    if (error instanceof Error) return [];
    throw error;
  }
}

function statIfAny(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
