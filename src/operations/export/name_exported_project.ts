/** What a row calls the project of a session: the repository it came from, its directory, or its path. Starts no git. */
import { repositoryName } from "../../core/git_config.ts";
import { type Checkout, gitDirectoryOf } from "../../core/worktree.ts";
import { nameProjects } from "../report/project_names.ts";
import { isHidden } from "../settings/hidden_projects.ts";
import type { OperationContext } from "../contract/context.ts";

export const PROJECT_FORMS = ["repository", "directory", "path"] as const;

export type ProjectForm = (typeof PROJECT_FORMS)[number];

/** Of projects that the user hides: their cost counts, under one name. */
const HIDDEN_PROJECT = "(hidden)";

type ProjectContext = Pick<OperationContext, "hideProjects" | "resolvePath" | "findCheckouts" | "account">;

/** Who names some directories after the other as they are met, see {@linkcode nameProjects}. */
export function exportedProjectNamer(
  form: ProjectForm,
  context: ProjectContext,
): (directories: readonly string[]) => Promise<(directory: string | undefined) => string> {
  const met = new Map<string, string>();
  return (directories) => nameExportedProjects(directories, form, context, met);
}

/** @returns an empty name for no directory */
async function nameExportedProjects(
  directories: readonly string[],
  form: ProjectForm,
  context: ProjectContext,
  met: Map<string, string>,
): Promise<(directory: string | undefined) => string> {
  const checkouts = await context.findCheckouts?.(directories) ?? new Map<string, Checkout>();
  const pathOf = nameProjects(directories, checkouts, met);
  const names = new Map<string, string>();
  return (directory) => {
    if (directory === undefined) return "";
    let name = names.get(directory);
    if (name === undefined) {
      name = isHidden(directory, context) ? HIDDEN_PROJECT : nameOf(pathOf(directory) ?? directory, form, () => {
        const checkout = checkouts.get(directory);
        return checkout && readRepositoryName(checkout, context.account.machine);
      });
      names.set(directory, name);
    }
    return name;
  };
}

function nameOf(path: string, form: ProjectForm, repository: () => string | undefined): string {
  if (form === "path") return path;
  return (form === "repository" ? repository() : undefined) ?? path.split(/[/\\]/).findLast((part) => part !== "") ??
    path;
}

/** A repository may have thousands of branches, each of them in there. */
const MOST_CONFIG_BYTES = 1 << 20;

function readRepositoryName(
  { root, repository }: Checkout,
  { join, readTextFile }: OperationContext["account"]["machine"],
): string | undefined {
  const top = repository ?? root;
  const read = (path: string) => readTextFile(path, MOST_CONFIG_BYTES);
  const config = read(join(top, ".git", "config")) ?? read(join(top, "config")) ?? read(join(top, ".bare", "config"));
  if (config !== undefined) return repositoryName(config);
  // A submodule has a file that leads to where its own is.
  const directory = gitDirectoryOf(read(join(root, ".git")) ?? "", root);
  const own = directory === undefined ? undefined : read(join(directory, "config"));
  return own === undefined ? undefined : repositoryName(own);
}
