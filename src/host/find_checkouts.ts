/** Finds the checkouts of git that directories lie in: one look at each of them and of the folders above. */
import { type Checkout, gitDirectoryOf, repositoryOfWorktree } from "../core/worktree.ts";
import { dirname, join, resolve } from "./paths.ts";

/** What git writes into such a file is one path. */
const MOST_BYTES = 8192;

/**
 * @param directories Absolute; they need not exist. Those of other systems, and of other machines on the network, are left
 * out
 * @returns by directory, those that lie in none left out; nothing that cannot be read is an error
 */
export function findCheckouts(directories: Iterable<string>): ReadonlyMap<string, Checkout> {
  const looked = new Map<string, Checkout | undefined>();
  const lookUp = (directory: string): Checkout | undefined => {
    const passed: string[] = [];
    let found: Checkout | undefined;
    for (let folder = directory;;) {
      found = looked.get(folder);
      if (found !== undefined || looked.has(folder)) break;
      passed.push(folder);
      found = readCheckout(folder);
      const parent = dirname(folder);
      if (found !== undefined || parent === folder) break;
      folder = parent;
    }
    for (const folder of passed) looked.set(folder, found);
    return found;
  };
  const isHere = Deno.build.os === "windows" ? /^[A-Za-z]:[/\\]/ : /^\/(?!\/)/;
  const checkouts = new Map<string, Checkout>();
  for (const directory of new Set(directories)) {
    const found = isHere.test(directory) ? lookUp(resolve(directory)) : undefined;
    if (found !== undefined) checkouts.set(directory, found);
  }
  return checkouts;
}

function readCheckout(root: string): Checkout | undefined {
  const path = join(root, ".git");
  const stats = statIfAny(path);
  if (stats === undefined) return undefined;
  const text = readSmallFileIfAny(path, stats);
  const gitDirectory = text === undefined ? undefined : gitDirectoryOf(text, root);
  if (gitDirectory === undefined) return { root };
  return { root, repository: repositoryOfWorktree(gitDirectory, readSmallFileIfAny(join(gitDirectory, "commondir"))) };
}

/** Whatever the reason: a path from a log may be none at all. */
function statIfAny(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

function readSmallFileIfAny(path: string, stats = statIfAny(path)): string | undefined {
  if (!stats?.isFile || stats.size > MOST_BYTES) return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
