/** Names projects for sums. */
import { folderKey, folderName, restBelow } from "../../core/folder.ts";
import { type Checkout, repositoriesByPlace } from "../../core/worktree.ts";
import { AGENTS } from "../../agents/agents.ts";

const repositoryByPlace = repositoriesByPlace(AGENTS.flatMap(({ worktrees }) => worktrees ?? []));

/**
 * Names folders so that every spelling of one has the same name, that of the first, and a worktree of git that of its
 * repository.
 *
 * @param directories Of sessions, in the order in which they are met
 * @param checkouts What is known of them; those that are gone, or were on another machine, go by their paths
 * @param names Of projects that were met before, to which those of these are added. @default none
 */
export function nameProjects(
  directories: Iterable<string | undefined>,
  checkouts: ReadonlyMap<string, Checkout>,
  names: Map<string, string> = new Map(),
): (directory?: string) => string | undefined {
  const known = new Map<string, string>();
  for (const directory of directories) {
    if (directory === undefined || known.has(directory)) continue;
    const project = projectOf(directory, checkouts.get(directory));
    const key = folderKey(project);
    const name = names.get(key) ?? folderName(project);
    names.set(key, name);
    known.set(directory, name);
  }
  return (directory) => directory === undefined ? undefined : known.get(directory);
}

function projectOf(directory: string, checkout: Checkout | undefined): string {
  if (checkout?.repository !== undefined) return checkout.repository;
  const repository = repositoryByPlace(directory);
  if (repository === undefined) return directory;
  // What lies where worktrees do, and is a repository of its own, is no worktree.
  const isOwn = checkout !== undefined && restBelow(repository, checkout.root) === undefined;
  return isOwn ? directory : repository;
}
