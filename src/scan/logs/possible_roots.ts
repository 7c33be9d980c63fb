/**
 * Tells most directories that are missing without asking for each: of some forty that agents may have logs in, few machines
 * have more than five, and to be told of one that it is missing takes ten times as long as to list a directory.
 */
import type { Machine } from "../../core/machine.ts";

/** A directory is listed when so many of the paths lie below it. */
const LEAST_PATHS = 3;

/**
 * Those of the paths that may be there: not those of which a part is missing in a list of the directory before it. Only
 * below the home, whose directories list what they hold.
 */
export function listPossible(
  { home, namesIn }: Pick<Machine, "home" | "namesIn">,
  paths: readonly string[],
): ReadonlySet<string> {
  const possible = new Set<string>();
  const look = (directory: string, below: readonly string[]) => {
    const known = below.length < LEAST_PATHS ? undefined : new Set(namesIn(directory).map(foldName));
    // It may not be listed, or hold nothing: whoever asks for what is in it finds out.
    if (known === undefined || known.size === 0) return below.forEach((path) => possible.add(path));
    for (const [name, inside] of Map.groupBy(below, (path) => nameBelow(directory, path))) {
      // Nobody knows by what other names a disk has such a one.
      const isPlain = /^[\x20-\x7d]+$/.test(name);
      if (!isPlain) inside.forEach((path) => possible.add(path));
      else if (known.has(foldName(name))) look(directory + (inside[0]![directory.length] ?? "") + name, inside);
    }
  };
  const [inHome, elsewhere] = [true, false].map((isIn) =>
    paths.filter((path) => (path.startsWith(home) && /^[/\\][^/\\]/.test(path.slice(home.length))) === isIn)
  );
  for (const path of elsewhere!) possible.add(path);
  look(home, inHome!);
  return possible;
}

/** Empty for the directory itself. */
function nameBelow(directory: string, path: string): string {
  return path.slice(directory.length + 1).split(/[/\\]/, 1)[0]!;
}

/** Disks may take names for one that differ in case, and in how a letter is written. */
function foldName(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? name.toLowerCase() : name.normalize("NFKD").toUpperCase().toLowerCase();
}
