/**
 * Which repository a worktree of git belongs to: by where agents put theirs, and by what git writes into one.
 *
 * Git's layout: https://git-scm.com/docs/gitrepository-layout (`commondir`, `worktrees`), read 2026-11-26. A worktree has a
 * file `.git` with `gitdir: <repository>/.git/worktrees/<name>`; a submodule has one too, which leads to `.git/modules`.
 */
import { isWindowsPath } from "./folder.ts";

/** A folder with something by the name `.git`. */
export interface Checkout {
  readonly root: string;
  /** The repository that it is a worktree of. */
  readonly repository?: string;
}

/**
 * Tells the repository of a directory in or below `.worktrees/<name>`, git's own `.git/worktrees/<name>` or the like of an
 * agent, by its path alone. A home is no repository by that: some keep worktrees of all of theirs there.
 *
 * @param folders Of agents, in a repository, with `/` between their names
 */
export function repositoriesByPlace(folders: readonly string[]): (directory: string) => string | undefined {
  const places = [...folders, ".worktrees", ".git/worktrees"].map((folder) => folder.replaceAll(".", "\\."));
  const below = new RegExp(`^(.+?)/(?:${places.join("|")})/[^/]`);
  return (directory) => {
    const [, repository] = below.exec(slashed(directory)) ?? [];
    if (repository === undefined || isHome(repository)) return undefined;
    return directory.slice(0, repository.length);
  };
}

/**
 * Where a file `.git` leads to.
 *
 * @param text What is in it
 * @param directory That it lies in
 */
export function gitDirectoryOf(text: string, directory: string): string | undefined {
  const [, path] = /^gitdir: *(\S.*?)\s*$/m.exec(text) ?? [];
  return path === undefined ? undefined : resolveFrom(directory, path);
}

/**
 * The repository whose worktree has this directory for git's own files; undefined when it is no worktree's.
 *
 * @param commondir What is in the file of that name in it; undefined when it cannot be read
 */
export function repositoryOfWorktree(gitDirectory: string, commondir: string | undefined): string | undefined {
  const [, above] = /^(.+)\/worktrees\/[^/]+$/.exec(slashed(gitDirectory)) ?? [];
  if (above === undefined) return undefined;
  const named = commondir?.trim();
  // Without the file, only the usual name tells a repository from any other folder.
  const common = named ? resolveFrom(gitDirectory, named) : above.endsWith("/.git") ? above : undefined;
  // A submodule keeps its own below its parent's: which folder that is checked out in, it does not say.
  if (common === undefined || slashed(common).includes("/.git/modules/")) return undefined;
  const [, parent, name] = /^(.*)\/([^/]+)$/.exec(slashed(common)) ?? [];
  if (!parent || name === undefined) return undefined;
  // `.git`, and `.bare` as some call a repository without files of its own; one called `shop.git` goes by its name.
  return name.startsWith(".") ? parent : common;
}

function slashed(path: string): string {
  return isWindowsPath(path) ? path.replaceAll("\\", "/") : path;
}

function isHome(path: string): boolean {
  return /^(\/(home|Users)\/[^/]+|\/root|[A-Za-z]:\/Users\/[^/]+)$/.test(path);
}

/** With `/` between its names. */
function resolveFrom(directory: string, path: string): string {
  const isAbsolute = path.startsWith("/") || isWindowsPath(path);
  const whole = slashed(isAbsolute ? path : `${slashed(directory)}/${path.replaceAll("\\", "/")}`);
  const [, root = "", rest = ""] = /^([A-Za-z]:\/|\/*)(.*)$/s.exec(whole) ?? [];
  const names: string[] = [];
  for (const name of rest.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return root + names.join("/");
}
